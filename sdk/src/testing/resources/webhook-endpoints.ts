import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type {
  CreateWebhookEndpoint,
  DeletedWebhookEndpoint,
  UpdateWebhookEndpoint,
  WebhookEndpoint,
  WebhookEndpointsListDeliveriesQuery,
  WebhookEndpointsListQuery,
} from '../../resources/types.js'
import { Answer, type Call, found, type Handler } from '../sandbox.call.js'
import { problemAt, SandboxProblem } from '../sandbox.problem.js'
import type { World } from '../sandbox.world.js'

export const WEBHOOK_HANDLERS = {
  'webhookEndpoints.create': create,
  'webhookEndpoints.delete': remove,
  'webhookEndpoints.get': ({ id, world }) => requireEndpoint(world, id),
  'webhookEndpoints.list': (call) => {
    const { status, ...page } = call.query<WebhookEndpointsListQuery>()
    return call.world.endpoints.page(page, { status })
  },
  'webhookEndpoints.listDeliveries': (call) => {
    const { event_id, status, ...page } = call.query<WebhookEndpointsListDeliveriesQuery>()
    const endpoint = requireEndpoint(call.world, call.id)
    return call.world.deliveries.page(page, { endpoint_id: endpoint.id, event_id, status })
  },
  'webhookEndpoints.update': update,
} satisfies Record<string, Handler>

const ENDPOINTS_MAX = 16

function requireEndpoint(world: World, id: string): WebhookEndpoint {
  return found(world.endpoints.get(id), 'webhook_endpoint_not_found', id).wire
}

function create(call: Call): Answer {
  const { world } = call
  const {
    description = null,
    event_types = [],
    metadata = {},
    url,
  } = call.body<CreateWebhookEndpoint>()
  requireUrl(url)
  if (world.endpoints.all().length >= ENDPOINTS_MAX) {
    throw new SandboxProblem(
      'webhook_endpoint_limit_reached',
      `An app has at most ${ENDPOINTS_MAX} webhook endpoints. Delete one that is not needed.`,
    )
  }
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  const wire: WebhookEndpoint = {
    id: world.newId('whk'),
    object: 'webhook_endpoint',
    livemode: false,
    created_at: world.timestamp(),
    metadata,
    url,
    description,
    event_types,
    status: 'enabled',
    disabled_reason: null,
    disabled_note: null,
    disabled_at: null,
    failing_since: null,
    secret_rotated_at: null,
    old_secrets_expire_at: null,
    verified_at: null,
  }
  world.endpoints.add({ wire, secret })
  return Answer.created({ ...wire, secret })
}

function update(call: Call): WebhookEndpoint {
  const wire = requireEndpoint(call.world, call.id)
  const { status, ...body } = call.body<UpdateWebhookEndpoint>()
  if (body.url !== undefined) requireUrl(body.url)
  Object.assign(wire, body)
  if (status !== undefined && !isDeepStrictEqual(status, wire.status)) {
    wire.status = status
    wire.disabled_reason = status === 'disabled' ? 'requested' : null
    wire.disabled_at = status === 'disabled' ? call.world.timestamp() : null
  }
  return wire
}

function remove({ id, world }: Call): DeletedWebhookEndpoint {
  requireEndpoint(world, id)
  world.endpoints.delete(id)
  return { id, object: 'webhook_endpoint', deleted: true }
}

/** The platform's rules for test mode, as far as an address alone can tell. */
function requireUrl(text: string): void {
  const problem = problemOf(text)
  if (problem !== undefined) {
    throw problemAt('webhook_endpoint_url_refused', `The url ${problem}.`, '/url')
  }
}

function problemOf(text: string): string | undefined {
  if (!URL.canParse(text)) return 'must be an absolute URL such as https://example.com/webhooks'
  const { hostname, password, protocol, username } = new URL(text)
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https://'
  if (username !== '' || password !== '') return 'must not contain a user name or password'
  const isLocal = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  if (protocol === 'http:' && !isLocal) {
    return 'must begin with https://; plain http is allowed to localhost only'
  }
  const isPrivate = /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|0\.|\[)/.test(hostname)
  return isPrivate && !isLocal ? 'must be a public address' : undefined
}
