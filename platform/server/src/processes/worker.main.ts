import { NestFactory } from '@nestjs/core'
import { Logger } from 'nestjs-pino'
import { AppClocks } from '../infra/clock/app-clocks.js'
import { JobRunner } from '../infra/jobs/jobs.js'
import { runRole, startRole } from './role.js'
import { WorkerModule } from './worker.module.js'
import { jobHandlers, periodicTasks } from './worker-jobs.js'

/** Background work: any number of these may run; they share the queue. */
await runRole(async () => {
  const { config, database } = startRole()
  const app = await NestFactory.createApplicationContext(WorkerModule.for(config, database), {
    bufferLogs: true,
  })
  const logger = app.get(Logger)
  app.useLogger(logger)
  const runner = new JobRunner({
    pool: database.pool,
    handlers: jobHandlers(app),
    periodic: periodicTasks(app),
    within: (appId, work) => app.get(AppClocks).within(appId, work),
    onError: (error, name) => logger.error({ err: error, job: name }, 'background work failed'),
  })
  await runner.start()
  return {
    async stop() {
      await runner.stop()
      await app.close()
      await database.close()
    },
  }
})
