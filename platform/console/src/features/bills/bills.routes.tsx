import type { RouteObject } from 'react-router'

export const billsRoutes: RouteObject[] = [
  {
    path: 'bills',
    lazy: async () => ({ Component: (await import('./bill-list.page.js')).BillListPage }),
  },
  {
    path: 'bills/:id',
    lazy: async () => ({ Component: (await import('./bill.page.js')).BillPage }),
  },
]
