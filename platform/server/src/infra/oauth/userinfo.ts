import { z } from 'zod'

const TIMEOUT_MS = 5_000
const ANSWER_BYTES_MAX = 64 * 1024

/** What an identity provider says of whoever signed in there: its userinfo endpoint (RFC 6750 section 2.1). */
export async function readUserinfo(url: string, token: string): Promise<Record<string, unknown>> {
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!answer.ok) throw new Error(`the userinfo endpoint answered ${answer.status}`)
  const text = await answer.text()
  if (text.length > ANSWER_BYTES_MAX) throw new Error('the userinfo answer is too long')
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
}
