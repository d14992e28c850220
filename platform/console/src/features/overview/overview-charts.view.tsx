import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { useMessages } from '../../i18n/feature-messages.js'
import { moneyText } from '../../ui/money.format.js'
import { Panel } from '../../ui/panel.view.js'
import { overviewMessages } from './overview.messages.js'
import { type ChartPoint, millisecondsText } from './overview.rules.js'

interface ChartsProps {
  readonly points: readonly ChartPoint[]
  readonly currency: string
}

const AXIS = { stroke: 'var(--line-strong)', tick: { fill: 'var(--ink-faint)', fontSize: 12 } }
const BOX = {
  border: '1px solid var(--line)',
  borderRadius: 6,
  color: 'var(--ink)',
  background: 'var(--card)',
}

/** Told apart by their form, solid and dashed: on paper and without colours, too. */
export function OverviewCharts({ points, currency }: ChartsProps) {
  return (
    <div className="two-columns">
      <VolumeChart points={points} currency={currency} />
      <LatencyChart points={points} />
    </div>
  )
}

function VolumeChart({ points, currency }: ChartsProps) {
  const words = useMessages(overviewMessages)
  return (
    <Panel title={words.volume}>
      <div className="chart" role="img" aria-label={words.volumeLabel}>
        <ResponsiveContainer>
          <BarChart data={[...points]} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="label" {...AXIS} />
            <YAxis width={64} {...AXIS} />
            <Tooltip
              cursor={{ fill: 'var(--bone)' }}
              contentStyle={BOX}
              formatter={(_value, _name, { payload }) => [
                moneyText(payload.amountMinor, currency),
                words.payments(String(payload.count)),
              ]}
            />
            <Bar dataKey="height" fill="var(--primary)" isAnimationActive={false} />
          </BarChart>
        </ResponsiveContainer>
      </div>
    </Panel>
  )
}

function LatencyChart({ points }: Pick<ChartsProps, 'points'>) {
  const words = useMessages(overviewMessages)
  const line = { type: 'monotone' as const, strokeWidth: 2, isAnimationActive: false }
  return (
    <Panel
      title={words.apiLatency}
      actions={
        <span className="soft">
          ── {words.median} · ┄┄ {words.percentile95}
        </span>
      }
    >
      <div className="chart" role="img" aria-label={words.apiLatencyLabel}>
        <ResponsiveContainer>
          <LineChart data={[...points]} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="label" {...AXIS} />
            <YAxis width={48} unit=" ms" {...AXIS} />
            <Tooltip
              contentStyle={BOX}
              formatter={(value) => millisecondsText(typeof value === 'number' ? value : null)}
            />
            <Line {...line} dataKey="p50" name={words.median} stroke="var(--primary)" />
            <Line
              {...line}
              dataKey="p95"
              name={words.percentile95}
              stroke="var(--notice)"
              strokeDasharray="5 4"
            />
          </LineChart>
        </ResponsiveContainer>
      </div>
    </Panel>
  )
}
