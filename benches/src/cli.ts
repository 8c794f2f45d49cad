// npm run bench -- NAME [arguments]
const benches = [
  'color-row-classifier',
  'depth-step',
  'export',
  'fused-loss',
  'inference',
  'memory',
  'scenes-speed',
  'segmentation-step',
  'segsde-step',
  'segsde-step-512-2',
  'segsde-step-512-8',
  'startup',
  'training-equivalence',
];

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !benches.includes(name)) {
  console.error(
    `bench: ${name === undefined ? 'give a name' : `unknown name "${name}"`}; one of: ${benches.join(', ')}`,
  );
  process.exit(1);
}
process.argv.splice(2, Infinity, ...rest);
await import(`./${name}.js`);
