import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { Logger } from 'nestjs-pino'
import { IdentityProvider } from '../domains/console-access/identity-provider.js'
import { registerIdentityRoutes } from '../domains/console-access/identity-provider.routes.js'
import { AuthorizationServer } from '../domains/oauth/authorization-server.js'
import { registerOauthRoutes } from '../domains/oauth/oauth.routes.js'
import { RequestLogSink } from '../domains/request-log/request-log-sink.service.js'
import { createHttpAdapter } from '../gateway/http-server.js'
import { vaultOf } from '../infra/infra.module.js'
import { ApiModule } from './api.module.js'
import { runRole, startRole } from './role.js'

const SWEEP_EVERY_MS = 50

/** The API: any number of these may run behind a load balancer. */
await runRole(async () => {
  const { config, database } = startRole()
  const requestLog = new RequestLogSink(config.databaseUrl ?? '', vaultOf(config, database))
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.for(config, database),
    createHttpAdapter(config, requestLog),
    { bodyParser: false, bufferLogs: true },
  )
  app.useLogger(app.get(Logger))
  await requestLog.start()
  const server = app.getHttpAdapter().getInstance()
  await registerOauthRoutes(server, app.get(AuthorizationServer), config.publicOrigin)
  await registerIdentityRoutes(server, app.get(IdentityProvider))
  // All interfaces: payers' phones and the load balancer come from elsewhere.
  await app.listen(config.port, '0.0.0.0')
  return {
    async stop() {
      // Node closes what is idle once. A kept connection that was answering then would hold us up for minutes.
      const sweep = setInterval(() => server.server.closeIdleConnections(), SWEEP_EVERY_MS)
      await app.close()
      clearInterval(sweep)
      await requestLog.close()
      await database.close()
    },
  }
})
