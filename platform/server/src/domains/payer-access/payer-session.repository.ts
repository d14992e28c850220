import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'

export interface PayerSessionRow {
  readonly institution_id: string
  readonly livemode: boolean
  readonly token_hash: Uint8Array
  readonly payer_id: string
  readonly created_at: Date
  readonly last_used_at: Date
  readonly expires_at: Date
}

@Injectable()
export class PayerSessionRepository {
  constructor(private readonly database: Database) {}

  async insert(row: PayerSessionRow): Promise<void> {
    const token_hash = Uint8Array.from(row.token_hash)
    await this.database.prisma.payer_session.create({ data: { ...row, token_hash } })
  }

  /** A cookie carries only the token: the institution is what is looked for. */
  find(tokenHash: Uint8Array): Promise<PayerSessionRow | null> {
    const token_hash = Uint8Array.from(tokenHash)
    return this.database.prisma.payer_session.findFirst({ where: { token_hash } })
  }

  async touch(row: PayerSessionRow, at: Date): Promise<void> {
    await this.database.prisma.payer_session.updateMany({
      where: keyOf(row),
      data: { last_used_at: at },
    })
  }

  async remove(row: PayerSessionRow): Promise<void> {
    await this.database.prisma.payer_session.deleteMany({ where: keyOf(row) })
  }

  async removeEnded(now: Date, idleSince: Date): Promise<void> {
    await this.database.prisma.payer_session.deleteMany({
      where: { OR: [{ expires_at: { lte: now } }, { last_used_at: { lte: idleSince } }] },
    })
  }
}

const keyOf = ({ institution_id, livemode, token_hash }: PayerSessionRow) => ({
  institution_id,
  livemode,
  token_hash: Uint8Array.from(token_hash),
})
