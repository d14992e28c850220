import type { RouteObject } from 'react-router'
import { accountRoutes } from '../features/account/account.routes.js'
import { appsRoutes } from '../features/apps/apps.routes.js'
import { billsRoutes } from '../features/bills/bills.routes.js'
import { channelAccountsRoutes } from '../features/channel-accounts/channel-accounts.routes.js'
import { checkoutsRoutes } from '../features/checkouts/checkouts.routes.js'
import { eventsRoutes } from '../features/events/events.routes.js'
import { feeItemsRoutes } from '../features/fee-items/fee-items.routes.js'
import { keysRoutes } from '../features/keys/keys.routes.js'
import { ledgerRoutes } from '../features/ledger/ledger.routes.js'
import { operatorsRoutes } from '../features/operators/operators.routes.js'
import { payersRoutes } from '../features/payers/payers.routes.js'
import { paymentsRoutes } from '../features/payments/payments.routes.js'
import { refundsRoutes } from '../features/refunds/refunds.routes.js'
import { requestLogRoutes } from '../features/request-log/request-log.routes.js'
import { sandboxRoutes } from '../features/sandbox/sandbox.routes.js'
import { searchRoutes } from '../features/search/search.routes.js'
import { signatureDebuggerRoutes } from '../features/signature-debugger/signature-debugger.routes.js'
import { webhooksRoutes } from '../features/webhooks/webhooks.routes.js'
import { ShellLayout } from './shell.layout.js'
import { NoSuchPage, PageCrash } from './shell-notice.view.js'

/** Every page. A feature lists its own; features never import each other. */
export const routes: RouteObject[] = [
  {
    element: <ShellLayout />,
    errorElement: <PageCrash />,
    children: [
      {
        errorElement: <PageCrash />,
        children: [
          { index: true, lazy: async () => import('./home.page.js') },
          ...appsRoutes,
          ...billsRoutes,
          ...channelAccountsRoutes,
          ...checkoutsRoutes,
          ...eventsRoutes,
          ...feeItemsRoutes,
          ...ledgerRoutes,
          ...payersRoutes,
          ...paymentsRoutes,
          ...refundsRoutes,
          ...requestLogRoutes,
          ...keysRoutes,
          ...operatorsRoutes,
          ...accountRoutes,
          ...sandboxRoutes,
          ...signatureDebuggerRoutes,
          ...webhooksRoutes,
          ...searchRoutes,
          { path: '*', element: <NoSuchPage /> },
        ],
      },
    ],
  },
]
