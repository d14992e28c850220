import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { Vault } from '../../infra/crypto/vault.js'
import { type Caller, idFor, shownTo, type Tenant } from '../../infra/http/caller.js'
import { Reply } from '../../infra/http/reply.js'
import {
  listFilterOf,
  toWireList,
  type WireList,
  wireMetadata,
} from '../../infra/http/wire.schema.js'
import { CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import type { PlatformErrorOptions } from '../../kernel/errors.js'
import { isId } from '../../kernel/id.js'
import { toPage } from '../../kernel/pagination.js'
import { PayerError } from './payer.errors.js'
import { PayerRepository } from './payer.repository.js'
import {
  isSamePersonal,
  maskName,
  mergePersonal,
  normalizeNumber,
  numberTail,
} from './payer.rules.js'
import {
  type CreatePayer,
  type PayerListQuery,
  toWirePayer,
  type UpdatePayer,
  type Payer as WirePayer,
} from './payer.schema.js'
import {
  NUMBER_TYPES,
  type NumberType,
  type Payer,
  type PayerPersonal,
  type PayerRow,
} from './payer.types.js'

const Personal = z.object({
  number: z.string(),
  name: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
})

export type PayerDetails = PayerPersonal

function maskedDetails(payer: Payer): PayerDetails {
  const { number_masked, name_masked, phone_masked, email_masked } = toWirePayer(payer)
  return { number: number_masked, name: name_masked, phone: phone_masked, email: email_masked }
}

/** Payers belong to the institution and mode: a student is one person for all departments. */
@Injectable()
export class PayerService {
  constructor(
    private readonly payers: PayerRepository,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws PayerError payer_conflict when the number is known with other details */
  async create(caller: Caller, body: CreatePayer): Promise<Reply<WirePayer>> {
    const numberHash = await this.hashOf(caller, body.number_type, body.number)
    const known = await this.payers.findByNumber(caller, body.number_type, numberHash)
    if (known) return this.existing(known, body)
    const payer = await this.newPayer(caller, body, numberHash)
    if (await this.payers.insert(payer.row)) return Reply.created(toWirePayer(payer))
    const winner = await this.payers.findByNumber(caller, body.number_type, numberHash)
    assert(winner, 'a payer is refused as a duplicate only when its number is there')
    return this.existing(winner, body)
  }

  /** On behalf of a payer there is one: `me`, or their id. @throws PayerError payer_not_found */
  async get(caller: Caller, id: string): Promise<WirePayer> {
    const own = caller.payer_id
    if (own !== null && id !== 'me' && id !== own) throw notFound(id)
    return shownTo(caller, toWirePayer(await this.opened(await this.require(caller, own ?? id))))
  }

  async list(caller: Caller, query: PayerListQuery): Promise<WireList<WirePayer>> {
    const { kind = null, number_type = null, number } = query
    const known = number === undefined ? null : await this.withNumber(caller, number)
    const among = known?.map(({ id }) => id) ?? null
    const filter = { ...listFilterOf(query), kind, number_type, among, id: caller.payer_id }
    const page = toPage(await this.payers.list(caller, filter), filter.limit)
    const data = await Promise.all(
      page.rows.map(async (row) => shownTo(caller, toWirePayer(await this.opened(row)))),
    )
    return toWireList({ rows: data, next_cursor: page.next_cursor }, (payer) => payer)
  }

  /** @throws PayerError payer_not_found, payer_changed */
  async update(caller: Caller, id: string, body: UpdatePayer): Promise<WirePayer> {
    const { row, personal } = await this.opened(await this.require(caller, id))
    const merged = mergePersonal(personal, body)
    const change = {
      personal: await this.sealed(row, merged),
      metadata: body.metadata ?? wireMetadata(row.metadata),
      updated_at: this.clock.now(),
    }
    if (!(await this.payers.update(row, change))) {
      throw new PayerError(
        'payer_changed',
        `Payer ${id} was just changed by another call. Try again.`,
      )
    }
    return toWirePayer({ row: { ...row, ...change }, personal: merged })
  }

  /**
   * The payer's row, for modules that build on payers. `options.errors` points at the place in their
   * own request. @throws PayerError payer_not_found
   */
  async require(tenant: Tenant, id: string, options?: PlatformErrorOptions): Promise<PayerRow> {
    const row = isId(id, 'payer') ? await this.payers.find(tenant, id) : null
    if (row) return row
    throw notFound(id, options)
  }

  /**
   * Who has this number, for signing in. Null when nobody has, and also when two have it under different
   * types: then the number alone does not say who it is.
   */
  async identify(
    tenant: Tenant,
    number: string,
    numberTypes: readonly NumberType[],
  ): Promise<string | null> {
    const found = await Promise.all(
      numberTypes.map(async (type) =>
        this.payers.findByNumber(tenant, type, await this.hashOf(tenant, type, number)),
      ),
    )
    const [payer, another] = found.filter((row) => row !== null)
    return payer && !another ? payer.id : null
  }

  /** Everybody who has this number, under whatever type, as the API shows them. */
  async withNumber(tenant: Tenant, number: string): Promise<WirePayer[]> {
    const rows = await Promise.all(
      NUMBER_TYPES.map(async (type) =>
        this.payers.findByNumber(tenant, type, await this.hashOf(tenant, type, number)),
      ),
    )
    const known = rows.filter((row) => row !== null)
    return Promise.all(known.map(async (row) => toWirePayer(await this.opened(row))))
  }

  /** Who these are, for a file: masked as the API shows them, or in full. */
  async detailsOf(
    tenant: Tenant,
    ids: readonly string[],
    isFull: boolean,
  ): Promise<ReadonlyMap<string, PayerDetails>> {
    const payers = await Promise.all(
      (await this.payers.findMany(tenant, ids)).map((row) => this.opened(row)),
    )
    return new Map(
      payers.map((payer) => [payer.row.id, isFull ? payer.personal : maskedDetails(payer)]),
    )
  }

  async exists(id: string): Promise<boolean> {
    return isId(id, 'payer') && (await this.payers.exists(id))
  }

  /** The payer's masked name, for the cashier. @throws PayerError payer_not_found */
  async displayName(tenant: Tenant, payerId: string): Promise<string> {
    const { personal } = await this.opened(await this.require(tenant, payerId))
    return maskName(personal.name)
  }

  private async existing(row: PayerRow, body: CreatePayer): Promise<Reply<WirePayer>> {
    const payer = await this.opened(row)
    if (
      row.kind === body.kind &&
      isSamePersonal(payer.personal, body) &&
      isSameMetadata(row, body)
    ) {
      return Reply.existing(toWirePayer(payer))
    }
    throw new PayerError(
      'payer_conflict',
      `This number belongs to payer ${row.id}, with another kind, name, phone, email or metadata. ` +
        `Use ${row.id} as it is, or update it with POST /v1/payers/${row.id}.`,
    )
  }

  private async newPayer(caller: Caller, body: CreatePayer, numberHash: Uint8Array) {
    const { institution_id, livemode } = caller
    const id = idFor(caller, 'payer')
    const blank = { number: body.number.trim(), name: '', phone: null, email: null }
    const personal = mergePersonal(blank, body)
    const now = this.clock.now()
    const row = {
      institution_id,
      livemode,
      id,
      kind: body.kind,
      number_type: body.number_type,
      number_hash: numberHash,
      number_tail: numberTail(body.number),
      personal: await this.sealed({ institution_id, id }, personal),
      metadata: body.metadata ?? {},
      created_at: now,
      updated_at: now,
    }
    return { row, personal }
  }

  private hashOf(tenant: Tenant, numberType: NumberType, number: string): Promise<Buffer> {
    const context = `payers.number:${numberType}`
    return this.vault.blindIndex(tenant.institution_id, context, normalizeNumber(number))
  }

  private sealed(row: { institution_id: string; id: string }, personal: PayerPersonal) {
    return this.vault.seal(row.institution_id, contextOf(row.id), JSON.stringify(personal))
  }

  private async opened(row: PayerRow): Promise<Payer> {
    const text = await this.vault.open(row.institution_id, contextOf(row.id), row.personal)
    return { row, personal: Personal.parse(JSON.parse(text)) }
  }
}

function notFound(id: string, options?: PlatformErrorOptions): PayerError {
  return new PayerError('payer_not_found', `No such payer: ${id}.`, options)
}

/** Binds the sealed value to its column and row. */
const contextOf = (id: string) => `payers.personal:${id}`

/** Fields that the caller leaves out are not compared. */
function isSameMetadata(row: PayerRow, body: CreatePayer): boolean {
  if (body.metadata === undefined) return true
  const known = wireMetadata(row.metadata)
  const keys = Object.keys(known)
  return (
    keys.length === Object.keys(body.metadata).length &&
    keys.every((key) => known[key] === body.metadata?.[key])
  )
}
