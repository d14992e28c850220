import type { DynamicModule } from '@nestjs/common'
import { LoggerModule } from 'nestjs-pino'
import { type Logger, pino } from 'pino'

/** What must never reach a log, wherever it appears in an object. */
const REDACTED = [
  'authorization',
  'signature',
  'secret',
  'private_key',
  'password',
  'number',
  'phone',
  'email',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** JSON lines on standard output. Requests are not logged here: the request log is a table of its own. */
export function createLogger(processName: string): Logger {
  return pino({
    level: 'info',
    base: { process: processName },
    redact: { paths: REDACTED, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
  })
}

export function loggingModule(processName: string): DynamicModule {
  return LoggerModule.forRoot({
    pinoHttp: { logger: createLogger(processName), autoLogging: false, quietReqLogger: true },
    // One route pattern that matches nothing: the middleware has no work to do on any request.
    forRoutes: [],
  })
}
