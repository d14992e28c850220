import type { Overview } from '@openbursar/sdk'
import { lazy, Suspense, useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useCurrentApp } from '../../api/api.context.js'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { overviewMessages } from './overview.messages.js'
import { chartPoints, isSpan, mainCurrency, SPANS, spanQuery } from './overview.rules.js'
import { OverviewFigures } from './overview-figures.view.js'
import { OverviewTables } from './overview-tables.view.js'

/** The charts are the heaviest part of the console: the figures are there before them. */
const OverviewCharts = lazy(async () => ({
  default: (await import('./overview-charts.view.js')).OverviewCharts,
}))

const EVERY_MS = 60_000

export function OverviewPage() {
  const words = useMessages(overviewMessages)
  const [params, setParams] = useSearchParams()
  const asked = params.get('span')
  const span = isSpan(asked) ? asked : 'week'
  const wanted = useMemo(() => spanQuery(span, new Date()), [span])
  const query = useApiQuery<Overview>(
    ['reports', 'overview', span],
    (bursar, options) => bursar.reports.overview(wanted, options),
    { everyMs: EVERY_MS },
  )
  const name = useCurrentApp()?.app.name
  return (
    <>
      <PageHeader
        title={name ?? words.title}
        actions={
          <select
            className="field-select"
            aria-label={words.span}
            value={span}
            onChange={(event) => setParams({ span: event.target.value }, { replace: true })}
          >
            {SPANS.map((one) => (
              <option key={one} value={one}>
                {words.spans[one]}
              </option>
            ))}
          </select>
        }
      />
      <QueryState query={query}>{(overview) => <OverviewView overview={overview} />}</QueryState>
    </>
  )
}

function OverviewView({ overview }: { overview: Overview }) {
  const words = useMessages(overviewMessages)
  const currency = mainCurrency(overview)
  return (
    <>
      <OverviewFigures overview={overview} />
      {overview.total.payments_created === 0 && (
        <div className="table-empty">
          <p>{words.empty}</p>
          {!overview.livemode && <Link to="/sandbox">{words.toSandbox}</Link>}
        </div>
      )}
      <Suspense fallback={<div className="chart" />}>
        <OverviewCharts points={chartPoints(overview, currency)} currency={currency} />
      </Suspense>
      <OverviewTables overview={overview} />
    </>
  )
}
