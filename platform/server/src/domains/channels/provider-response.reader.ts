import { noteReceived } from './health/call-evidence.js'

/** Reads a body up to a size; null when it is larger, and then the rest is never received. */
export async function readLimited(response: Response, bytesMax: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > bytesMax) return null
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks)
  noteReceived(body)
  return body
}

/** fetch says “fetch failed” and keeps the reason (ECONNREFUSED …) in the cause. */
export function describeNetworkError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason'
  return error.cause instanceof Error ? error.cause.message : error.message
}
