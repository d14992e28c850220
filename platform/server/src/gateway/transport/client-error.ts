import type { Socket } from 'node:net'
import { HttpError } from '../../infra/http/http.errors.js'
import { PROBLEM_CONTENT_TYPE, problemOf } from '../../infra/http/problem.js'
import { newRequestId } from '../request-id/request-id.js'
import { securityHeaders } from './transport.hook.js'

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

export interface ClientErrorOptions {
  readonly docsBase: string
  readonly isSecure: boolean
  /** Told of every such answer: there is no request to speak of. */
  readonly onAnswer?: (answer: ClientErrorAnswer) => void
}

export interface ClientErrorAnswer {
  readonly id: string
  readonly status: number
  readonly body: string
  readonly caller_address: string | null
}

/**
 * Answers bytes that are no HTTP request, a head that is too large or comes too slowly: with a problem document
 * like everything else, and then hangs up, because nobody can tell where a next request would begin.
 */
export function clientErrorHandler(options: ClientErrorOptions) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    // Reset, or nobody reads any more.
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
      socket.destroy(error)
      return
    }
    const refusal = refusalOf(error.code)
    const { status } = refusal.spec
    const id = newRequestId()
    const body = JSON.stringify(problemOf(refusal, id, options.docsBase))
    const headers: readonly (readonly [string, string])[] = [
      ['x-request-id', id],
      ['content-type', PROBLEM_CONTENT_TYPE],
      ['content-length', String(Buffer.byteLength(body))],
      ['connection', 'close'],
      ...securityHeaders(options.isSecure),
    ]
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const caller_address = socket.remoteAddress ?? null
    socket.end(`HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n${lines}\r\n${body}`, () =>
      socket.destroy(),
    )
    options.onAnswer?.({ id, status, body, caller_address })
  }
}

function refusalOf(code: string | undefined): HttpError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new HttpError('headers_too_large', 'The head of a request may be 16 KiB at most.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new HttpError('request_timeout', 'The request did not arrive in time.')
    default:
      return new HttpError('request_invalid', 'This is not an HTTP request that can be read.')
  }
}
