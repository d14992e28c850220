import type { RouteObject } from 'react-router'

export const signatureDebuggerRoutes: RouteObject[] = [
  {
    path: 'signature_debugger',
    lazy: async () => ({
      Component: (await import('./signature-debugger.page.js')).SignatureDebuggerPage,
    }),
  },
]
