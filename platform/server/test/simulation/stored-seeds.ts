/** Seeds that once found something. They are run again for ever, beside a fresh one. */
export const STORED_SEEDS: readonly {
  readonly seed: number
  readonly steps: number
  readonly found: string
}[] = [{ seed: 1, steps: 1_000, found: 'nothing yet: the first seed of all' }]
