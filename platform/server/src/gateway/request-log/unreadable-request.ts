import type { RequestRecord } from '../../domains/request-log/request-log.types.js'
import { PROBLEM_CONTENT_TYPE } from '../../infra/http/problem.js'
import type { ClientErrorAnswer } from '../transport/client-error.js'

/** A call of which only the answer is known: its bytes were no HTTP request. */
export function unreadableRecord(answer: ClientErrorAnswer): RequestRecord {
  return {
    id: answer.id,
    author: null,
    credential: 'none',
    evidence: null,
    method: '',
    route: null,
    target: '',
    headers: {},
    body: null,
    is_body_json: false,
    api_version: null,
    idempotency_key: null,
    caller_address: answer.caller_address,
    status: answer.status,
    duration_us: 0,
    steps: {},
    response_headers: { 'content-type': PROBLEM_CONTENT_TYPE },
    response_body: answer.body,
  }
}
