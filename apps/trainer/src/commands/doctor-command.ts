import { Command } from 'commander';

/** `segsde doctor`: what training runs on here. */
export const doctorCommand = (): Command =>
  new Command('doctor').description('show what training runs on here, and what is missing').action(async () => {
    const { doctor } = await import('./doctor.ts');
    await doctor();
  });
