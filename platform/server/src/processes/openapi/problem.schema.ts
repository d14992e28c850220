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
      pointer: { type: 'string', description: 'JSON Pointer (RFC 6901) to the field.' },
      code: { $ref: '#/components/schemas/ErrorCode' },
      detail: { type: 'string' },
    },
  },
  Problem: {
    type: 'object',
    description: 'RFC 9457 problem details.',
    required: ['type', 'title', 'status', 'detail', 'code', 'request_id', 'retryable'],
    properties: {
      type: { type: 'string', format: 'uri', description: 'The page of this code.' },
      title: { type: 'string' },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      detail: { type: 'string', description: 'What is wrong, where, and what to do.' },
      code: { $ref: '#/components/schemas/ErrorCode' },
      request_id: {
        type: 'string',
        description: 'Also in X-Request-Id; quote it when you ask us.',
      },
      retryable: { type: 'boolean', description: 'Whether the same call may be sent again.' },
      outcome: {
        type: 'string',
        enum: ['failed', 'unknown'],
        description:
          'On money calls. unknown: ask with GET, never create again under a new number.',
      },
      errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
    },
  },
}

export const PROBLEM_RESPONSES = {
  Problem: {
    description: 'A refusal, or a failure on our side: see `code`.',
    headers: {
      'X-Request-Id': {
        description: 'Finds this call in the request log.',
        schema: { type: 'string' },
      },
      'Retry-After': {
        description: 'Seconds to wait, when waiting helps.',
        schema: { type: 'integer' },
      },
    },
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  },
}
