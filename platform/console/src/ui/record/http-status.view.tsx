/** The number says it; the colour only helps to find it. */
export function HttpStatus({ status }: { status: number | null }) {
  const tone =
    status === null || status >= 500
      ? 'bad'
      : status >= 400
        ? 'attention'
        : status >= 300
          ? 'waiting'
          : 'good'
  return <span className={`status is-${tone}`}>{status ?? '—'}</span>
}
