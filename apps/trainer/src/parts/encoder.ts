import type { ResnetEncoder } from '@segsde/models';
import { type Definition, definePart, type PartSpec } from './definition.ts';

/** An image `[N,H,W,3]` to five feature maps, finest first. */
export type Encoder = ResnetEncoder;

export interface EncoderPart {
  build(context: { seed: number }): Encoder;
}

/** An encoder for `model.encoder` in the YAML. */
export const defineEncoder = <Options>(
  spec: PartSpec<Options> & { build(options: Options, context: { seed: number }): Encoder },
): Definition<'encoder', EncoderPart> =>
  definePart('encoder', spec, (options: Options) => ({ build: (context) => spec.build(options, context) }));
