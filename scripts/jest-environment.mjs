import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest's sandbox has typed-array constructors of its own, which native addons such as
 * onnxruntime-node do not recognise.
 */
export default class OuterRealmArrays extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    Object.assign(this.global, {
      ArrayBuffer,
      SharedArrayBuffer,
      Uint8Array,
      Uint8ClampedArray,
      Uint16Array,
      Uint32Array,
      Int8Array,
      Int16Array,
      Int32Array,
      Float32Array,
      Float64Array,
      BigInt64Array,
      BigUint64Array,
    });
  }
}
