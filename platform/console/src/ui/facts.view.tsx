import type { ReactNode } from 'react'

/** A name and what it is; null, undefined and false leave the row out. */
export type Fact = readonly [label: string, value: ReactNode]

export const fact = (label: string, value: ReactNode): Fact => [label, value]

export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts
        .filter(
          ([, value]) => value !== null && value !== undefined && value !== false && value !== '',
        )
        .map(([label, value]) => (
          <div key={label} className="fact">
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
