import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
  NotFoundException,
} from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sqlState } from '../../infra/database/database.js'
import { isDatabaseAway } from '../../infra/database/database-away.js'
import { HttpError } from '../../infra/http/http.errors.js'
import {
  inOlderPointers,
  PROBLEM_CONTENT_TYPE,
  problemOf,
  withOutcome,
} from '../../infra/http/problem.js'
import { PlatformError } from '../../kernel/errors.js'

/** Every error leaves as a problem document. What we did not expect says nothing of itself to the caller. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem')

  constructor(private readonly docsBase: string) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const reply = http.getResponse<FastifyReply>()
    const methods = thrown instanceof NotFoundException ? methodsKnown(request) : []
    if (methods.length > 0) reply.header('allow', methods.join(', '))
    const refusal = methods.length > 0 ? wrongMethod(methods) : toPlatformError(thrown)
    const told = inOlderPointers(refusal, request.caller?.older_pointers)
    const error = request.caller?.idempotency ? withOutcome(told) : told
    if (error.spec.status >= 500) {
      this.logger.error({
        request_id: request.id,
        code: error.code,
        err: error.options.cause ?? thrown,
      })
    }
    const seconds = error.options.retryAfterSeconds
    if (seconds !== undefined) reply.header('retry-after', String(seconds))
    reply
      .status(error.spec.status)
      .header('content-type', PROBLEM_CONTENT_TYPE)
      .send(JSON.stringify(problemOf(error, request.id, this.docsBase)))
  }
}

function methodsKnown(request: FastifyRequest): readonly string[] {
  const [path = ''] = request.url.split('?')
  return request.server.methodsOf(path)
}

function wrongMethod(methods: readonly string[]): HttpError {
  return new HttpError('method_not_allowed', `This address knows only ${methods.join(', ')}.`)
}

function toPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown
  if (thrown instanceof HttpException) return fromNest(thrown)
  const fastifyCode = sqlState(thrown) ?? ''
  if (fastifyCode === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new HttpError('body_too_large', 'A request body may be 1 MiB at most.')
  }
  if (fastifyCode.startsWith('FST_ERR_CTP') || fastifyCode === 'FST_ERR_BAD_URL') {
    return new HttpError('request_invalid', 'The request cannot be read.', { cause: thrown })
  }
  if (isDatabaseAway(thrown)) {
    return new HttpError('service_unavailable', 'The platform is briefly unavailable. Try again.', {
      cause: thrown,
      retryAfterSeconds: 2,
      outcome: 'unknown',
    })
  }
  const message = 'Something broke on our side. The request id finds it in our log.'
  return new HttpError('internal_error', message, { cause: thrown, outcome: 'unknown' })
}

function fromNest(exception: HttpException): HttpError {
  switch (exception.getStatus()) {
    case 404:
      return new HttpError('route_not_found', 'There is no such address; see the API reference.')
    case 405:
      return new HttpError('method_not_allowed', 'This address does not know this method.')
    case 413:
      return new HttpError('body_too_large', 'A request body may be 1 MiB at most.')
    case 415:
      return new HttpError('content_type_unsupported', 'Send the body as application/json.')
    default:
      return new HttpError('request_invalid', 'The request cannot be read.', { cause: exception })
  }
}
