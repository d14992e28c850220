import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { MerchantClocks } from './simulator-merchant.clock.js'

export interface ClockRoutesOptions {
  readonly clocks: MerchantClocks
  readonly channel: string
}

const SetClock = z.strictObject({ offset_ms: z.int().min(0) })

interface MerchantRoute {
  Params: { merchantId: string }
}

/** The time in which a company deals with one merchant: `/merchants/:merchantId/clock` below its control. */
export async function clockRoutes(
  app: FastifyInstance,
  { clocks, channel }: ClockRoutesOptions,
): Promise<void> {
  const path = '/merchants/:merchantId/clock'
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof z.ZodError)) return reply.send(error)
    return reply.code(400).send({ code: 'clock_invalid', message: z.prettifyError(error) })
  })

  app.get<MerchantRoute>(path, async ({ params }) => ({
    due: await clocks.dueCount(channel, params.merchantId),
  }))
  app.post<MerchantRoute>(path, async ({ params, body }) => {
    const { offset_ms } = SetClock.parse(body)
    await clocks.set(channel, params.merchantId, offset_ms)
    return { offset_ms }
  })
}
