import { Inject, Injectable } from '@nestjs/common'
import { Database, type Transaction } from '../../infra/database/database.js'
import { type Caller, idFor } from '../../infra/http/caller.js'
import { Reply } from '../../infra/http/reply.js'
import { listFilterOf, toWireList, type WireList } from '../../infra/http/wire.schema.js'
import { appendEvents } from '../../infra/outbox/event.js'
import { CLOCK } from '../../infra/tokens.js'
import { assert } from '../../kernel/assert.js'
import type { Clock } from '../../kernel/clock.js'
import { isId } from '../../kernel/id.js'
import { toPage } from '../../kernel/pagination.js'
import { IdentityService } from '../identity/identity.service.js'
import { parseAccountCode, suspense } from './ledger.accounts.js'
import { LedgerError, ledgerTransactionNotFound } from './ledger.errors.js'
import { LedgerService } from './ledger.service.js'
import { LedgerCorrectionRepository } from './ledger-correction.repository.js'
import {
  type CorrectionRefusal,
  leftOf,
  movesOf,
  reversalOf,
  stillFits,
} from './ledger-correction.rules.js'
import {
  type CreateLedgerCorrection,
  type LedgerCorrection,
  type LedgerCorrectionListQuery,
  toWireCorrection,
} from './ledger-correction.schema.js'
import type { CorrectionEntry, CorrectionRow, CorrectionStatus } from './ledger-correction.types.js'

/**
 * Entries never change: what is wrong is corrected by a transaction of its own, which refers to it, says why,
 * and is booked only when a second key approved.
 */
@Injectable()
export class LedgerCorrectionService {
  constructor(
    private readonly database: Database,
    private readonly corrections: LedgerCorrectionRepository,
    private readonly ledger: LedgerService,
    private readonly identity: IdentityService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws LedgerError ledger_transaction_not_found, ledger_correction_refused, ledger_already_reversed */
  async create(caller: Caller, body: CreateLedgerCorrection): Promise<Reply<LedgerCorrection>> {
    const id = idFor(caller, 'cor')
    const known = await this.corrections.find(caller, id)
    if (known) return Reply.created(toWireCorrection(known))
    const row = await this.database.transaction(async (tx) => {
      const { currency, entries } = await this.propose(tx, caller, body)
      const correction = this.newRow(caller, body, { id, currency, entries })
      if (!(await this.corrections.insert(tx, correction))) throw alreadyReversed(body.transaction)
      await this.tell(tx, 'created', correction)
      return correction
    })
    return Reply.created(toWireCorrection(row))
  }

  /** @throws LedgerError ledger_correction_not_found */
  async get(caller: Caller, id: string): Promise<LedgerCorrection> {
    const row = isId(id, 'cor') ? await this.corrections.find(caller, id) : null
    if (!row) throw notFound(id)
    return toWireCorrection(row)
  }

  async list(
    caller: Caller,
    query: LedgerCorrectionListQuery,
  ): Promise<WireList<LedgerCorrection>> {
    const { status = null, transaction = null } = query
    const filter = { ...listFilterOf(query), status, corrects_id: transaction }
    const rows = await this.corrections.list(caller, filter)
    return toWireList(toPage(rows, filter.limit), toWireCorrection)
  }

  /**
   * Books it, if it still fits what was booked since.
   * @throws LedgerError ledger_correction_not_found, ledger_correction_decided, ledger_correction_own,
   *   ledger_correction_outdated
   */
  approve(caller: Caller, id: string): Promise<LedgerCorrection> {
    return this.decide(caller, id, 'posted', async (tx, row) => {
      if (row.requested_by === caller.actor_id) {
        throw new LedgerError(
          'ledger_correction_own',
          `Correction ${id} was asked for by this key or person: another one must approve it.`,
        )
      }
      await this.corrections.lockTransaction(tx, caller, row.corrects_id)
      const booked = await this.corrections.booked(tx, caller, row.corrects_id)
      if (!stillFits(leftOf(booked), row.kind, row.entries)) {
        throw new LedgerError(
          'ledger_correction_outdated',
          `Transaction ${row.corrects_id} was corrected since ${id} was asked for: reject it and ask anew.`,
        )
      }
      return this.post(tx, row)
    })
  }

  /** @throws LedgerError ledger_correction_not_found, ledger_correction_decided */
  reject(caller: Caller, id: string): Promise<LedgerCorrection> {
    return this.decide(caller, id, 'rejected', async () => null)
  }

  private async decide(
    caller: Caller,
    id: string,
    status: CorrectionStatus,
    act: (tx: Transaction, row: CorrectionRow) => Promise<string | null>,
  ): Promise<LedgerCorrection> {
    return this.database.transaction(async (tx) => {
      const row = isId(id, 'cor') ? await this.corrections.lock(tx, caller, id) : null
      if (!row) throw notFound(id)
      // The same decision once more, as after a lost answer.
      if (row.status === status && row.decided_by === caller.actor_id) return toWireCorrection(row)
      if (row.status !== 'awaiting_approval') {
        throw new LedgerError('ledger_correction_decided', `Correction ${id} is ${row.status}.`)
      }
      const transaction_id = await act(tx, row)
      const decision = { status, decided_by: caller.actor_id, decided_at: this.clock.now() }
      const decided = { ...row, ...decision, transaction_id }
      await this.corrections.decide(tx, decided)
      await this.tell(tx, status === 'posted' ? 'posted' : 'rejected', decided)
      return toWireCorrection(decided)
    })
  }

  private async propose(
    tx: Transaction,
    caller: Caller,
    { transaction, moves }: CreateLedgerCorrection,
  ): Promise<{ currency: string; entries: readonly CorrectionEntry[] }> {
    await this.corrections.lockTransaction(tx, caller, transaction)
    const booked = await this.corrections.booked(tx, caller, transaction)
    const [first] = booked
    if (!first) throw ledgerTransactionNotFound(transaction)
    const left = leftOf(booked)
    const asked = moves?.map((move) => ({ ...move, amount: BigInt(move.amount) }))
    const proposal = asked ? movesOf(left, asked) : reversalOf(left)
    if ('refusal' in proposal) throw refusal(proposal.refusal)
    await this.requireAccounts(tx, caller, asked ?? [])
    return { currency: first.currency, entries: proposal.entries }
  }

  /** Money is moved only to accounts of the institution: of its departments, or booked on before. */
  private async requireAccounts(
    tx: Transaction,
    caller: Caller,
    moves: readonly { readonly to: string }[],
  ): Promise<void> {
    const codes = moves.map(({ to }) => to)
    const departmentOf = (code: string) => code.slice('department_payable:'.length)
    const isDepartment = (code: string) => code.startsWith('department_payable:')
    const [known, departments] = [
      await this.corrections.accountsAmong(tx, caller, codes),
      await this.identity.departmentsAmong(
        caller.institution_id,
        codes.filter(isDepartment).map(departmentOf),
        tx,
      ),
    ]
    const isOurs = (code: string) =>
      code === suspense().code ||
      (isDepartment(code) ? departments.has(departmentOf(code)) : known.has(code))
    const index = codes.findIndex((code) => !isOurs(code))
    if (index < 0) return
    throw refusal({
      code: 'ledger_correction_refused',
      pointer: `/moves/${index}/to`,
      message: `No such account, or it is not of your institution: ${codes[index]}.`,
    })
  }

  private async post(tx: Transaction, row: CorrectionRow): Promise<string> {
    const { institution_id, livemode, id, kind, corrects_id, reason, currency } = row
    await this.ledger.post(tx, {
      ...{ institution_id, livemode, kind, corrects_id, currency },
      source_id: id,
      description: reason,
      posted_at: this.clock.now(),
      time_zone: await this.identity.timeZoneOf(institution_id, tx),
      entries: row.entries.map(({ account: code, direction, amount }) => {
        const account = parseAccountCode(code)
        assert(account, `correction ${id} was made for accounts of ours`)
        return { account, direction, amount }
      }),
    })
    const transaction = await this.ledger.transactionOf(tx, row, kind, id)
    assert(transaction, 'what was posted is there')
    return transaction
  }

  private async tell(
    tx: Transaction,
    what: 'created' | 'posted' | 'rejected',
    row: CorrectionRow,
  ): Promise<void> {
    const { institution_id, livemode, app_id } = row
    const api_version = await this.identity.apiVersionOf(institution_id, app_id, tx)
    const type = `ledger_correction.${what}`
    const object = toWireCorrection(row)
    await appendEvents(tx, [{ institution_id, livemode, app_id, type, api_version, object }])
  }

  private newRow(
    caller: Caller,
    body: CreateLedgerCorrection,
    worked: Pick<CorrectionRow, 'id' | 'currency' | 'entries'>,
  ): CorrectionRow {
    return {
      institution_id: caller.institution_id,
      livemode: caller.livemode,
      ...worked,
      app_id: caller.app_id,
      kind: body.kind,
      corrects_id: body.transaction,
      reason: body.reason,
      status: 'awaiting_approval',
      requested_by: caller.actor_id,
      decided_by: null,
      decided_at: null,
      transaction_id: null,
      metadata: body.metadata ?? {},
      created_at: this.clock.now(),
    }
  }
}

function notFound(id: string): LedgerError {
  return new LedgerError(
    'ledger_correction_not_found',
    `No such correction, or it is not yours: ${id}.`,
  )
}

function alreadyReversed(id: string): LedgerError {
  return new LedgerError(
    'ledger_already_reversed',
    `Transaction ${id} is reversed already, or somebody asked for it: see GET /v1/ledger/corrections?transaction=${id}.`,
  )
}

function refusal({ code, message, pointer }: CorrectionRefusal): LedgerError {
  return new LedgerError(code, message, { errors: [{ pointer, code, detail: message }] })
}
