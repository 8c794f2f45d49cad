/**
 * Uniform random numbers in [0, 1), for instance from `pure-rand`. Nothing in this package draws by
 * itself.
 */
export type UniformGenerator = () => number;
