/** How TypeScript is compiled, by the build and by the tests alike. Types are checked by `tsc`. */
export const swcOptions = {
  swcrc: false,
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true, tsx: true },
    // Nest reads constructor types to inject dependencies.
    transform: { legacyDecorator: true, decoratorMetadata: true, react: { runtime: 'automatic' } },
  },
  module: { type: 'es6' },
}
