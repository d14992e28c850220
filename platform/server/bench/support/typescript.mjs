import { registerHooks } from 'node:module'

/**
 * Node runs the TypeScript of benchmarks, fault tests and the simulation as it is. Only their imports need a hint: a file here is a `.ts`
 * although its import says `.js`, and the server is imported as it was built, because that is what runs.
 */
registerHooks({
  resolve(specifier, context, next) {
    const isOurs = /\/platform\/server\/(bench|test)\//.test(context.parentURL ?? '')
    if (!isOurs || !specifier.startsWith('.')) return next(specifier, context)
    const target = specifier.includes('/src/')
      ? specifier.replace('/src/', '/dist/')
      : specifier.replace(/\.js$/, '.ts')
    return next(target, context)
  },
})
