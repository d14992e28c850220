import { Button } from 'antd'
import type { ReactNode } from 'react'
import { Link, useRouteError } from 'react-router'
import { type Problem, problemOf } from '../api/problem.rules.js'
import { basenameOf, type Workplace } from '../api/workplace.rules.js'
import { useMessages } from '../i18n/feature-messages.js'
import { Mark, type MarkKind } from '../ui/mark.view.js'
import { shellMessages } from './shell.messages.js'

function Notice(props: { kind: MarkKind; title: string; detail: string; children: ReactNode }) {
  return (
    <section className="notice">
      <Mark kind={props.kind} />
      <h1>{props.title}</h1>
      <p>{props.detail}</p>
      {props.children}
    </section>
  )
}

/** The frame without anything in it, while it is asked who looks. */
export function ShellSkeleton({ isSigningIn = false }: { isSigningIn?: boolean }) {
  const words = useMessages(shellMessages)
  return (
    <div className="shell-loading" role="status">
      <span className="spinner" aria-hidden="true" />
      <span>{isSigningIn ? words.signingIn : words.loading}</span>
    </div>
  )
}

export function Unreachable(props: { problem: Problem; isBusy: boolean; onRetry: () => void }) {
  const words = useMessages(shellMessages)
  return (
    <Notice kind="offline" title={words.unreachableTitle} detail={words.unreachableDetail}>
      <p className="notice-code">
        {props.problem.code} {props.problem.request_id}
      </p>
      <Button type="primary" loading={props.isBusy} onClick={props.onRetry}>
        {words.retry}
      </Button>
    </Notice>
  )
}

export function NoSuchPage() {
  const words = useMessages(shellMessages)
  return (
    <Notice kind="missing" title={words.notFoundTitle} detail={words.notFoundDetail}>
      <Link to="/">{words.toHome}</Link>
    </Notice>
  )
}

/** A page that threw, or whose part could not be loaded after an update of the server. */
export function PageCrash() {
  const words = useMessages(shellMessages)
  const problem = problemOf(useRouteError())
  return (
    <Notice kind="failure" title={words.crashTitle} detail={words.crashDetail}>
      <p className="notice-code">{problem.detail ?? problem.code}</p>
      <Button type="primary" onClick={() => window.location.reload()}>
        {words.reload}
      </Button>
    </Notice>
  )
}

/** The address names an app, or a mode of it, that isn't open to the person. */
export function WorkplaceNotice(props: { workplace: Workplace | null; isMember: boolean }) {
  const words = useMessages(shellMessages)
  const { workplace, isMember } = props
  if (!isMember || workplace === null || workplace.mode === 'test') {
    return (
      <Notice kind="missing" title={words.noAppTitle} detail={words.noAppDetail}>
        <a href="/console/apps">{words.toApps}</a>
      </Notice>
    )
  }
  const inTest = basenameOf({ ...workplace, mode: 'test' })
  return (
    <Notice kind="closed" title={words.noModeTitle} detail={words.noModeDetail}>
      <a href={inTest}>{words.toTest}</a>
    </Notice>
  )
}
