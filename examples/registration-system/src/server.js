import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { BursarWebhookError } from '@openbursar/sdk'
import { notFoundPage } from './pages.js'
import { json, show } from './replies.js'
import { createRoutes } from './routes.js'
import { languageOf, textsOf } from './texts.js'

const BODY_BYTES_MAX = 1024 * 1024
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'self'; img-src data:; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

const file = (name, type) => ({
  status: 200,
  headers: { 'content-type': type },
  body: readFileSync(join(import.meta.dirname, '../public', name)),
})
const FILES = {
  'GET /style.css': file('style.css', 'text/css; charset=utf-8'),
  'GET /status.js': file('status.js', 'text/javascript; charset=utf-8'),
}

/** HTTP in, HTTP out, with nothing but Node. */
export function createApp(context) {
  const routes = Object.entries(createRoutes(context)).map(([name, handler]) => {
    const pattern = name.replaceAll('.', '\\.').replace(':id', '(?<id>[\\w-]+)')
    return { pattern: new RegExp(`^${pattern}$`), handler }
  })

  return createServer(async (request, response) => {
    try {
      const url = new URL(request.url, 'http://localhost')
      send(response, await answer(request, url))
    } catch (error) {
      send(response, problemOf(error))
    }
  })

  async function answer(request, url) {
    const target = `${request.method} ${url.pathname}`
    if (FILES[target]) return FILES[target]
    const language = languageOf(request, url)
    const texts = textsOf(language)
    const body = await readBody(request)
    const { headers } = request
    for (const { pattern, handler } of routes) {
      const match = pattern.exec(target)
      if (!match) continue
      const reply = await handler({ id: match.groups?.id, texts, body, headers })
      if (reply) return url.searchParams.has('lang') ? withLanguage(reply, language) : reply
    }
    return show(notFoundPage(texts), 404)
  }
}

function withLanguage(reply, language) {
  const headers = { ...reply.headers, 'set-cookie': `lang=${language}; Path=/; SameSite=Lax` }
  return { ...reply, headers }
}

function problemOf(error) {
  // Somebody else's request, an old secret, a clock that is wrong: the code says which.
  if (error instanceof BursarWebhookError) return json({ error: error.code }, 400)
  if (error.status === 413) return json({ error: 'too large' }, 413)
  console.error(error)
  return json({ error: 'something went wrong here; see the log' }, 500)
}

async function readBody(request) {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > BODY_BYTES_MAX) throw Object.assign(new Error('too large'), { status: 413 })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function send(response, { status, headers = {}, body = '' }) {
  response.writeHead(status, { ...SECURITY_HEADERS, ...headers }).end(body)
}
