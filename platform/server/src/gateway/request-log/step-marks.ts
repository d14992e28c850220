import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StepMarks } from '../../domains/request-log/request-log.types.js'

declare module 'fastify' {
  interface FastifyRequest {
    stepMarks: StepMarks | null
  }
}

/** Notes that a step of a request is over. It is on the way of every request: one look at the clock. */
export function markStep(
  request: FastifyRequest,
  reply: FastifyReply,
  step: keyof StepMarks,
): void {
  request.stepMarks = { ...request.stepMarks, [step]: reply.elapsedTime }
}
