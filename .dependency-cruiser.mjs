// Which way arrows may point, see CONTRIBUTING.md. `pnpm exec depcruise apps packages parity conformance benches` checks it.

/** Rooms of the trainer, each may import those before it. */
const rooms = [
  ...['files', 'progress', 'steps', 'parts', 'config', 'run', 'engines', 'data'],
  ...['networks', 'training', 'report', 'recipes', 'commands'],
];
const room = (name) => `^apps/trainer/src/${name}/`;
const tests = '\\.test(\\.kit)?\\.ts$';

const arrows = rooms.slice(0, -1).map((name, i) => ({
  name: `trainer: ${name} imports only rooms before it`,
  severity: 'error',
  from: { path: room(name), pathNot: tests },
  to: { path: rooms.slice(i + 1).map(room) },
}));

const without = (from, to, name) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: { path: to },
});

export default {
  forbidden: [
    ...arrows,
    {
      name: 'no ring among files',
      severity: 'error',
      from: { pathNot: tests },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    without('^packages/', '^(apps|parity|conformance|benches)/', 'packages know nothing of what uses them'),
    without(
      '^packages/(active-learning|data-loaders|metrics|scenes|native-engines)/',
      '@tensorflow/',
      'these know nothing of TensorFlow.js',
    ),
    without('^packages/jit/', '^packages/(?!jit|native-engines)', 'jit knows nothing of vision'),
    without('^packages/native-engines/', '^packages/(?!native-engines)', 'native-engines stands alone'),
    without('^packages/(ops|optim)/', '^packages/(?!ops|optim|jit)', 'ops and optim stand on jit alone'),
    without(
      '^packages/(models|losses|augmentation)/',
      '^packages/(active-learning|data-loaders|metrics|scenes|optim)',
      'networks, losses and augmentation stand on ops',
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'node'] },
  },
};
