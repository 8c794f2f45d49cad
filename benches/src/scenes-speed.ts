// Frames a second that one core renders, building the place included.
//
//     npm run bench -- scenes-speed
import { cityNames, renderSnippet } from '@segsde/scenes';

for (const [width, height] of [
  [256, 128],
  [128, 64],
]) {
  cityNames.forEach((city, seed) => renderSnippet(seed, { city, width, height, frames: 1 }));
  const start = { time: performance.now(), cpu: process.cpuUsage() };
  let frames = 0;
  for (let seed = 0; seed < 3; seed++) {
    for (const city of cityNames) frames += renderSnippet(100 + seed, { city, width, height }).length;
  }
  const { user, system } = process.cpuUsage(start.cpu);
  const rate = (seconds: number) => (frames / seconds).toFixed(1);
  console.log(
    `${width} x ${height}: ${rate((performance.now() - start.time) / 1000)} frames a second, ${rate((user + system) / 1e6)} a second of processor time`,
  );
}
