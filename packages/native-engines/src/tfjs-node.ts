/** The release of @tensorflow/tfjs-node whose binding is used. */
export const TFJS_NODE = '4.22.0';
