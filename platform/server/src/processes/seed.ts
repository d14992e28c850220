import type { INestApplicationContext } from '@nestjs/common'
import { IdentityService } from '../domains/identity/identity.service.js'
import { SandboxAccountService } from '../domains/sandbox/sandbox-account.service.js'
import { SandboxPayerService } from '../domains/sandbox/sandbox-payer.service.js'
import type { Config } from '../infra/config/config.js'
import { withServices } from './context.js'
import { StartError } from './start.errors.js'

export const DEMO_INSTITUTION = '示范大学 Demo University'
export const DEMO_OPERATOR = {
  login: 'finance@demo.example',
  name: '财务处 Finance Office',
  roles: ['platform_admin', 'finance_reviewer'],
  password: 'openbursar-demo',
} as const

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
    await complete(app, known ?? (await identity.createInstitution(DEMO_INSTITUTION)))
    return known === null ? 'seeded' : 'known'
  })
}

async function complete(app: INestApplicationContext, institutionId: string): Promise<void> {
  const identity = app.get(IdentityService)
  // One who changed the password must not get the published one back.
  if (!(await identity.hasOperator(institutionId, DEMO_OPERATOR.login))) {
    await identity.setOperator({ institution_id: institutionId, ...DEMO_OPERATOR })
  }
  await app.get(SandboxAccountService).ensureAll(institutionId, DEMO_INSTITUTION)
  await app.get(SandboxPayerService).ensure(institutionId)
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
