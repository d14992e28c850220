import { type HttpMessage, UnusableMessage } from './http-message.js'

/** What the platform says about a request that somebody shows to it; more members may come. */
export interface Diagnosis {
  valid: boolean
  /** The error that the request would meet. */
  code: string | null
  /** A stable name of the mistake. */
  cause: string | null
  /** The mistake in words. */
  detail: string
  /** The string that the platform builds, when it gets that far. */
  expected_base: string | null
  /** What the request's Bursar-Debug-Base says. */
  received_base: string | null
  /** Also known, without a Bursar-Debug-Base, when the platform found the mistake by trying. */
  first_difference: { offset: number; received: string } | null
}

const PATH = '/v1/test_helpers/signature_diagnosis'
const TIMEOUT_MS = 30_000

/** Shows the request to the platform, which judges its signature and does nothing else. */
export async function diagnose(apiBase: string, message: HttpMessage): Promise<Diagnosis> {
  const { method, target, headers, body } = message
  const url = `${apiBase}${PATH}`
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        method,
        target,
        headers,
        body: Buffer.from(body).toString('base64'),
      }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UnusableMessage(
      `${url} does not answer (${reason}); is the platform running? --api-base says where it is.`,
    )
  }
  return readDiagnosis(url, response.status, await response.text())
}

function readDiagnosis(url: string, status: number, text: string): Diagnosis {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    // Said below: an answer of a proxy is as useless as one of another service.
  }
  if (status === 200 && isDiagnosis(answer)) return answer
  const problem: { detail?: string; code?: string } = isObject(answer) ? answer : {}
  throw new UnusableMessage(
    `${url} gave no diagnosis (${[status, problem.code, problem.detail].filter(Boolean).join(', ')})`,
  )
}

function isDiagnosis(answer: unknown): answer is Diagnosis {
  return isObject(answer) && 'valid' in answer && typeof answer.valid === 'boolean'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
