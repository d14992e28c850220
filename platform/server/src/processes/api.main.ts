import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { Logger } from 'nestjs-pino'
import { createHttpAdapter } from '../gateway/http-server.js'
import { docsBaseOf } from '../infra/config/config.js'
import { ApiModule } from './api.module.js'
import { runRole, startRole } from './role.js'

/** The API: any number of these may run behind a load balancer. */
await runRole(async () => {
  const { config, database } = startRole()
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.for(config, database),
    createHttpAdapter(docsBaseOf(config)),
    { bodyParser: false, bufferLogs: true },
  )
  app.useLogger(app.get(Logger))
  // All interfaces: payers' phones and the load balancer come from elsewhere.
  await app.listen(config.port, '0.0.0.0')
  return {
    async stop() {
      await app.close()
      await database.close()
    },
  }
})
