import { Injectable } from '@nestjs/common'
import { type Authority, needsSecondFactor } from '../../../infra/http/authority.js'
import { IdentityService } from '../identity.service.js'
import { OperatorRepository, type OperatorRow } from './operator.repository.js'
import type { ProvenPerson } from './operator-credential.service.js'
import { authorityOf } from './operator-session.service.js'

/** Somebody who is about to sign in, as far as the pages have to know them. */
export interface KnownPerson extends ProvenPerson {
  readonly login: string
  readonly name: string
  readonly institution_name: string
  readonly authority: Authority
  readonly has_second_factor: boolean
  readonly needs_second_factor: boolean
  readonly is_demo: boolean
}

/** Who may sign in: people who exist and were not disabled. Whoever is neither is the same as nobody. */
@Injectable()
export class OperatorDirectoryService {
  constructor(
    private readonly operators: OperatorRepository,
    private readonly identity: IdentityService,
  ) {}

  async find({ institution_id, operator_id }: ProvenPerson): Promise<KnownPerson | null> {
    return this.toPerson(await this.operators.find(institution_id, operator_id))
  }

  async findByLogin(institutionId: string, login: string): Promise<KnownPerson | null> {
    return this.toPerson(await this.operators.findByLogin(institutionId, login))
  }

  /** Also somebody who may not sign in: for telling a stranger from a person who was shut out. */
  async isKnown(institutionId: string, login: string): Promise<boolean> {
    return (await this.operators.findByLogin(institutionId, login)) !== null
  }

  private async toPerson(row: OperatorRow | null): Promise<KnownPerson | null> {
    if (!row || row.disabled_at !== null) return null
    const authority = authorityOf(row)
    const institution = await this.identity.describeInstitution(row.institution_id)
    return {
      ...{ institution_id: row.institution_id, operator_id: row.id },
      ...{ login: row.login, name: row.name, authority },
      institution_name: institution.name,
      is_demo: institution.is_demo,
      has_second_factor: row.has_totp,
      needs_second_factor: needsSecondFactor(authority),
    }
  }
}
