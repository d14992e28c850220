import { Injectable } from '@nestjs/common'
import { Database } from '../../../infra/database/database.js'

/** Who may be meant by a login, and what they prove themselves with. */
export interface CredentialRow {
  readonly institution_id: string
  readonly id: string
  readonly login: string
  readonly name: string
  readonly password_hash: string | null
  readonly totp_secret: Uint8Array | null
  readonly totp_last_step: bigint | null
  readonly disabled_at: Date | null
}

const COLUMNS = `institution_id, id, login, name, password_hash, totp_secret, totp_last_step, disabled_at`

/** The secrets of people who sign in. Nothing of it leaves the services beside this file. */
@Injectable()
export class OperatorCredentialRepository {
  constructor(private readonly database: Database) {}

  /** A login may be somebody in more than one institution; a few are looked at, the oldest first. */
  findByLogin(login: string, limit: number): Promise<CredentialRow[]> {
    return this.database.query<CredentialRow>(
      `select ${COLUMNS} from operators where login = $1 order by id limit $2`,
      [login, limit],
    )
  }

  async find(institutionId: string, id: string): Promise<CredentialRow | null> {
    const [row] = await this.database.query<CredentialRow>(
      `select ${COLUMNS} from operators where institution_id = $1 and id = $2`,
      [institutionId, id],
    )
    return row ?? null
  }

  async setPassword(institutionId: string, id: string, hash: string, at: Date): Promise<void> {
    await this.database.query(
      `update operators set password_hash = $3, password_changed_at = $4
        where institution_id = $1 and id = $2`,
      [institutionId, id, hash, at],
    )
  }

  /** False: this step, or a later one, was accepted meanwhile. Of two uses of one code one gets true. */
  async useStep(institutionId: string, id: string, step: bigint): Promise<boolean> {
    const rows = await this.database.query(
      `update operators set totp_last_step = $3
        where institution_id = $1 and id = $2
          and (totp_last_step is null or totp_last_step < $3) returning 1`,
      [institutionId, id, step],
    )
    return rows.length === 1
  }

  /** False: there is one already, and it is not replaced behind its owner's back. */
  async setTotp(
    institutionId: string,
    id: string,
    totp: {
      readonly secret: Buffer
      readonly step: bigint
      readonly at: Date
      readonly codes: readonly Buffer[]
    },
  ): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const rows = await tx.query(
        `update operators set totp_secret = $3, totp_last_step = $4, totp_enrolled_at = $5
          where institution_id = $1 and id = $2 and totp_secret is null returning 1`,
        [institutionId, id, totp.secret, totp.step, totp.at],
      )
      if (rows.length === 0) return false
      const owner = [institutionId, id]
      await tx.query(
        'delete from operator_recovery_codes where institution_id = $1 and operator_id = $2',
        owner,
      )
      await tx.query(
        `insert into operator_recovery_codes (institution_id, operator_id, code_hash)
         select $1, $2, unnest($3::bytea[])`,
        [...owner, totp.codes],
      )
      return true
    })
  }

  async removeTotp(institutionId: string, id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(
        `update operators set totp_secret = null, totp_enrolled_at = null
          where institution_id = $1 and id = $2`,
        [institutionId, id],
      )
      await tx.query(
        'delete from operator_recovery_codes where institution_id = $1 and operator_id = $2',
        [institutionId, id],
      )
    })
  }

  /** False: there is no such code, or it was used. */
  async useRecoveryCode(
    institutionId: string,
    id: string,
    codeHash: Buffer,
    at: Date,
  ): Promise<boolean> {
    const rows = await this.database.query(
      `update operator_recovery_codes set used_at = $4
        where institution_id = $1 and operator_id = $2 and code_hash = $3 and used_at is null
        returning 1`,
      [institutionId, id, codeHash, at],
    )
    return rows.length === 1
  }
}
