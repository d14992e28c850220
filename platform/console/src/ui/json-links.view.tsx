import { Link } from 'react-router'
import { CopyButton } from './copy-button.view.js'
import { splitAtIds } from './object-link.rules.js'

/** An object as it went over the wire; each id in it leads to its page. */
export function JsonLinks({ value, label }: { value: unknown; label: string }) {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')
  let offset = 0
  const parts = splitAtIds(text).map((part) => {
    const keyed = { ...part, key: offset }
    offset += part.text.length
    return keyed
  })
  return (
    <figure className="code-block">
      <figcaption>
        <span>{label}</span>
        <CopyButton text={text} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus */}
      <section className="code-scroll" aria-label={label} tabIndex={0}>
        <pre>
          {parts.map(({ text: part, to, key }) =>
            to === null ? (
              part
            ) : (
              <Link key={key} to={to}>
                {part}
              </Link>
            ),
          )}
        </pre>
      </section>
    </figure>
  )
}
