import type { INestApplicationContext } from '@nestjs/common'
import { IdentityService } from '../domains/identity/identity.service.js'
import { OperatorMembershipService } from '../domains/identity/operators/operator-membership.service.js'
import { SandboxAccountService } from '../domains/sandbox/sandbox-account.service.js'
import { SandboxPayerService } from '../domains/sandbox/sandbox-payer.service.js'
import type { Config } from '../infra/config/config.js'
import { withServices } from './context.js'
import { StartError } from './start.errors.js'

export const DEMO_INSTITUTION = '示范大学 Demo University'
export const DEMO_PASSWORD = 'openbursar-demo'
export const DEMO_DEPARTMENT = '示范部门 Demo Department'

/** One person per kind of work. `department`: the role is held in the demo's department alone. */
export const DEMO_OPERATORS = [
  { login: 'admin@demo.example', name: '平台管理员 Administrator', roles: ['platform_admin'] },
  { login: 'finance@demo.example', name: '财务经办 Finance Officer', roles: ['finance_officer'] },
  {
    login: 'reviewer@demo.example',
    name: '财务复核 Finance Reviewer',
    roles: ['finance_reviewer'],
  },
  {
    login: 'developer@demo.example',
    name: '开发人员 Developer',
    roles: [],
    department: 'developer',
  },
] as const
export const DEMO_OPERATOR = { ...DEMO_OPERATORS[3], password: DEMO_PASSWORD }

/** `foreign`: the database has institutions, and ours is not among them; nothing was touched. */
export type SeedOutcome = 'seeded' | 'known' | 'foreign'

/**
 * Makes the demo institution, once: its operator, whose password everybody knows, and merchant accounts
 * at the simulators. Only where there is no institution yet: never in somebody's real database. It may be
 * cut anywhere: the next start completes it.
 */
export function seedDemo(config: Config): Promise<SeedOutcome> {
  return withServices(config, async (app) => {
    const identity = app.get(IdentityService)
    const first = await identity.findFirstInstitution()
    const known = await identity.findInstitutionByName(DEMO_INSTITUTION)
    if (first !== null && known === null) return 'foreign'
    const metadata = { demo: 'true' }
    await complete(app, known ?? (await identity.createInstitution(DEMO_INSTITUTION, metadata)))
    return known === null ? 'seeded' : 'known'
  })
}

async function complete(app: INestApplicationContext, institutionId: string): Promise<void> {
  await completePeople(app, institutionId)
  await app.get(SandboxAccountService).ensureAll(institutionId, DEMO_INSTITUTION)
  await app.get(SandboxPayerService).ensure(institutionId)
}

/** One who changed the password, or was disabled, must not get the published one back. */
async function completePeople(app: INestApplicationContext, institutionId: string): Promise<void> {
  const identity = app.get(IdentityService)
  const memberships = app.get(OperatorMembershipService)
  const missing = await Promise.all(
    DEMO_OPERATORS.map(async (one) =>
      (await identity.hasOperator(institutionId, one.login)) ? [] : [one],
    ),
  )
  for (const { login, name, roles, ...rest } of missing.flat()) {
    const operator_id = await identity.setOperator({
      ...{ institution_id: institutionId, login, name, roles, password: DEMO_PASSWORD },
    })
    if (!('department' in rest)) continue
    const department_id =
      (await identity.findDepartmentByName(institutionId, DEMO_DEPARTMENT)) ??
      (await identity.createDepartment(institutionId, DEMO_DEPARTMENT))
    const held = [{ department_id, role: rest.department }]
    await memberships.setDepartments(institutionId, operator_id, held)
  }
}

/** A database that is not new was made with a master key: is it ours? Before anybody works with it. */
export function assertMasterKey(config: Config): Promise<void> {
  return withServices(config, async (app) => {
    const identity = app.get(IdentityService)
    const first = await identity.findFirstInstitution()
    if (first === null || (await identity.canOpen(first))) return
    throw new StartError(
      'The master key is not the one that this database was made with: its secrets cannot be read. ' +
        `Set MASTER_KEY to the right one, or put it into ${config.dataDir}/master.key.`,
    )
  })
}
