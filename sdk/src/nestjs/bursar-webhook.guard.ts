import {
  BadRequestException,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  InternalServerErrorException,
  Logger,
} from '@nestjs/common'
import { BursarWebhookError } from '../core/errors.js'
import { type BursarEvent, webhooks } from '../core/webhooks.js'
import { BURSAR_WEBHOOKS_OPTIONS, type BursarWebhooksOptions } from './bursar-webhooks.options.js'

/** As much of a request as Express and Fastify share. */
interface WebhookRequest {
  readonly headers: Record<string, string | string[] | undefined>
  /** Kept by Nest when the app was created with `{ rawBody: true }`. */
  readonly rawBody?: Uint8Array
  bursarEvent?: BursarEvent
}

const NO_RAW_BODY =
  'Webhooks are verified over the raw body, which this app does not keep: create it with ' +
  'NestFactory.create(AppModule, { rawBody: true }).'

/**
 * Lets only genuine webhooks pass, on Express and on Fastify, and keeps their event for
 * {@link WebhookEvent}. A forged one is answered 400; one that cannot be judged now, 500, so that it comes
 * again.
 */
@Injectable()
export class BursarWebhookGuard implements CanActivate {
  readonly #logger = new Logger('BursarWebhooks')
  readonly #options: BursarWebhooksOptions

  constructor(@Inject(BURSAR_WEBHOOKS_OPTIONS) options: BursarWebhooksOptions) {
    this.#options = options
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<WebhookRequest>()
    if (request.rawBody === undefined) {
      this.#logger.error(NO_RAW_BODY)
      throw new InternalServerErrorException()
    }
    try {
      request.bursarEvent = await webhooks.verify(request.rawBody, request.headers, this.#options)
    } catch (error) {
      if (!(error instanceof BursarWebhookError) || isOurs(error)) throw error
      this.#logger.warn(`refused a webhook: ${error.code}: ${error.message}`)
      throw new BadRequestException({ code: error.code, message: error.message })
    }
    return true
  }
}

/** Not the sender's fault: our own configuration, or the platform's keys cannot be read just now. */
function isOurs({ code }: BursarWebhookError): boolean {
  return code === 'webhook_key_invalid' || code === 'webhook_keys_unavailable'
}

/**
 * The verified event, as a parameter of a handler behind {@link BursarWebhookGuard}.
 *
 * ```ts
 * @Post('hooks') @HttpCode(204) @UseGuards(BursarWebhookGuard)
 * receive(@WebhookEvent() event: BursarEvent) {}
 * ```
 */
export const WebhookEvent = createParamDecorator(
  (_: unknown, context: ExecutionContext): BursarEvent => {
    const { bursarEvent } = context.switchToHttp().getRequest<WebhookRequest>()
    if (bursarEvent !== undefined) return bursarEvent
    throw new InternalServerErrorException('@WebhookEvent() needs @UseGuards(BursarWebhookGuard)')
  },
)
