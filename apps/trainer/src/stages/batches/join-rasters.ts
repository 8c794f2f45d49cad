/** The numbers of rasters of one size, one raster after the other. */
export function joinRasters<Numbers extends Uint8Array | Float32Array>(rasters: readonly { data: Numbers }[]): Numbers {
  const [{ data }] = rasters;
  const joined = new (data.constructor as new (length: number) => Numbers)(rasters.length * data.length);
  rasters.forEach((raster, i) => joined.set(raster.data, i * data.length));
  return joined;
}
