import type { RouteObject } from 'react-router'

export const feeItemsRoutes: RouteObject[] = [
  {
    path: 'fee_items',
    lazy: async () => ({ Component: (await import('./fee-item-list.page.js')).FeeItemListPage }),
  },
  {
    path: 'fee_items/:id',
    lazy: async () => ({ Component: (await import('./fee-item.page.js')).FeeItemPage }),
  },
]
