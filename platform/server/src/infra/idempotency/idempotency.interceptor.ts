import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common'
import { firstValueFrom, from, type Observable } from 'rxjs'
import { assert } from '../../kernel/assert.js'
import { AppClocks } from '../clock/app-clocks.js'
import { requestOf } from '../http/request.js'
import { causedBy } from '../outbox/event-cause.js'
import { IdempotencyService } from './idempotency.service.js'

/**
 * Runs a write once and answers every retry with the stored bytes. Put on a route by `@Idempotent()`
 * rather than on all of them: Nest takes another 30 µs for a route that has any interceptor.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly clocks: AppClocks,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { caller } = requestOf(context)
    assert(caller, 'an idempotent route is reached only by an authenticated caller')
    return from(
      this.idempotency.run(caller, () =>
        this.clocks.within(caller.app_id, () =>
          causedBy(caller, () => firstValueFrom(next.handle())),
        ),
      ),
    )
  }
}
