import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  dts: true,
  target: 'es2022',
  // No Node built-in is imported statically, so one build serves Node, browsers and edge runtimes.
  platform: 'neutral',
  splitting: false,
  clean: true,
})
