import { lazy, Suspense } from 'react'
import { useApiValue } from '../api/api.context.js'
import { ShellSkeleton } from './shell-notice.view.js'

const AppsPage = lazy(async () => ({
  default: (await import('../features/apps/apps.page.js')).AppsPage,
}))
const OverviewPage = lazy(async () => ({
  default: (await import('../features/overview/overview.page.js')).OverviewPage,
}))

/** Within an app, how it goes; elsewhere, which app to work in. */
export function Component() {
  const { workplace } = useApiValue()
  return (
    <Suspense fallback={<ShellSkeleton />}>
      {workplace === null ? <AppsPage /> : <OverviewPage />}
    </Suspense>
  )
}
