interface Disposable {
  dispose(): void;
}

/** Frees the weights. TensorFlow.js keeps registered variables until they are disposed. */
export function disposeNetwork({ encoder, decoder }: { encoder: Disposable; decoder: Disposable }): void {
  encoder.dispose();
  decoder.dispose();
}
