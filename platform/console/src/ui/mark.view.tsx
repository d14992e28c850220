export type MarkKind = 'success' | 'failure' | 'waiting' | 'time' | 'closed' | 'missing' | 'offline'

const PATHS: Record<MarkKind, string> = {
  success: 'M21 33.5l8 8 15-17',
  failure: 'M24 24l16 16M40 24L24 40',
  waiting: 'M22 32h.01M32 32h.01M42 32h.01',
  time: 'M32 20v13l8 5',
  closed: 'M22 32h20',
  missing: 'M26 26a6 6 0 1 1 8.5 5.5c-1.7.8-2.5 2-2.5 4M32 43h.01',
  offline: 'M32 20v15M32 43h.01',
}

/** The sign above a result. The words beside it say the same, so it is hidden from readers. */
export function Mark({ kind }: { kind: MarkKind }) {
  return (
    <svg className={`mark mark-${kind}`} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <circle className="mark-disc" cx="32" cy="32" r="30" />
      <path className="mark-stroke" d={PATHS[kind]} pathLength={1} />
    </svg>
  )
}
