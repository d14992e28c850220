import type { RouteObject } from 'react-router'

export const payersRoutes: RouteObject[] = [
  {
    path: 'payers',
    lazy: async () => ({ Component: (await import('./payer-list.page.js')).PayerListPage }),
  },
  {
    path: 'payers/:id',
    lazy: async () => ({ Component: (await import('./payer.page.js')).PayerPage }),
  },
]
