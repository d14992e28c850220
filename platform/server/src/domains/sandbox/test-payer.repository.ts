import { Injectable } from '@nestjs/common'
import { Database } from '../../infra/database/database.js'
import { TEST_NUMBER_KEY } from './test-payer.table.js'

export interface MadePayerRow {
  readonly id: string
  readonly kind: string
  readonly number_type: string
  readonly metadata: unknown
}

@Injectable()
export class TestPayerRepository {
  constructor(private readonly database: Database) {}

  /** Those that were made by the API, newest first. */
  listMade(institutionId: string, limit: number): Promise<MadePayerRow[]> {
    return this.database.query<MadePayerRow>(
      `select id, kind, number_type, metadata from payers
        where institution_id = $1 and not livemode and metadata ? '${TEST_NUMBER_KEY}'
        order by id desc limit $2`,
      [institutionId, limit],
    )
  }
}
