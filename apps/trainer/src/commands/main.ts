import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { doctorCommand } from './doctor-command.ts';
import { engineCommand } from './engine-command.ts';
import { Interrupted } from '../files/interrupted.ts';
import { version } from '../run/version.ts';
import { reportError } from './report-error.ts';
import type { PipelineOptions } from './run-pipeline.ts';
import type { UpTo } from './run.ts';
import { SeedFailed } from './seed-failed.ts';

const collect = (value: string, previous: string[] = []) => [...previous, value];

function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return number;
}

/** A command that works on a config's run folder. */
const onConfig = (name: string, description: string) =>
  new Command(name)
    .description(description)
    .argument('<config>', 'YAML file')
    .option('--out <folder>', 'run folder (default: runs/<name of the config>)')
    .option('--data <folder>', 'data set to learn segmentation from, in place of data.root')
    .option('--depth-data <folder>', 'video to learn depth from, in place of depth.data.root')
    .option('--set <path=value>', 'change a key of the config, e.g. train.iterations=500; may be repeated', collect);

function program(): Command {
  const segsde = new Command('segsde')
    .description(
      'From street video and a few labels to a segmentation model, with depth learnt from the video on the way.',
    )
    .version(version)
    .addHelpText(
      'after',
      '\nEvery command that takes a config first does what it needs and is not done yet, and goes on where it was interrupted.',
    );

  segsde.addCommand(
    onConfig('run', 'everything: from the data to the report')
      .option('--seeds <count>', 'run seeds 1 to <count>, each in a folder of its own, and average', positiveInteger)
      .action(async (config: string, options: PipelineOptions & { seeds?: number }) => {
        const { runAll } = await import('./run.ts');
        await runAll(config, options);
      }),
  );

  const addUpTo = (name: UpTo, description: string) =>
    segsde.addCommand(
      onConfig(name, description).action(async (config: string, options: PipelineOptions) => {
        const { runUpTo } = await import('./run.ts');
        await runUpTo(name, config, options);
      }),
    );
  addUpTo('scenes', 'render the street scenes');
  addUpTo('train-depth', 'learn depth from video');
  addUpTo('export-depth', 'write the disparity of every frame');
  addUpTo('select', 'choose the frames to label');

  segsde.addCommand(
    onConfig('train', 'train the segmentation')
      .option('--variant <name>', 'only this one of train.variants')
      .action(async (config: string, options: PipelineOptions & { variant?: string }) => {
        const { train } = await import('./run.ts');
        await train(config, options);
      }),
  );

  addUpTo('evaluate', 'score the trained variants');

  segsde.addCommand(
    new Command('predict')
      .description('write label, colour and disparity pictures for images of your own')
      .argument('<images...>', 'image files, or folders of them')
      .requiredOption('--run <folder>', 'a run folder with a trained variant')
      .option('--variant <name>', 'which one (default: the last of train.variants)')
      .requiredOption('--out <folder>', 'where the pictures go')
      .action(async (images: string[], options: { run: string; variant?: string; out: string }) => {
        const { predict } = await import('./predict.ts');
        await predict(images, options);
      }),
  );

  segsde.addCommand(
    new Command('export')
      .description('write the networks of a run as an ONNX file for other runtimes')
      .argument('<run>', 'a run folder with a trained variant')
      .option('--variant <name>', 'which one (default: the last of train.variants)')
      .requiredOption('--out <file>', 'the file, e.g. model.onnx')
      .action(async (run: string, options: { variant?: string; out: string }) => {
        const { exportRun } = await import('./export-run.ts');
        await exportRun(run, options);
      }),
  );

  segsde.addCommand(engineCommand());
  segsde.addCommand(doctorCommand());

  const inOneLine = (command: Command): Command => {
    command.commands.forEach(inOneLine);
    return command.exitOverride().configureOutput({
      outputError: (text, write) =>
        write(
          `segsde: ${text
            .replace(/^error: /, '')
            .trim()
            .replaceAll('\n', ' ')}\n`,
        ),
    });
  };
  return inOneLine(segsde);
}

/** Runs the command line. @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    if (error instanceof Interrupted) {
      console.error('segsde: stopped. What was done is saved; the same command goes on from there.');
      return 1;
    }
    // The process that ran the seed has told why.
    if (!(error instanceof SeedFailed)) reportError(error);
    return 1;
  }
}
