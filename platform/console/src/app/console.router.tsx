import { createBrowserRouter } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { basenameOf, workplaceOf } from '../api/workplace.rules.js'
import { routes } from './routes.js'

/** Another app or mode is another address and a new page: nothing of the one is ever shown in the other. */
const router = createBrowserRouter(routes, {
  basename: basenameOf(workplaceOf(window.location.pathname)),
})

export function ConsoleRouter() {
  return <RouterProvider router={router} />
}
