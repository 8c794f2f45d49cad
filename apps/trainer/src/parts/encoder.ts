import type { Encoder } from '@segsde/models';
import { type Definition, definePart, type PartSpec } from './definition.ts';

export type { Encoder };

export interface EncoderPart {
  build(context: { seed: number }): Encoder;
}

/** An encoder for `model.encoder` in the YAML. */
export const defineEncoder = <Options>(
  spec: PartSpec<Options> & { build(options: Options, context: { seed: number }): Encoder },
): Definition<'encoder', EncoderPart> =>
  definePart('encoder', spec, (options: Options) => ({ build: (context) => spec.build(options, context) }));
