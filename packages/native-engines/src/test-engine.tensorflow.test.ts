import { expect, test } from '@jest/globals';
import { findEngine } from './find-engine.ts';
import { testEngine } from './test-engine.ts';

test('the installed engine trains, and its library is the one that its description names', async () => {
  const engine = findEngine('tensorflow');
  if (!engine) throw new Error('no engine is installed; npm run test:tensorflow installs one');
  const { library, losses } = await testEngine(engine);
  expect(library).toBe(engine.library);
  expect(losses[0]).toBeCloseTo(0.10848, 4);
  expect(losses[1]).toBeLessThan(losses[0] / 5);
});
