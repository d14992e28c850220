import { createSimulators } from '../domains/sandbox/simulators/simulators.app.js'
import { signInCallbackOf } from '../infra/config/payer-idp.config.js'
import { createLogger } from '../infra/logging/logging.module.js'
import { runRole, startRole } from './role.js'

/** The channels' other side, for the sandbox. Never part of a production platform. */
await runRole(async () => {
  const { config, database } = startRole()
  const app = createSimulators({
    pool: database.pool,
    logger: createLogger('simulators'),
    publicBase: config.simulatorOrigin,
    campusClient: {
      client_id: config.payerIdp.clientId,
      client_secret: config.payerIdp.clientSecret,
      redirect_uri: signInCallbackOf(config),
    },
  })
  // Loopback only: the control API plays payers without asking who is there.
  await app.listen({ port: config.simulatorPort, host: 'localhost' })
  return {
    async stop() {
      await app.close()
      await database.close()
    },
  }
})
