import { defineConfig } from 'tsup'

export default defineConfig([
  {
    entry: ['src/index.ts'],
    format: ['esm', 'cjs'],
    dts: true,
    target: 'es2022',
    // No Node built-in is imported statically, so one build serves Node, browsers and edge runtimes.
    platform: 'neutral',
    splitting: false,
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
