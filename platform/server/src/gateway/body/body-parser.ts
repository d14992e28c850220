import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpError } from '../../infra/http/http.errors.js'
import { parseStrictJson } from '../../infra/http/strict-json.js'

export const BODY_BYTES_MAX = 1024 * 1024

/**
 * Providers speak their own dialects on these paths. Of notifications their channel reads the raw bytes; what
 * a payer's browser carries back from a provider's page is not read at all.
 */
const RAW_PATHS = [/^\/notify\//, /^\/cashier\/[^/?]+\/return(\?|$)/]

/** Forms of the pages that the server writes. */
const FORM_PATHS = ['/payer/', '/console/']

/**
 * Keeps the bytes of every body, because signatures and digests are over bytes, and reads JSON strictly.
 * Any other content type is refused, except where a channel reads the bytes itself.
 */
export function registerBodyParser(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, parse)
}

async function parse(request: FastifyRequest, bytes: Buffer): Promise<unknown> {
  request.rawBody = bytes.length > 0 ? bytes : null
  if (RAW_PATHS.some((path) => path.test(request.url))) return undefined
  if (bytes.length === 0) return undefined
  if (FORM_PATHS.some((path) => request.url.startsWith(path)) && isForm(request)) {
    return parseForm(bytes)
  }
  if (!isJson(request.headers['content-type'])) {
    throw new HttpError(
      'content_type_unsupported',
      'Send the body as JSON with the header Content-Type: application/json.',
    )
  }
  return parseStrictJson(bytes)
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType ?? '')
}

function isForm(request: FastifyRequest): boolean {
  const type = request.headers['content-type'] ?? ''
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)
}

/** A field that is there twice could be read in two ways. */
function parseForm(bytes: Buffer): Record<string, string> {
  const fields = [...new URLSearchParams(bytes.toString())]
  if (new Set(fields.map(([name]) => name)).size !== fields.length) {
    throw new HttpError('request_invalid', 'A field of the form is there twice.')
  }
  return Object.fromEntries(fields)
}
