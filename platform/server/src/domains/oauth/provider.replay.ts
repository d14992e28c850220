import type Provider from 'oidc-provider'
import type { ReplayMarks } from '../../infra/oauth/replay-marks.js'

/**
 * The library looks whether a `jti` was used and saves it afterwards; of many uses at once, many would pass.
 * Here using it is one insert. Assertions and proofs arrive by the same call; a mark of either blocks only the
 * same `jti` of the same client.
 */
export function useReplayMarks(provider: Provider, marks: ReplayMarks): void {
  provider.ReplayDetection.unique = (clientId, jti, expiresAtSeconds) =>
    marks.use('assertion', clientId, jti, new Date(Math.ceil(expiresAtSeconds) * 1000))
}
