import type { RouteObject } from 'react-router'

export const ledgerRoutes: RouteObject[] = [
  {
    path: 'ledger/transactions',
    lazy: async () => ({
      Component: (await import('./ledger-transaction-list.page.js')).LedgerTransactionListPage,
    }),
  },
  {
    path: 'ledger/transactions/:id',
    lazy: async () => ({
      Component: (await import('./ledger-transaction.page.js')).LedgerTransactionPage,
    }),
  },
]
