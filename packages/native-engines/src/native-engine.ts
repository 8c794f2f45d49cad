/** Engines whose native libraries npm does not bring. */
export const nativeEngines = ['tensorflow', 'onnx-cuda'] as const;

export type NativeEngine = (typeof nativeEngines)[number];
