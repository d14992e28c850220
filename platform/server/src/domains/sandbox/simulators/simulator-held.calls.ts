import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** How long a caller is left waiting; longer than any deadline a caller should have. */
export const HOLD_MS = 30_000

/** Calls that get no answer, as faults of the network leave them. Closing the application ends them. */
export class HeldCalls {
  private readonly ending = new AbortController()

  constructor(
    app: FastifyInstance,
    private readonly holdMs = HOLD_MS,
  ) {
    app.addHook('preClose', async () => this.ending.abort())
  }

  /** Says nothing until the caller hangs up or the time is over, and then hangs up. */
  async hold(reply: FastifyReply): Promise<FastifyReply> {
    reply.hijack()
    const { socket } = reply.raw
    if (!socket) return reply
    const over = new AbortController()
    const signal = AbortSignal.any([this.ending.signal, over.signal])
    await Promise.race([
      sleep(this.holdMs, undefined, { signal }),
      once(socket, 'close', { signal }),
    ]).catch(() => undefined)
    over.abort()
    socket.destroy()
    return reply
  }
}
