import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Outlet, useLocation } from 'react-router'
import { SessionContext, useApiValue } from '../api/api.context.js'
import { problemOf } from '../api/problem.rules.js'
import { sessionQuery } from '../api/session.query.js'
import type { Session } from '../api/session.types.js'
import { useMessages } from '../i18n/feature-messages.js'
import { HeaderBar } from './header-bar.view.js'
import { shellMessages } from './shell.messages.js'
import { ShellSkeleton, Unreachable, WorkplaceNotice } from './shell-notice.view.js'
import { Shortcuts } from './shortcuts.view.js'
import { SideNav } from './side-nav.view.js'
import { goToSignIn } from './sign-in.action.js'
import { StepUpDialog } from './step-up.dialog.js'

/** What stands around every page. Nothing is shown before it is known who looks. */
export function ShellLayout() {
  const { institution } = useApiValue()
  const { data, error, isFetching, refetch } = useQuery(sessionQuery(institution))
  const isSignedOut = error !== null && problemOf(error).status === 401
  useEffect(() => {
    if (isSignedOut) goToSignIn()
  }, [isSignedOut])
  if (isSignedOut) return <ShellSkeleton isSigningIn />
  if (data === undefined) {
    if (error === null) return <ShellSkeleton />
    return <Unreachable problem={problemOf(error)} isBusy={isFetching} onRetry={() => refetch()} />
  }
  return <SignedIn session={data} />
}

function SignedIn({ session }: { session: Session }) {
  const words = useMessages(shellMessages)
  const { workplace } = useApiValue()
  const { pathname } = useLocation()
  const app = session.apps.find(({ id }) => id === workplace?.app_id)
  const isOpen =
    workplace === null || (app !== undefined && app.scopes[workplace.mode] !== undefined)
  return (
    <SessionContext value={session}>
      <a className="skip-link" href="#content">
        {words.skip}
      </a>
      {workplace?.mode === 'test' && <p className="test-band">{words.testBand}</p>}
      <div className={`shell is-${workplace?.mode ?? 'nowhere'}`}>
        <HeaderBar />
        <SideNav />
        <main id="content" className="shell-main" tabIndex={-1} key={pathname.split('/')[1]}>
          {isOpen ? <Outlet /> : <WorkplaceNotice workplace={workplace} isMember={Boolean(app)} />}
        </main>
      </div>
      <Shortcuts />
      <StepUpDialog />
    </SessionContext>
  )
}
