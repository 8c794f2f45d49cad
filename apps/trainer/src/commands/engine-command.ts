import { type NativeEngine, nativeEngines } from '@segsde/native-engines';
import { Argument, Command } from 'commander';

const named = (command: string, description: string) =>
  new Command(command)
    .description(description)
    .addArgument(new Argument('<name>', 'one that is not always there').choices(nativeEngines));

/** `segsde engine`: what runs the training steps, beyond what npm installs. */
export const engineCommand = (): Command =>
  new Command('engine')
    .description('install, list, test and remove what runs the training steps')
    .addCommand(
      named('install', "get TensorFlow's library, or ONNX Runtime's for CUDA, onto this machine")
        .option('--gpu', "TensorFlow's that uses a CUDA card")
        .action(async (name: NativeEngine, options: { gpu?: boolean }) => {
          const { install } = await import('./engine.ts');
          await install(name, options);
        }),
    )
    .addCommand(
      new Command('list').description('the engines of this machine').action(async () => {
        const { list } = await import('./engine.ts');
        await list();
      }),
    )
    .addCommand(
      new Command('test').description('train a few steps on each engine').action(async () => {
        const { test } = await import('./engine.ts');
        await test();
      }),
    )
    .addCommand(
      named('remove', 'delete it, and what interrupted installations left').action(async (name: NativeEngine) => {
        const { remove } = await import('./engine.ts');
        await remove(name);
      }),
    );
