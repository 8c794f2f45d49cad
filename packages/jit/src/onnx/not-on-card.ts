/** The error for a kernel that only processors can run. */
export const notOnCard = (kernel: string) =>
  new Error(`jit: ${kernel} has no form for graphics cards. Use engine 'onnx', or write it with other operations.`);
