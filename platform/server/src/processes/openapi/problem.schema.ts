import { ERROR_CODES } from '../error-catalogue.js'

type Schema = Record<string, unknown>

/** Components that no controller names, because every endpoint may answer with them. */
export const PROBLEM_SCHEMAS: Readonly<Record<string, Schema>> = {
  ErrorCode: {
    type: 'string',
    description: 'Stable; match on this. Each has a page of its own in the documentation.',
    enum: [...ERROR_CODES],
  },
  FieldError: {
    type: 'object',
    required: ['pointer', 'code', 'detail'],
    properties: {
      pointer: {
        type: 'string',
        maxLength: 1000,
        description: 'JSON Pointer (RFC 6901) to the field.',
      },
      code: { $ref: '#/components/schemas/ErrorCode' },
      detail: { type: 'string', maxLength: 10_000 },
    },
  },
  Problem: {
    type: 'object',
    description: 'RFC 9457 problem details.',
    required: ['type', 'title', 'status', 'detail', 'code', 'request_id', 'retryable'],
    properties: {
      type: {
        type: 'string',
        format: 'uri',
        maxLength: 2048,
        description: 'The page of this code.',
      },
      title: { type: 'string', maxLength: 100 },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      detail: {
        type: 'string',
        maxLength: 10_000,
        description: 'What is wrong, where, and what to do.',
      },
      code: { $ref: '#/components/schemas/ErrorCode' },
      request_id: {
        type: 'string',
        maxLength: 30,
        description: 'Also in X-Request-Id; quote it when you ask us.',
      },
      retryable: { type: 'boolean', description: 'Whether the same call may be sent again.' },
      outcome: {
        type: 'string',
        enum: ['failed', 'unknown'],
        description:
          'On money calls. unknown: ask with GET, never create again under a new number.',
      },
      errors: { type: 'array', maxItems: 20, items: { $ref: '#/components/schemas/FieldError' } },
    },
  },
}

/** On every answer to an authenticated caller (draft-ietf-httpapi-ratelimit-headers). */
export const RATE_LIMIT_HEADERS = {
  RateLimit: { $ref: '#/components/headers/RateLimit' },
  'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' },
}

export const HEADERS = {
  RateLimit: {
    description:
      'How the bucket that will be empty first stands: `r` requests pass at once, and it is full in `t` seconds.',
    schema: { type: 'string', maxLength: 100, example: '"default";r=50;t=30' },
  },
  RateLimitPolicy: {
    description:
      'The buckets of this caller: `q` requests at once, and an empty one is full after `w` seconds.',
    schema: { type: 'string', maxLength: 200, example: '"default";q=100;w=60' },
  },
  RequestId: {
    description: 'Finds this call in the request log.',
    schema: { type: 'string', maxLength: 30 },
  },
  RetryAfter: {
    description: 'Seconds to wait, when waiting helps.',
    schema: { type: 'integer', format: 'int32', minimum: 1, maximum: 86_400 },
  },
}

const problem = (description: string, headers: Record<string, unknown> = {}) => ({
  description,
  headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' }, ...headers },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

const RETRY_AFTER = { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } }

export const PROBLEM_RESPONSES = {
  Problem: problem('A refusal, or a failure on our side: see `code`.', {
    ...RATE_LIMIT_HEADERS,
    ...RETRY_AFTER,
  }),
  Unauthorized: problem('The caller is not known: no credentials, or wrong ones. See `code`.', {
    ...RATE_LIMIT_HEADERS,
  }),
  RateLimited: problem('Too many requests. Nothing was done: wait, and send it again.', {
    ...RATE_LIMIT_HEADERS,
    // Written out: tools look for it here.
    'Retry-After': HEADERS.RetryAfter,
  }),
  Failure: problem(
    'Something broke on our side. On money calls `outcome` says whether to ask first.',
  ),
}
