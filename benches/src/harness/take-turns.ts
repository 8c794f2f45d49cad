import type { Contestant } from './start-contestant.ts';
import type { Turn } from './turn.ts';

/**
 * Lets the contestants take a few steps each in turn, so that whatever the machine does meanwhile
 * hits all of them alike. While one works the others wait for a line of input. Each round another
 * one begins.
 *
 * @returns each contestant's turns, in the contestants' order
 */
export async function takeTurns(
  contestants: readonly Contestant[],
  { rounds, steps }: { rounds: number; steps: number },
): Promise<Turn[][]> {
  const turns: Turn[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contestants.length; i++) {
      const at = (round + i) % contestants.length;
      turns[at].push(await contestants[at].ask<Turn>(`steps ${steps}`));
    }
  }
  return turns;
}
