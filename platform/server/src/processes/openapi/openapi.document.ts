import type { INestApplication } from '@nestjs/common'
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger'
import { API_VERSION_LATEST, API_VERSIONS } from '../../versions/versions.js'
import { withLimits, withSharedLength } from './openapi.limits.js'
import {
  HEADERS,
  PROBLEM_RESPONSES,
  PROBLEM_SCHEMAS,
  RATE_LIMIT_HEADERS,
} from './problem.schema.js'
import { OF_PEOPLE, SECURITY_SCHEMES, securityOf } from './security.schema.js'

const DESCRIPTION = `One API to bill, collect, query and refund.

Sign requests (RFC 9421) with a key your app registered; for reads an access token (OAuth 2.0) is enough. Send an \`Idempotency-Key\` with every POST.
Amounts are integers in minor units (fen). Times are RFC 3339 in UTC. Unknown fields are refused.`

const TAGS: readonly (readonly [string, string])[] = [
  ['payers', 'Who owes: students, employees, outsiders.'],
  ['fee_items', 'What is charged, and the rules for charging it.'],
  ['bills', 'What one payer owes for one fee item.'],
  ['checkouts', 'Bills, or a free amount, brought together to be paid at the cashier.'],
  ['payments', 'Collecting money, through one channel at a time.'],
  ['refunds', 'Giving back all or part of a payment by the way it came.'],
  ['events', 'What happened, newest first.'],
  ['webhook_endpoints', 'Where events are delivered to.'],
  ['keys', 'The public keys with which your app signs its requests.'],
  ['request_logs', 'Every call of the API, for 30 days: what was asked, and what was answered.'],
  ['session', 'The person who is signed in at the console.'],
  ['operators', 'The people who work with the platform.'],
  ['reports', 'Looking things up: search, histories, numbers and files.'],
  ['platform_keys', 'The public keys the platform signs with.'],
  ['test_helpers', 'Play the payer. Test mode only.'],
]

/** `maxParamLength` of the router. */
const PATH_LENGTH_MAX = 200

type Operation = Record<string, unknown> & {
  operationId?: string
  responses?: Record<string, unknown>
  parameters?: unknown[]
  'x-scopes'?: readonly string[]
  'x-own-scope'?: string
  'x-permissions'?: readonly string[]
}

/** The contract, generated from the controllers and their schemas. */
export function createOpenApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('OpenBursar API')
    .setDescription(DESCRIPTION)
    .setVersion(API_VERSION_LATEST)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('https://{host}', 'Your platform, in production', {
      host: { default: 'pay.example.edu', description: 'The host of PUBLIC_ORIGIN.' },
    })
  for (const [name, description] of TAGS) builder.addTag(name, description)
  const document = SwaggerModule.createDocument(app, builder.build())
  return tidy(complete(document))
}

/**
 * What the generator leaves behind: empty descriptions, and for times a pattern that repeats `format` in a
 * regular expression nobody can read.
 */
function tidy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, member: unknown) => {
    if (!isRecord(member)) return member
    if (isSchema(member)) return tidySchema(withSharedLength(withLimits(member)))
    if (member.description === '' && member.content) return { ...member, description: 'Done.' }
    return member
  })
}

function tidySchema(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (schema.format !== 'date-time' && schema.format !== 'uri') return schema
  const { pattern: _, ...rest } = schema
  return rest
}

/** A schema says its type; a property that is called `type` is described by a schema. */
function isSchema({ type }: Readonly<Record<string, unknown>>): boolean {
  return typeof type === 'string' || Array.isArray(type)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function complete(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.fromEntries(
    Object.entries(document.paths)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([path, item]) => [path, completePath(item)]),
  )
  const schemas = sorted({ ...document.components?.schemas, ...PROBLEM_SCHEMAS })
  return {
    ...document,
    // A public API: this is where callers from outside go.
    servers: (document.servers ?? []).map((server) => ({ ...server, 'x-internal': false })),
    paths,
    security: [{ RequestSignature: [] }],
    components: {
      securitySchemes: SECURITY_SCHEMES,
      parameters: {
        BursarVersion: {
          name: 'Bursar-Version',
          in: 'header',
          required: false,
          description: 'Overrides the dated version the app is pinned to.',
          schema: { type: 'string', enum: [...API_VERSIONS], example: API_VERSION_LATEST },
        },
      },
      headers: HEADERS,
      responses: PROBLEM_RESPONSES,
      schemas,
    },
    webhooks: webhooks(),
  } as OpenAPIObject
}

function completePath(item: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]) => [
      method,
      completeOperation(method, operation),
    ]),
  )
}

/** What holds for every operation: problems, the version header, and the credentials it takes. */
function completeOperation(method: string, operation: Operation): Operation {
  const scopes = operation['x-scopes']
  const people = operation['x-permissions']
  const isPublic = scopes === undefined && people === undefined
  return {
    ...operation,
    security: [
      ...(scopes ? securityOf(method, scopes, operation['x-own-scope']) : []),
      ...(isPublic ? [] : [OF_PEOPLE]),
    ],
    parameters: [
      ...(operation.parameters ?? []).map(withPathLength),
      ...(isPublic ? [] : [{ $ref: '#/components/parameters/BursarVersion' }]),
    ],
    responses: isPublic
      ? { ...operation.responses, ...refusals(['4XX', '500', '5XX']) }
      : { ...limited(operation.responses), ...refusals(['401', '429', '4XX', '500', '5XX']) },
  }
}

/** Each is a problem document; those that a program has to be ready for are named. */
const REFUSALS = {
  '401': 'Unauthorized',
  '429': 'RateLimited',
  '4XX': 'Problem',
  '500': 'Failure',
  '5XX': 'Problem',
} as const

function refusals(statuses: readonly (keyof typeof REFUSALS)[]): Record<string, unknown> {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${REFUSALS[status]}` }]),
  )
}

function limited(responses: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      isRecord(response)
        ? { ...response, headers: { ...RATE_LIMIT_HEADERS, ...objectOf(response.headers) } }
        : response,
    ]),
  )
}

const objectOf = (value: unknown) => (isRecord(value) ? value : {})

/** Longer addresses are unknown to the router. An id of another kind is a 404, so there is no pattern. */
function withPathLength(parameter: unknown): unknown {
  if (!isRecord(parameter) || parameter.in !== 'path') return parameter
  return { ...parameter, schema: { ...objectOf(parameter.schema), maxLength: PATH_LENGTH_MAX } }
}

/** What is sent to an endpoint: an event without what only the API adds. */
const WEBHOOK_EVENT = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'type', 'created_at', 'livemode', 'api_version', 'data'],
  properties: Object.fromEntries(
    ['id', 'type', 'created_at', 'livemode', 'api_version', 'data'].map((name) => [
      name,
      { $ref: `#/components/schemas/Event/properties/${name}` },
    ]),
  ),
}

function webhooks(): Record<string, unknown> {
  return {
    event: {
      post: {
        operationId: 'webhooks.event',
        summary: 'An event, delivered to your endpoint',
        description:
          'Standard Webhooks: headers webhook-id, webhook-timestamp and webhook-signature (v1 and v1a).',
        security: [],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: WEBHOOK_EVENT } },
        },
        responses: {
          '2XX': { description: 'Received. Anything else is tried again.' },
          '410': { description: 'Gone: the endpoint is disabled.' },
        },
      },
    },
  }
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)),
  )
}
