import type { Overview } from '@openbursar/sdk'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useMessages } from '../../i18n/feature-messages.js'
import { ChannelName } from '../../ui/channel-name.view.js'
import { Panel } from '../../ui/panel.view.js'
import { overviewMessages } from './overview.messages.js'
import { rateText } from './overview.rules.js'

/** By channel, by error and by endpoint. */
export function OverviewTables({ overview }: { overview: Overview }) {
  const words = useMessages(overviewMessages)
  return (
    <>
      {overview.channels.length > 0 && <Channels channels={overview.channels} />}
      <div className="two-columns">
        {overview.api_errors !== null && (
          <Codes
            title={words.apiErrors}
            codes={overview.api_errors}
            render={(code) => <Link to={`/request_logs?error_code=${code}`}>{code}</Link>}
          />
        )}
        <Codes
          title={words.paymentFailures}
          codes={overview.payment_failures}
          render={(code) => <code>{code}</code>}
        />
      </div>
      {overview.webhooks !== null && <Webhooks webhooks={overview.webhooks} />}
    </>
  )
}

function Channels({ channels }: Pick<Overview, 'channels'>) {
  const words = useMessages(overviewMessages)
  return (
    <Panel title={words.byChannel}>
      <Table
        heads={[words.channel, words.rate, '']}
        numbers={[words.succeeded, words.failed, words.stillOpen]}
        rows={channels.map((one) => ({
          key: one.channel,
          cells: [
            one.channel === 'none' ? words.none : <ChannelName key="name" code={one.channel} />,
            <RateBar key="bar" rate={one.success_rate} />,
            rateText(one.success_rate),
          ],
          numbers: [one.succeeded, one.failed, one.open],
        }))}
      />
    </Panel>
  )
}

function Codes(props: {
  title: string
  codes: Overview['payment_failures']
  render: (code: string) => ReactNode
}) {
  const words = useMessages(overviewMessages)
  const { title, codes, render } = props
  return (
    <Panel title={title}>
      {codes.length === 0 ? (
        <p className="soft">{words.noErrors}</p>
      ) : (
        <Table
          heads={[words.code]}
          numbers={[words.count]}
          rows={codes.map(({ code, count }) => ({
            key: code,
            cells: [render(code)],
            numbers: [count],
          }))}
        />
      )}
    </Panel>
  )
}

function Webhooks({ webhooks }: { webhooks: NonNullable<Overview['webhooks']> }) {
  const words = useMessages(overviewMessages)
  return (
    <Panel title={words.webhooks}>
      {webhooks.length === 0 ? (
        <p className="soft">{words.noWebhooks}</p>
      ) : (
        <Table
          heads={['URL', words.rate]}
          numbers={[words.deliveries, words.atFirstTry, words.exhausted]}
          rows={webhooks.map((one) => ({
            key: one.endpoint,
            cells: [
              <Link key="url" to={`/webhook_endpoints/${one.endpoint}`}>
                {one.url}
              </Link>,
              rateText(one.delivery_rate),
            ],
            numbers: [one.deliveries, one.at_first_try, one.exhausted],
          }))}
        />
      )}
    </Panel>
  )
}

interface TableProps {
  readonly heads: readonly string[]
  readonly numbers: readonly string[]
  readonly rows: readonly {
    readonly key: string
    readonly cells: readonly ReactNode[]
    readonly numbers: readonly number[]
  }[]
}

function Table({ heads, numbers, rows }: TableProps) {
  return (
    <div className="table-frame">
      <table className="data-table">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
            {numbers.map((head) => (
              <th key={head} scope="col" className="is-end">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              {row.cells.map((cell, index) => (
                <td key={heads[index]}>{cell}</td>
              ))}
              {row.numbers.map((count, index) => (
                <td key={numbers[index]} className="is-end">
                  {count.toLocaleString('en')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Its length says the rate; the number beside it says it exactly. */
function RateBar({ rate }: { rate: number | null }) {
  return (
    <svg className="rate-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="10" fill="var(--bone)" />
      <rect width={(rate ?? 0) * 100} height="10" fill="var(--primary)" />
    </svg>
  )
}
