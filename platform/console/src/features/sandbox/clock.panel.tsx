import type { DeletedTestClock, TestClock, TestClockList } from '@openbursar/sdk'
import { Button } from 'antd'
import { useScope } from '../../api/api.context.js'
import { useApiMutation, useApiQuery } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { Instant } from '../../ui/instant.view.js'
import { Panel } from '../../ui/panel.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { momentsAfter } from './money-day.rules.js'
import { sandboxMessages } from './sandbox.messages.js'

const EVERY_MS = 2_000
const CHANGED = ['test_clocks', 'payments', 'events']

export function ClockPanel() {
  const words = useMessages(sandboxMessages)
  const mayWrite = useScope('payments:write')
  const query = useApiQuery<TestClockList>(
    ['test_clocks'],
    (bursar, options) => bursar.testHelpers.clocks.list(options),
    { everyMs: EVERY_MS },
  )
  const create = useApiMutation<TestClock>(
    (bursar, _, options) => bursar.testHelpers.clocks.create({}, options),
    { changes: CHANGED },
  )
  return (
    <Panel title={words.clock}>
      <p className="soft">{words.clockLead}</p>
      {create.error !== null && <ProblemNote problem={problemOf(create.error)} />}
      <QueryState query={query}>
        {({ data: [clock] }) => {
          if (clock !== undefined) return <Clock clock={clock} mayMove={mayWrite} />
          return (
            mayWrite && (
              <Button type="primary" loading={create.isPending} onClick={() => create.mutate()}>
                {words.clockCreate}
              </Button>
            )
          )
        }}
      </QueryState>
    </Panel>
  )
}

function Clock({ clock, mayMove }: { clock: TestClock; mayMove: boolean }) {
  const words = useMessages(sandboxMessages)
  const advance = useApiMutation<TestClock, Date>(
    (bursar, to, options) =>
      bursar.testHelpers.clocks.advance(clock.id, { to: to.toISOString() }, options),
    { changes: CHANGED },
  )
  const remove = useApiMutation<DeletedTestClock>(
    (bursar, _, options) => bursar.testHelpers.clocks.delete(clock.id, options),
    { changes: CHANGED },
  )
  const isBusy = advance.isPending || clock.status === 'advancing'
  return (
    <>
      <p className="clock-now">
        {words.clockNow} <Instant at={clock.now} withSeconds />{' '}
        <StatusTag status={`test_clock.${isBusy ? 'advancing' : clock.status}`} />
      </p>
      {advance.error !== null && <ProblemNote problem={problemOf(advance.error)} />}
      <h3>{words.timeline}</h3>
      <ol className="timeline">
        {momentsAfter(new Date(clock.now)).map(({ name, at }) => (
          <li key={name} className="timeline-item">
            <span className="timeline-time">
              <Instant at={at.toISOString()} withSeconds={false} />
            </span>
            <span>{words.moments[name]}</span>
            {mayMove && (
              <Button
                size="small"
                disabled={isBusy}
                aria-label={`${words.goThere}: ${words.moments[name]}`}
                onClick={() => advance.mutate(at)}
              >
                {words.goThere}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {mayMove && (
        <ConfirmButton
          label={words.clockDelete}
          title={words.clockDeleteTitle}
          confirmLabel={words.clockDelete}
          isDisabled={isBusy}
          onConfirm={() => remove.mutateAsync()}
        >
          {words.clockDeleteDetail}
        </ConfirmButton>
      )}
    </>
  )
}
