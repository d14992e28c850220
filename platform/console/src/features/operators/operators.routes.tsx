import type { RouteObject } from 'react-router'

export const operatorsRoutes: RouteObject[] = [
  {
    path: 'operators',
    lazy: async () => ({ Component: (await import('./operators.page.js')).OperatorsPage }),
  },
  {
    path: 'operators/invitations',
    lazy: async () => ({ Component: (await import('./invitations.page.js')).InvitationsPage }),
  },
  {
    path: 'operators/roles',
    lazy: async () => ({ Component: (await import('./roles.page.js')).RolesPage }),
  },
  {
    path: 'operators/:id',
    lazy: async () => ({ Component: (await import('./operator.page.js')).OperatorPage }),
  },
]
