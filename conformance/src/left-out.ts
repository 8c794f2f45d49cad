/** Tests that count neither as passed nor as failed, and why. */
export interface LeftOut {
  /** Spec files, without `_test`. */
  files: RegExp;
  /** Tests, by their full name; without it the whole file. */
  tests?: RegExp;
  /** The kernels without compiled form that the tests need; the table of kernels lists them. */
  kernels?: readonly string[];
  reason: string;
}

export const LEFT_OUT: readonly LeftOut[] = [
  // They compute nothing, or test the machinery around engines with backends of their own.
  { files: /^(io|platforms)\/|^(browser_util|device_util)$/, reason: 'files, browsers, devices' },
  {
    files: /^backends\/backend$|^(engine|environment|flags|jasmine_util|kernel_registry|debug_mode|profiler|globals)$/,
    reason: "settings, registries and profiling, on the tests' own backends",
  },
  {
    files:
      /^backends\/.*_util$|^ops\/.*_util$|^(hash_util|tape|tensor_util|util|serialization|version|types|test_util)$|^public\//,
    reason: 'plain JavaScript functions',
  },
  { files: /^ops\/(from_pixels|to_pixels)/, kernels: ['FromPixels', 'Draw'], reason: 'images of a browser' },

  // What a graph of float32, int32 and bool with fixed shapes cannot express.
  {
    files: /^ops\/string\//,
    kernels: ['StaticRegexReplace', 'StringNGrams', 'StringSplit', 'StringToHashBucketFast'],
    reason: 'strings',
  },
  { files: /./, tests: /string/i, reason: 'strings' },
  {
    files: /^ops\/(squeeze)$/,
    tests: /squeeze \S+ \{\} (default|specific dimension|all ones|squeeze only ones)$/,
    reason: 'strings',
  },
  {
    files: /^ops\/(spectral\/|signal\/stft|complex_ops|i?r?fft$)/,
    kernels: ['Complex', 'ComplexAbs', 'FFT', 'IFFT', 'Imag', 'Real'],
    reason: 'complex numbers',
  },
  { files: /./, tests: /complex64|complex (number|rank|tensor|input|dtype|type)/i, reason: 'complex numbers' },
  { files: /^ops\/(add|sub)$/, tests: /upcasts when dtypes dont match/, reason: 'complex numbers' },
  {
    files: /^ops\/(ragged_|unique|boolean_mask|where_async|setdiff1d|sparse\/)/,
    kernels: [
      'RaggedGather',
      'RaggedRange',
      'RaggedTensorToTensor',
      'SparseFillEmptyRows',
      'SparseReshape',
      'SparseSegmentMean',
      'SparseSegmentSum',
      'Unique',
      'Where',
    ],
    reason: "shapes that depend on tensors' values",
  },
  { files: /^ops\/broadcast_args$/, kernels: ['BroadcastArgs'], reason: 'shapes as tensors' },
  {
    files: /^ops\/image\/non_max_suppression$/,
    kernels: ['NonMaxSuppressionV3', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5'],
    reason: "a loop whose length depends on tensors' values",
  },
  {
    files: /^ops\/multinomial$/,
    kernels: ['Multinomial'],
    reason: 'random draws belong outside of a compiled function',
  },

  // Possible, but neither models nor their gradients call for it; `engine: 'eager'` has it.
  {
    files: /^ops\/(dilation2d|image\/transform|image\/rotate_with_offset)$/,
    kernels: ['Dilation2D', 'Dilation2DBackpropFilter', 'Dilation2DBackpropInput', 'RotateWithOffset', 'Transform'],
    reason: 'not needed so far',
  },

  // The test asks for something else than a right result.
  {
    files: /^ops\/avg_pool$/,
    tests: /gradient x=\[3,3,1\] f=\[3,3\] s=1 p=explicit/,
    reason: 'asks for a wrong gradient, see docs/tensorflow-js-gradients.md',
  },
  {
    files: /^ops\/pool$/,
    tests: /x=\[2,2,3\] f=\[1,1\] s=2 p=1 fractional/,
    reason: 'asks for the image itself where windows of one pixel lie on padding',
  },
  {
    files: /^ops\/conv2d_transpose$/,
    tests: /input=8x8x8,output=4x4x8,f=8,s=1/,
    reason: "the output's shape contradicts the input's",
  },
  {
    files: /^ops\/gather$/,
    tests: /throws when index is out of bound/,
    reason: 'wants the error at the call, not when values are asked for',
  },
  { files: /^ops\/exp$/, tests: /int32$/, reason: 'asks for ten digits' },
  { files: /^ops\/tan$/, tests: /numbers exceed float32 precision/, reason: 'asks for ten digits' },
];

export const leftOut = (file: string, test: string): LeftOut | undefined =>
  LEFT_OUT.find(({ files, tests }) => files.test(file) && (tests?.test(test) ?? true));
