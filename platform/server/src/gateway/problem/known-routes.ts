import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Methods that an address knows; none: there is no such address. */
    methodsOf: (path: string) => readonly string[]
  }
}

/** Lets a wrong method be told from a wrong address. Call it before routes are registered. */
export function registerKnownRoutes(server: FastifyInstance): void {
  const routes: { readonly methods: readonly string[]; readonly pattern: RegExp }[] = []
  server.addHook('onRoute', ({ method, url }) => {
    // A catch-all knows every address and says nothing of this one.
    if (url.includes('*')) return
    const pattern = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`)
    routes.push({ methods: [method].flat().filter((one) => one !== 'HEAD'), pattern })
  })
  server.decorate('methodsOf', (path) => [
    ...new Set(routes.flatMap(({ methods, pattern }) => (pattern.test(path) ? methods : []))),
  ])
}
