import type { Signer } from './signed-requests.js'

/** What the load generator is asked for: first to prepare, which is not timed, then to run. */
export type LoadOrder =
  | {
      readonly kind: 'prepare'
      readonly signer: Signer
      readonly port: number
      readonly clients: number
      readonly count: number
      /** The payments to read; null: create payments. */
      readonly read_ids: readonly string[] | null
    }
  | { readonly kind: 'run'; readonly seconds: number }

export interface LoadResult {
  readonly acknowledged: number
  readonly elapsed_ms: number
  readonly p50_ms: number
  readonly p99_ms: number
  /** CPU time of the load generator. */
  readonly cpu_ms: number
  /** The first answers that were not what they had to be. */
  readonly failures: readonly string[]
}

export type LoadAnswer = { readonly kind: 'prepared' } | ({ readonly kind: 'done' } & LoadResult)
