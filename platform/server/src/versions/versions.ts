import { failureObject } from './changes/failure-object.change.js'
import { partialPaymentObject } from './changes/partial-payment-object.change.js'
import type { ApiVersion } from './version-change.js'
import { VersionHistory } from './version-history.js'

/** Every dated version, oldest first. An app is pinned to the newest of the day it was created. */
export const VERSIONS: readonly [ApiVersion, ...ApiVersion[]] = [
  { date: '2026-12-01', changes: [] },
  { date: '2026-12-15', changes: [partialPaymentObject, failureObject] },
]

export const VERSION_HISTORY = new VersionHistory(VERSIONS)
export const API_VERSIONS = VERSION_HISTORY.dates
export const API_VERSION_LATEST = VERSION_HISTORY.newest
