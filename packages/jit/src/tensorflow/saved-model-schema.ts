import { Root } from 'protobufjs/light.js';
import type { IMapField } from 'protobufjs/light.js';

const ATTRIBUTES: IMapField = { id: 5, keyType: 'string', type: 'AttrValue' };

/**
 * The part of TensorFlow's protocol buffers that a graph without functions needs: field numbers and
 * names as in saved_model.proto, meta_graph.proto, graph.proto, node_def.proto, attr_value.proto,
 * tensor.proto and tensor_shape.proto.
 */
const schema = Root.fromJSON({
  nested: {
    SavedModel: {
      fields: {
        savedModelSchemaVersion: { id: 1, type: 'int64' },
        metaGraphs: { id: 2, type: 'MetaGraphDef', rule: 'repeated' },
      },
    },
    MetaGraphDef: {
      fields: {
        metaInfoDef: { id: 1, type: 'MetaInfoDef' },
        graphDef: { id: 2, type: 'GraphDef' },
      },
    },
    MetaInfoDef: { fields: { tags: { id: 4, type: 'string', rule: 'repeated' } } },
    GraphDef: {
      fields: {
        node: { id: 1, type: 'NodeDef', rule: 'repeated' },
        versions: { id: 4, type: 'VersionDef' },
      },
    },
    VersionDef: { fields: { producer: { id: 1, type: 'int32' } } },
    NodeDef: {
      fields: {
        name: { id: 1, type: 'string' },
        op: { id: 2, type: 'string' },
        input: { id: 3, type: 'string', rule: 'repeated' },
        attr: ATTRIBUTES,
      },
    },
    AttrValue: {
      fields: {
        list: { id: 1, type: 'ListValue' },
        s: { id: 2, type: 'bytes' },
        i: { id: 3, type: 'int64' },
        f: { id: 4, type: 'float' },
        b: { id: 5, type: 'bool' },
        type: { id: 6, type: 'int32' },
        shape: { id: 7, type: 'TensorShapeProto' },
        tensor: { id: 8, type: 'TensorProto' },
      },
      // Written even where they are 0, false or empty: an attribute must say which of them it is.
      oneofs: { value: { oneof: ['list', 's', 'i', 'f', 'b', 'type', 'shape', 'tensor'] } },
    },
    ListValue: { fields: { i: { id: 3, type: 'int64', rule: 'repeated', options: { packed: true } } } },
    TensorShapeProto: { fields: { dim: { id: 2, type: 'Dim', rule: 'repeated' } } },
    Dim: { fields: { size: { id: 1, type: 'int64' } } },
    TensorProto: {
      fields: {
        dtype: { id: 1, type: 'int32' },
        tensorShape: { id: 2, type: 'TensorShapeProto' },
        tensorContent: { id: 4, type: 'bytes' },
      },
    },
  },
});

export const SAVED_MODEL = schema.lookupType('SavedModel');
