import type { RouteObject } from 'react-router'

export const checkoutsRoutes: RouteObject[] = [
  {
    path: 'checkouts',
    lazy: async () => ({ Component: (await import('./checkout-list.page.js')).CheckoutListPage }),
  },
  {
    path: 'checkouts/:id',
    lazy: async () => ({ Component: (await import('./checkout.page.js')).CheckoutPage }),
  },
]
