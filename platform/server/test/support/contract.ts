import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'
import { ROOT } from './bursar-command.js'

/** One answer of the platform, as it came over the wire. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

interface Documented {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>
}

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, Documented>> }>>
    >
  >
  readonly components: { readonly responses?: Readonly<Record<string, Documented>> }
}

const SHARED_RESPONSE = '#/components/responses/'
const PROBLEM = '#/components/schemas/Problem'

/** The OpenAPI document as a judge: what it does not promise, the platform must not answer. */
export class Contract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true })
  private readonly validators = new Map<string, ValidateFunction>()
  private readonly templates: readonly { readonly path: string; readonly pattern: RegExp }[]

  constructor(private readonly document: Document) {
    addFormats.default(this.ajv)
    this.ajv.addSchema({ ...document, $id: 'openapi' })
    this.templates = Object.keys(document.paths)
      // A fixed segment wins over a parameter in the same place.
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }))
  }

  static read(): Contract {
    return new Contract(parse(readFileSync(join(ROOT, 'openapi/v1.yaml'), 'utf8')))
  }

  /** What is wrong with an answer; nothing when the document promises it. */
  violationsOf(method: string, url: string, answer: Answer): string[] {
    const { pathname } = new URL(url)
    const call = `${method} ${pathname.slice(0, 80)} → ${answer.status}`
    const template = this.templates.find(({ pattern }) => pattern.test(pathname))?.path
    const operation = template && this.document.paths[template]?.[method.toLowerCase()]
    const found = operation
      ? this.documented(template, method, answer)
      : this.outsideTheDocument(answer)
    return [...found, ...requestIdProblems(answer)].map((problem) => `${call}: ${problem}`)
  }

  /** What is wrong with the body of a webhook; nothing when the document promises it. */
  webhookViolations(body: object): string[] {
    const steps = ['webhooks', 'event', 'post', 'requestBody', 'content', 'application/json']
    return this.mismatches(
      `#/${[...steps, 'schema'].map(escapePointer).join('/')}`,
      JSON.stringify(body),
    )
  }

  /** What is wrong with JSON that says which component it is; for samples in documents. */
  componentViolations(name: string, text: string): string[] {
    return this.mismatches(`#/components/schemas/${escapePointer(name)}`, text)
  }

  private documented(template: string, method: string, answer: Answer): string[] {
    const responses = this.document.paths[template]?.[method.toLowerCase()]?.responses ?? {}
    const key = [String(answer.status), `${String(answer.status)[0]}XX`, 'default'].find(
      (candidate) => candidate in responses,
    )
    if (key === undefined) return [`the document has no such status for ${template}`]
    const response = responses[key]
    const shared = response?.$ref?.replace(SHARED_RESPONSE, '')
    const content = shared
      ? this.document.components.responses?.[shared]?.content
      : response?.content
    const mediaType = mediaTypeOf(answer)
    if (!content) return answer.text === '' ? [] : ['the document promises no body']
    if (!(mediaType in content)) return [`the document has no ${mediaType} for ${template}`]
    if (!content[mediaType]?.schema || !mediaType.endsWith('json')) return []
    const place = shared
      ? ['components', 'responses', shared]
      : ['paths', template, method.toLowerCase(), 'responses', key]
    const steps = [...place, 'content', mediaType, 'schema']
    return this.mismatches(`#/${steps.map(escapePointer).join('/')}`, answer.text)
  }

  /** Nobody promised anything about an address that is not there, but a refusal is a problem document. */
  private outsideTheDocument(answer: Answer): string[] {
    if (answer.status < 400) return ['the document does not know this call']
    if (mediaTypeOf(answer) !== 'application/problem+json') return ['a refusal is problem+json']
    return this.mismatches(PROBLEM, answer.text)
  }

  private mismatches(pointer: string, text: string): string[] {
    const known = this.validators.get(pointer)
    const validate = known ?? this.ajv.compile({ $ref: `openapi${pointer}` })
    this.validators.set(pointer, validate)
    if (validate(JSON.parse(text))) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath || 'the body'} ${message} ${JSON.stringify(params)} (in ${text.slice(0, 400)})`,
    )
  }
}

function requestIdProblems({ status, headers, text }: Answer): string[] {
  const id = headers.get('x-request-id')
  if (!id?.startsWith('req_')) return ['the answer has no X-Request-Id']
  const isReplay = headers.get('idempotent-replayed') === 'true'
  if (status < 400 || isReplay || text.includes(id)) return []
  return [`the problem does not name the request ${id}`]
}

const mediaTypeOf = ({ headers }: Answer): string =>
  (headers.get('content-type') ?? 'none').split(';')[0]?.trim() ?? ''

/** RFC 6901, in a URI fragment. */
const escapePointer = (step: string): string =>
  encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))
