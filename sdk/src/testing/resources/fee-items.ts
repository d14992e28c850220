import type {
  CreateFeeItem,
  FeeItem,
  FeeItemsListQuery,
  UpdateFeeItem,
} from '../../resources/types.js'
import { Answer, type Call, found, type Handler } from '../sandbox.call.js'
import { problemAt, SandboxProblem } from '../sandbox.problem.js'
import { saysTheSame } from '../sandbox.store.js'
import type { World } from '../sandbox.world.js'

export const FEE_ITEM_HANDLERS = {
  'feeItems.create': create,
  'feeItems.get': ({ id, world }) => requireFeeItem(world, id),
  'feeItems.list': (call) => {
    const { code, status, ...page } = call.query<FeeItemsListQuery>()
    return call.world.feeItems.page(page, { code, status })
  },
  'feeItems.update': update,
} satisfies Record<string, Handler>

export function requireFeeItem(world: World, id: string): FeeItem {
  return found(world.feeItems.get(id), 'fee_item_not_found', id).wire
}

function create(call: Call): Answer {
  const { world } = call
  const body = call.body<CreateFeeItem>()
  const known = world.feeItems.find(({ wire }) => wire.code === body.code)?.wire
  if (known) return existing(known, body)
  const wire: FeeItem = {
    id: world.newId('item'),
    object: 'fee_item',
    livemode: false,
    department: world.department.id,
    code: body.code,
    name: body.name,
    kind: body.kind,
    academic_year: body.academic_year ?? null,
    term: body.term ?? null,
    currency: body.currency ?? 'CNY',
    window_starts_at: moment(body.window_starts_at),
    window_ends_at: moment(body.window_ends_at),
    status: 'open',
    partial_payment: {
      allowed: body.partial_payment?.allowed ?? false,
      minimum: body.partial_payment?.minimum ?? null,
    },
    accounting_code: body.accounting_code ?? null,
    channels: body.channels ?? [],
    revenue_split: body.revenue_split ?? [],
    created_at: world.timestamp(),
    updated_at: world.timestamp(),
    metadata: body.metadata ?? {},
  }
  requireSound(world, wire)
  world.feeItems.add({ wire })
  return Answer.created(wire)
}

function existing(known: FeeItem, { partial_payment, ...body }: CreateFeeItem): Answer {
  const isSameRule =
    partial_payment === undefined || saysTheSame(known.partial_payment, partial_payment)
  if (isSameRule && saysTheSame(known, body)) return Answer.existing(known)
  throw new SandboxProblem(
    'fee_item_conflict',
    `Code ${known.code} is fee item ${known.id}, with other parameters. Use another code, or update it.`,
  )
}

function update(call: Call): FeeItem {
  const { world } = call
  const wire = requireFeeItem(world, call.id)
  const { partial_payment: parts, ...body } = call.body<UpdateFeeItem>()
  const allowed = parts?.allowed ?? wire.partial_payment.allowed
  // Forbidding partial payment takes the old minimum with it.
  const kept = allowed ? wire.partial_payment.minimum : null
  const minimum = parts?.minimum === undefined ? kept : parts.minimum
  const changed: FeeItem = { ...wire, ...body, partial_payment: { allowed, minimum } }
  if (body.window_starts_at) changed.window_starts_at = moment(body.window_starts_at)
  if (body.window_ends_at) changed.window_ends_at = moment(body.window_ends_at)
  requireSound(world, changed)
  return Object.assign(wire, changed, { updated_at: world.timestamp() })
}

function requireSound(world: World, item: FeeItem): void {
  const { partial_payment: parts, window_ends_at: ends, window_starts_at: starts } = item
  if (starts && ends && Date.parse(starts) >= Date.parse(ends)) {
    const message = 'The window must start before it ends.'
    throw problemAt('fee_item_window_invalid', message, '/window_ends_at')
  }
  if (parts.minimum !== null && !parts.allowed) {
    const message = 'A minimum makes sense only together with allowed: true.'
    throw problemAt('fee_item_partial_invalid', message, '/partial_payment/minimum')
  }
  const index = item.revenue_split.findIndex(({ department }) => department !== world.department.id)
  if (index === -1) return
  const message = 'No such department, or it is not of your institution.'
  throw problemAt('fee_item_split_invalid', message, `/revenue_split/${index}/department`)
}

/** Whether a new bill may be made for this item now. */
export function requireOpen(item: FeeItem, now: Date): void {
  if (item.status !== 'open') {
    const message = `Fee item ${item.id} is stopped: set its status to open to make bills for it.`
    throw problemAt('fee_item_stopped', message, '/fee_item')
  }
  const { window_ends_at: ends, window_starts_at: starts } = item
  const isOutside =
    (starts !== null && now < new Date(starts)) || (ends !== null && now >= new Date(ends))
  if (isOutside) {
    const message = `Fee item ${item.id} is outside of its window.`
    throw problemAt('fee_item_closed', message, '/fee_item')
  }
}

const moment = (text: string | null | undefined): string | null =>
  text ? new Date(text).toISOString() : null
