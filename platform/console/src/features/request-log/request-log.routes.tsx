import type { RouteObject } from 'react-router'

export const requestLogRoutes: RouteObject[] = [
  {
    path: 'request_logs',
    lazy: async () => ({
      Component: (await import('./request-list.page.js')).RequestListPage,
    }),
  },
  {
    path: 'request_logs/:id',
    lazy: async () => ({ Component: (await import('./request.page.js')).RequestPage }),
  },
]
