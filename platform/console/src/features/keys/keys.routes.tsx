import type { RouteObject } from 'react-router'

export const keysRoutes: RouteObject[] = [
  {
    path: 'keys',
    lazy: async () => ({ Component: (await import('./keys.page.js')).KeysPage }),
  },
  {
    path: 'keys/new',
    lazy: async () => ({ Component: (await import('./new-key.page.js')).NewKeyPage }),
  },
  {
    path: 'keys/:id',
    lazy: async () => ({ Component: (await import('./key.page.js')).KeyPage }),
  },
  {
    path: 'key_tools',
    lazy: async () => ({ Component: (await import('./key-tools.page.js')).KeyToolsPage }),
  },
]
