import type { RouteObject } from 'react-router'

export const webhooksRoutes: RouteObject[] = [
  {
    path: 'webhook_endpoints',
    lazy: async () => ({ Component: (await import('./endpoint-list.page.js')).EndpointListPage }),
  },
  {
    path: 'webhook_endpoints/:id',
    lazy: async () => ({ Component: (await import('./endpoint.page.js')).EndpointPage }),
  },
  {
    path: 'webhook_deliveries',
    lazy: async () => ({ Component: (await import('./delivery-list.page.js')).DeliveryListPage }),
  },
  {
    path: 'webhook_deliveries/:id',
    lazy: async () => ({ Component: (await import('./delivery.page.js')).DeliveryPage }),
  },
]
