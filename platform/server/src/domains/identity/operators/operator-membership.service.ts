import { Injectable } from '@nestjs/common'
import type { SqlReader } from '../../../infra/database/database.js'
import { type Authority, reachesEveryApp } from '../../../infra/http/authority.js'
import type { AppRole, DepartmentRole } from '../../../infra/http/roles.js'
import type { WorkPlace } from './operator.types.js'
import {
  type AppMemberRow,
  OperatorMembershipRepository,
} from './operator-membership.repository.js'

const APP_MEMBERS_MAX = 200

/**
 * Who belongs to which department and app. It decides nothing: whether somebody may add a member is for whoever
 * calls to ask (`permissionsIn` of infra/http/authority.ts). What is changed here holds at the next call.
 */
@Injectable()
export class OperatorMembershipService {
  constructor(private readonly memberships: OperatorMembershipRepository) {}

  /** Null: this institution has no such app. */
  findApp(institutionId: string, appId: string): Promise<WorkPlace | null> {
    return this.memberships.findApp(institutionId, appId)
  }

  /** Apps that these roles open, newest first, at most so many. */
  appsOpenTo(institutionId: string, authority: Authority, limit: number): Promise<WorkPlace[]> {
    const among = {
      apps: reachesEveryApp(authority) ? null : [...authority.apps.keys()],
      departments: [...authority.departments.keys()],
    }
    return this.memberships.listApps(institutionId, among, limit)
  }

  /** The person who signs in so; null: nobody does, or not any more. */
  findOperator(institutionId: string, login: string): Promise<string | null> {
    return this.memberships.findOperator(institutionId, login)
  }

  appMembers(institutionId: string, appId: string, reader?: SqlReader): Promise<AppMemberRow[]> {
    return this.memberships.listAppMembers(institutionId, appId, APP_MEMBERS_MAX, reader)
  }

  /** Adds a member, or changes what the member may do. The app and the person exist: the database insists. */
  setAppMember(
    institutionId: string,
    member: { readonly app_id: string; readonly operator_id: string; readonly role: AppRole },
    writer?: SqlReader,
  ): Promise<void> {
    return this.memberships.setAppMember(institutionId, member, writer)
  }

  /** False: this person was no member. */
  removeAppMember(
    institutionId: string,
    member: { readonly app_id: string; readonly operator_id: string },
    writer?: SqlReader,
  ): Promise<boolean> {
    return this.memberships.removeAppMember(institutionId, member, writer)
  }

  /** Exactly these, in place of whatever this person held in departments before. */
  setDepartments(
    institutionId: string,
    operatorId: string,
    departments: readonly { readonly department_id: string; readonly role: DepartmentRole }[],
    writer?: SqlReader,
  ): Promise<void> {
    return this.memberships.setDepartments(institutionId, operatorId, departments, writer)
  }
}
