import type { RouteObject } from 'react-router'

export const refundsRoutes: RouteObject[] = [
  {
    path: 'refunds',
    lazy: async () => ({ Component: (await import('./refund-list.page.js')).RefundListPage }),
  },
  {
    path: 'refunds/:id',
    lazy: async () => ({ Component: (await import('./refund.page.js')).RefundPage }),
  },
]
