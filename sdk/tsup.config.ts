import { defineConfig } from 'tsup'

export default defineConfig([
  {
    entry: {
      index: 'src/index.ts',
      webhooks: 'src/webhooks.entry.ts',
      testing: 'src/testing.entry.ts',
      nestjs: 'src/nestjs.entry.ts',
    },
    format: ['esm', 'cjs'],
    dts: true,
    target: 'es2022',
    // The client and the webhooks import no Node built-in, so one build serves Node, browsers and edges.
    platform: 'neutral',
    external: [/^node:/, /^@nestjs\//],
    // The entries share their modules: an error of one is an instance of the other's class.
    splitting: true,
    // The other build, which runs at the same time, writes into the same folder.
    clean: ['!bursar.js'],
  },
  {
    // The command line is for Node alone.
    entry: { bursar: 'src/cli/bursar.main.ts' },
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    splitting: false,
  },
])
