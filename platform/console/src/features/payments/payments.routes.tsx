import type { RouteObject } from 'react-router'

export const paymentsRoutes: RouteObject[] = [
  {
    path: 'payments',
    lazy: async () => ({ Component: (await import('./payment-list.page.js')).PaymentListPage }),
  },
  {
    path: 'payments/:id',
    lazy: async () => ({ Component: (await import('./payment.page.js')).PaymentPage }),
  },
]
