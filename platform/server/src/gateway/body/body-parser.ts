import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpError } from '../../infra/http/http.errors.js'
import { parseStrictJson } from '../../infra/http/strict-json.js'

export const BODY_BYTES_MAX = 1024 * 1024

/** Providers speak their own dialects on these paths; their channel reads the raw bytes. */
const RAW_PATHS = ['/notify/']

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
  if (RAW_PATHS.some((path) => request.url.startsWith(path))) return undefined
  if (bytes.length === 0) return undefined
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
