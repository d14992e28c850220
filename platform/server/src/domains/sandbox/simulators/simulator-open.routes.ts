import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

const OpenPage = z.strictObject({
  /** The address a browser or a camera was given. */
  url: z.string().min(1).max(8192),
  /** With fields it is a form that is posted, without them a page that is fetched. */
  fields: z.record(z.string(), z.string()).optional(),
})

export interface OpenRoutesOptions {
  /** From the address to the path of the page below this application; null for one that is not ours. */
  readonly toPath?: (url: string) => string | null
}

/**
 * Opens a payment page as the payer's browser would: `POST /orders/open` below a simulator's control.
 * An order of a page exists only from then on. Answers where the browser stands in the end.
 */
export async function openRoutes(app: FastifyInstance, options: OpenRoutesOptions): Promise<void> {
  const toPath = options.toPath ?? pathOf
  app.post('/orders/open', async (request, reply) => {
    const opening = OpenPage.safeParse(request.body)
    if (!opening.success) {
      const message = z.prettifyError(opening.error)
      return reply.code(400).send({ code: 'page_invalid', message })
    }
    const { url, fields } = opening.data
    const path = toPath(url)
    if (path === null) {
      const message = 'this is not a page of this provider'
      return reply.code(400).send({ code: 'page_invalid', message })
    }
    const answer = await visit(new URL(path, app.listeningOrigin), fields)
    return reply.code(answer.code === undefined ? 200 : 409).send(answer)
  })
}

async function visit(url: URL, fields: Record<string, string> | undefined) {
  try {
    const response = await fetch(url, {
      ...(fields ? { method: 'POST', body: new URLSearchParams(fields) } : {}),
      redirect: 'manual',
    })
    const page = await response.text()
    const { status } = response
    return status >= 400
      ? { code: 'page_refused', status, page }
      : { status, location: response.headers.get('location') }
  } catch {
    // A fault that hangs up on the browser.
    return { code: 'page_silent', message: 'the page did not answer' }
  }
}

function pathOf(url: string): string | null {
  if (!URL.canParse(url)) return null
  const { pathname, search } = new URL(url)
  return pathname + search
}
