import { z } from 'zod'
import { HTTP_ERRORS, HttpError, type HttpErrorCode } from '../../infra/http/http.errors.js'
import type { FieldError } from '../../kernel/errors.js'

const ERRORS_MAX = 20
const MISSING = 'received undefined'

// Zod says of a missing choice only that it is none of the choices: whoever left it out wants to hear that.
z.config({
  customError: (issue) =>
    issue.code === 'invalid_value' && issue.input === undefined
      ? `Invalid option: expected one of ${issue.values.map(String).join(', ')}, ${MISSING}`
      : undefined,
})

/** A Standard Schema issue (standardschema.dev). */
interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What zod adds to it: the rule that was broken. */
interface ZodIssue extends Issue {
  readonly code?: string
  readonly keys?: readonly string[]
  /** A rule of ours may name the code of its refusal. */
  readonly params?: { readonly code?: unknown }
}

/** Turns schema issues into one problem. Its code is that of the first issue; `errors` lists them all. */
export function validationProblem(issues: readonly Issue[]): HttpError {
  const errors = issues.flatMap(fieldErrorsOf).slice(0, ERRORS_MAX)
  const [first] = errors
  if (!first) return new HttpError('request_invalid', 'The request does not fit its schema.')
  const where = first.pointer === '' ? 'The body' : first.pointer
  return new HttpError(first.code, `${where}: ${first.detail}`, { errors })
}

type CodedFieldError = FieldError & { readonly code: HttpErrorCode }

function fieldErrorsOf(issue: ZodIssue): CodedFieldError[] {
  const path = (issue.path ?? []).map((segment) =>
    String(typeof segment === 'object' ? segment.key : segment),
  )
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => ({
      pointer: pointerOf([...path, key]),
      code: 'field_unknown',
      detail: 'is not a field of this request; check its spelling against the API reference',
    }))
  }
  return [{ pointer: pointerOf(path), code: codeOf(issue), detail: issue.message }]
}

function codeOf(issue: ZodIssue): HttpErrorCode {
  if (issue.message.endsWith(MISSING)) {
    return (issue.path ?? []).length === 0 ? 'body_missing' : 'field_missing'
  }
  switch (issue.code) {
    case 'invalid_type':
      return 'field_type_invalid'
    case 'too_small':
    case 'too_big':
      return 'field_out_of_range'
    case 'invalid_format':
      return 'field_format_invalid'
    case 'invalid_value':
    case 'invalid_union':
    case 'invalid_key':
      return 'field_value_invalid'
    case 'custom':
      return isCode(issue.params?.code) ? issue.params.code : 'field_value_invalid'
    default:
      return 'request_invalid'
  }
}

function isCode(code: unknown): code is HttpErrorCode {
  return typeof code === 'string' && Object.hasOwn(HTTP_ERRORS, code)
}

/** RFC 6901. */
function pointerOf(path: readonly string[]): string {
  return path.map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
