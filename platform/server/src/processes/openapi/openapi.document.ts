import type { INestApplication } from '@nestjs/common'
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger'
import { API_VERSION_LATEST } from '../../gateway/versioning/versions.js'
import { PROBLEM_RESPONSES, PROBLEM_SCHEMAS } from './problem.schema.js'

const DESCRIPTION = `One API to bill, collect, query and refund.

Sign every request (RFC 9421) with a key your app registered. Send an \`Idempotency-Key\` with every POST.
Amounts are integers in minor units (fen). Times are RFC 3339 in UTC. Unknown fields are refused.`

const SIGNATURE_DESCRIPTION = `HTTP Message Signatures (RFC 9421), label \`bursar\`, tag \`bursar-request\`,
over "@method" "@target-uri", and "content-digest" "content-type" "idempotency-key" when they are there.`

const TAGS: readonly (readonly [string, string])[] = [
  ['payers', 'Who owes: students, employees, outsiders.'],
  ['fee_items', 'What is charged, and the rules for charging it.'],
  ['bills', 'What one payer owes for one fee item.'],
  ['checkouts', 'Bills, or a free amount, brought together to be paid at the cashier.'],
  ['payments', 'Collecting money, through one channel at a time.'],
  ['refunds', 'Giving back all or part of a payment by the way it came.'],
  ['events', 'What happened, newest first.'],
  ['webhook_endpoints', 'Where events are delivered to.'],
  ['platform_keys', 'The public keys the platform signs with.'],
  ['test_helpers', 'Play the payer. Test mode only.'],
]

type Operation = Record<string, unknown> & {
  operationId?: string
  responses?: Record<string, unknown>
  parameters?: unknown[]
}

/** The contract, generated from the controllers and their schemas. */
export function createOpenApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('OpenBursar API')
    .setDescription(DESCRIPTION)
    .setVersion(API_VERSION_LATEST)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('https://{host}', 'Your platform', {
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
    const { pattern, ...rest } = member
    if (member.format === 'date-time' || member.format === 'uri') return rest
    if (member.description === '' && member.content) return { ...member, description: 'Done.' }
    return pattern === undefined ? rest : member
  })
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
    paths,
    security: [{ RequestSignature: [] }],
    components: {
      securitySchemes: {
        RequestSignature: {
          type: 'apiKey',
          in: 'header',
          name: 'Signature',
          description: SIGNATURE_DESCRIPTION,
        },
      },
      parameters: {
        BursarVersion: {
          name: 'Bursar-Version',
          in: 'header',
          required: false,
          description: 'Overrides the dated version the app is pinned to.',
          schema: { type: 'string', example: API_VERSION_LATEST },
        },
      },
      responses: PROBLEM_RESPONSES,
      schemas,
    },
    webhooks: webhooks(),
  } as OpenAPIObject
}

function completePath(item: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]) => [method, completeOperation(operation)]),
  )
}

/** What holds for every operation: problems, the version header, and no credentials where none are needed. */
function completeOperation(operation: Operation): Operation {
  const isPublic = operation['x-scopes'] === undefined
  const problem = { $ref: '#/components/responses/Problem' }
  return {
    ...operation,
    ...(isPublic ? { security: [] } : {}),
    parameters: [
      ...(operation.parameters ?? []),
      ...(isPublic ? [] : [{ $ref: '#/components/parameters/BursarVersion' }]),
    ],
    responses: { ...operation.responses, '4XX': problem, '5XX': problem },
  }
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
