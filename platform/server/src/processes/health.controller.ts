import { Controller, Get } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { Database } from '../infra/database/database.js'
import { Public } from '../infra/http/decorators.js'
import { HttpError } from '../infra/http/http.errors.js'

/** For load balancers and scripts: is the process alive, and can it serve? */
@ApiExcludeController()
@Public()
@Controller()
export class HealthController {
  constructor(private readonly database: Database) {}

  @Get('healthz')
  health(): { status: 'ok' } {
    return { status: 'ok' }
  }

  @Get('readyz')
  async readiness(): Promise<{ status: 'ok' }> {
    try {
      await this.database.query('select 1 from institutions limit 1')
      return { status: 'ok' }
    } catch (cause) {
      throw new HttpError('service_unavailable', 'The database does not answer.', {
        cause,
        retryAfterSeconds: 1,
      })
    }
  }
}
