import type { RouteObject } from 'react-router'

export const channelAccountsRoutes: RouteObject[] = [
  {
    path: 'channel_accounts',
    lazy: async () => ({
      Component: (await import('./channel-account-list.page.js')).ChannelAccountListPage,
    }),
  },
  {
    path: 'channel_accounts/:id',
    lazy: async () => ({
      Component: (await import('./channel-account.page.js')).ChannelAccountPage,
    }),
  },
]
