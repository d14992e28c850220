import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { FaultRecord, type SimulatorFaults } from './simulator-faults.js'

export interface FaultsRoutesOptions {
  readonly faults: SimulatorFaults
}

const SetFault = z.strictObject({
  order_no: FaultRecord.shape.order_no.default(null),
  fault: FaultRecord.shape.fault,
  remaining: FaultRecord.shape.remaining.default(null),
})

interface MerchantRoute {
  Params: { merchantId: string }
}

/** A tester's wishes for one merchant: `/merchants/:merchantId/faults` below a simulator's control. */
export async function faultsRoutes(
  app: FastifyInstance,
  { faults }: FaultsRoutesOptions,
): Promise<void> {
  const path = '/merchants/:merchantId/faults'
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof z.ZodError)) return reply.send(error)
    return reply.code(400).send({ code: 'fault_invalid', message: z.prettifyError(error) })
  })

  app.get<MerchantRoute>(path, async ({ params }) => ({
    faults: await faults.list(params.merchantId),
  }))
  app.post<MerchantRoute>(path, async ({ params, body }) => {
    const record = { merchant_id: params.merchantId, ...SetFault.parse(body) }
    await faults.set(record)
    return record
  })
  app.delete<MerchantRoute>(path, async ({ params }, reply) => {
    await faults.clear(params.merchantId)
    return reply.code(204).send()
  })
}
