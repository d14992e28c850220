import type { FastifyReply, FastifyRequest } from 'fastify'
import type { NotificationAnswer, RawNotification } from './channel.port.js'

/** The bytes as they arrived: signatures are over bytes. */
export function rawNotificationOf({
  headers,
  rawBody,
}: Pick<FastifyRequest, 'headers' | 'rawBody'>): RawNotification {
  const single = Object.entries(headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value] as const,
  )
  return { headers: Object.fromEntries(single), body: rawBody ?? Buffer.alloc(0) }
}

/** What the provider wants to hear, in its own words. Some want no content type, some no body. */
export function sendNotificationAnswer(reply: FastifyReply, answer: NotificationAnswer): void {
  reply.status(answer.status)
  if (answer.content_type) reply.header('content-type', answer.content_type)
  reply.send(answer.body)
}
