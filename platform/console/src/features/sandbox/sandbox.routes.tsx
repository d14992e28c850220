import type { RouteObject } from 'react-router'

export const sandboxRoutes: RouteObject[] = [
  {
    path: 'sandbox',
    lazy: async () => ({ Component: (await import('./sandbox.page.js')).SandboxPage }),
  },
]
