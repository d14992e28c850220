import { Inject, Injectable } from '@nestjs/common'
import { type Caller, idFor } from '../../../infra/http/caller.js'
import { Reply } from '../../../infra/http/reply.js'
import { listFilterOf, toWireList, type WireList } from '../../../infra/http/wire.schema.js'
import { CLOCK } from '../../../infra/tokens.js'
import type { Clock } from '../../../kernel/clock.js'
import { isId } from '../../../kernel/id.js'
import { toPage } from '../../../kernel/pagination.js'
import { IdentityError } from '../../identity/identity.errors.js'
import { PaymentLimitError } from './payment-limit.errors.js'
import { LIMITS_MAX, PaymentLimitRepository } from './payment-limit.repository.js'
import {
  type CreatePaymentLimit,
  type PaymentLimit,
  type PaymentLimitListQuery,
  toWirePaymentLimit,
  type UpdatePaymentLimit,
} from './payment-limit.schema.js'
import { PaymentLimitService } from './payment-limit.service.js'
import type { PaymentLimitRow } from './payment-limit.types.js'

/** The limits as the finance office keeps them. What one is about never changes: then it would be another one. */
@Injectable()
export class PaymentLimitAdminService {
  constructor(
    private readonly rows: PaymentLimitRepository,
    private readonly limits: PaymentLimitService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws PaymentLimitError payment_limit_empty, payment_limit_reached; IdentityError department_not_found */
  async create(caller: Caller, body: CreatePaymentLimit): Promise<Reply<PaymentLimit>> {
    const id = idFor(caller, 'lim')
    const known = await this.rows.find(caller, id)
    if (known) return Reply.created(toWirePaymentLimit(known))
    requireOwnDepartment(caller, body.department)
    if ((await this.rows.count(caller)) >= LIMITS_MAX) throw tooMany()
    const row = newLimit(caller, id, body, this.clock.now())
    requireSomething(row)
    await this.rows.insert(row)
    this.limits.forget()
    return Reply.created(toWirePaymentLimit(row))
  }

  /** @throws PaymentLimitError payment_limit_not_found */
  async get(caller: Caller, id: string): Promise<PaymentLimit> {
    return toWirePaymentLimit(await this.require(caller, id))
  }

  async list(caller: Caller, query: PaymentLimitListQuery): Promise<WireList<PaymentLimit>> {
    const filter = { ...listFilterOf(query), status: query.status ?? null }
    const rows = await this.rows.list(caller, caller.department_id, filter)
    return toWireList(toPage(rows, filter.limit), toWirePaymentLimit)
  }

  /** @throws PaymentLimitError payment_limit_not_found, payment_limit_empty */
  async update(caller: Caller, id: string, body: UpdatePaymentLimit): Promise<PaymentLimit> {
    const row = changedLimit(await this.require(caller, id), body, this.clock.now())
    requireSomething(row)
    if (!(await this.rows.save(row))) throw notFound(id)
    this.limits.forget()
    return toWirePaymentLimit(row)
  }

  private async require(caller: Caller, id: string): Promise<PaymentLimitRow> {
    const row = isId(id, 'lim') ? await this.rows.find(caller, id) : null
    const isTheirs = row?.department_id === null || row?.department_id === caller.department_id
    if (row && isTheirs) return row
    throw notFound(id)
  }
}

function newLimit(
  caller: Caller,
  id: string,
  body: CreatePaymentLimit,
  now: Date,
): PaymentLimitRow {
  return {
    ...{ institution_id: caller.institution_id, livemode: caller.livemode, id },
    name: body.name,
    payer_id: body.payer ?? null,
    fee_item_id: body.fee_item ?? null,
    department_id: body.department ?? null,
    channel: body.channel ?? null,
    per: body.per,
    currency: body.currency,
    amount_per_payment: minorOf(body.amount_per_payment),
    amount_per_day: minorOf(body.amount_per_day),
    count_per_day: body.count_per_day ?? null,
    status: 'active',
    metadata: body.metadata ?? {},
    created_at: now,
    updated_at: now,
  }
}

function changedLimit(row: PaymentLimitRow, body: UpdatePaymentLimit, now: Date): PaymentLimitRow {
  const amount = (known: bigint | null, given: number | null | undefined) =>
    given === undefined ? known : minorOf(given)
  return {
    ...row,
    name: body.name ?? row.name,
    amount_per_payment: amount(row.amount_per_payment, body.amount_per_payment),
    amount_per_day: amount(row.amount_per_day, body.amount_per_day),
    count_per_day: body.count_per_day === undefined ? row.count_per_day : body.count_per_day,
    status: body.status ?? row.status,
    metadata: body.metadata ?? row.metadata,
    updated_at: now,
  }
}

function minorOf(amount: number | null | undefined): bigint | null {
  return amount === undefined || amount === null ? null : BigInt(amount)
}

function requireSomething(row: PaymentLimitRow): void {
  const { amount_per_payment, amount_per_day, count_per_day } = row
  if (amount_per_payment !== null || amount_per_day !== null || count_per_day !== null) return
  throw new PaymentLimitError(
    'payment_limit_empty',
    'A limit needs at least one of amount_per_payment, amount_per_day and count_per_day.',
  )
}

/** The same answer for a department of others and for one that does not exist. */
function requireOwnDepartment(caller: Caller, department: string | undefined): void {
  if (department === undefined || department === caller.department_id) return
  const code = 'department_not_found'
  const detail = 'must be your own department, or absent for the whole institution'
  throw new IdentityError(code, `No such department, or it is not yours: ${department}.`, {
    errors: [{ pointer: '/department', code, detail }],
  })
}

function notFound(id: string): PaymentLimitError {
  return new PaymentLimitError(
    'payment_limit_not_found',
    `No such limit, or it is not yours: ${id}.`,
  )
}

function tooMany(): PaymentLimitError {
  return new PaymentLimitError(
    'payment_limit_reached',
    `An institution has at most ${LIMITS_MAX} limits in each mode: change one that is disabled.`,
  )
}
