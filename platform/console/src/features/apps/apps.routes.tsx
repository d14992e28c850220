import type { RouteObject } from 'react-router'

export const appsRoutes: RouteObject[] = [
  { path: 'apps', lazy: async () => ({ Component: (await import('./apps.page.js')).AppsPage }) },
  {
    path: 'apps/new',
    lazy: async () => ({ Component: (await import('./register-app.page.js')).RegisterAppPage }),
  },
  {
    path: 'apps/:id',
    lazy: async () => ({ Component: (await import('./app.page.js')).AppPage }),
    children: [
      {
        index: true,
        lazy: async () => ({ Component: (await import('./app-overview.view.js')).AppOverview }),
      },
      {
        path: 'members',
        lazy: async () => ({ Component: (await import('./app-members.view.js')).AppMembers }),
      },
      {
        path: 'live',
        lazy: async () => ({ Component: (await import('./app-live.view.js')).AppLive }),
      },
    ],
  },
  {
    path: 'approvals',
    lazy: async () => ({ Component: (await import('./approvals.page.js')).ApprovalsPage }),
  },
]
