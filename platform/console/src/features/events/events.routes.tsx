import type { RouteObject } from 'react-router'

export const eventsRoutes: RouteObject[] = [
  {
    path: 'events',
    lazy: async () => ({ Component: (await import('./event-list.page.js')).EventListPage }),
  },
  {
    path: 'events/:id',
    lazy: async () => ({ Component: (await import('./event.page.js')).EventPage }),
  },
]
