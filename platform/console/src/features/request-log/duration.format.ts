/** Microseconds as people read them: three figures are enough to compare. */
export function durationText(microseconds: number): string {
  if (microseconds < 1_000) return `${microseconds} µs`
  if (microseconds < 10_000) return `${(microseconds / 1_000).toFixed(2)} ms`
  if (microseconds < 1_000_000) return `${Math.round(microseconds / 1_000)} ms`
  return `${(microseconds / 1_000_000).toFixed(2)} s`
}
