import { useMessages } from '../../i18n/feature-messages.js'
import { type BaseRow, diffBases, type Segment, visible } from './base-diff.rules.js'
import { debuggerMessages } from './signature-debugger.messages.js'

/** Both strings side by side, component by component. */
export function BaseComparison({ expected, received }: { expected: string; received: string }) {
  const words = useMessages(debuggerMessages)
  const rows = diffBases(expected, received)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus
    <section className="table-frame" aria-label={words.received} tabIndex={0}>
      <table className="base-table">
        <thead>
          <tr>
            <th scope="col">{words.expected}</th>
            <th scope="col">{words.received}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the rows of one comparison stay as they are
            <tr key={index} className={row.isFirstDifference ? 'is-first' : `is-${row.kind}`}>
              <BaseCell row={row} segments={row.expected} absent={words.extra} />
              <BaseCell row={row} segments={row.received} absent={words.missing} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function BaseCell(props: { row: BaseRow; segments: Segment[] | null; absent: string }) {
  const words = useMessages(debuggerMessages)
  const { row, segments, absent } = props
  if (segments === null) return <td className="soft">{absent}</td>
  return (
    <td>
      {row.isFirstDifference && segments === row.received && (
        <span className="first-mark">{words.firstDifference}</span>
      )}
      <code>
        {segments.map(({ text, differs }, index) => {
          const shown = visible(text, index === segments.length - 1)
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line have no other name
          return differs ? <mark key={index}>{shown}</mark> : <span key={index}>{shown}</span>
        })}
      </code>
    </td>
  )
}
