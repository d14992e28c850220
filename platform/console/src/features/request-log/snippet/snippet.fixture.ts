import type { LoggedCall } from './snippet.types.js'

export const KEY_ID = 'key_01m82avfcbektvjs1askg8k09s'

export function loggedCall(changes: Partial<LoggedCall> = {}): LoggedCall {
  return {
    method: 'POST',
    route: '/v1/payments',
    path: '/v1/payments',
    query: null,
    keyId: KEY_ID,
    algorithm: 'ed25519',
    contentType: 'application/json',
    apiVersion: null,
    idempotencyKey: 'order-2026-0001',
    body: { out_trade_no: 'T-1', amount: 12_800, subject: "it's 学费" },
    ...changes,
  }
}
