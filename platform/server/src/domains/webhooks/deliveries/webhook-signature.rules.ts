import { createHmac } from 'node:crypto'

/** Standard Webhooks 1.0: what is signed is id, timestamp and body, joined by dots. */
export function signedContent(id: string, timestampSeconds: number, body: string): Buffer {
  return Buffer.from(`${id}.${timestampSeconds}.${body}`)
}

/** `v1`: HMAC-SHA256 with the bytes behind the secret's prefix. */
export function hmacSignature(secret: string, content: Buffer): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`
}

/** `v1a`: Ed25519 with a key of the platform. */
export function platformSignature(signature: Buffer): string {
  return `v1a,${signature.toString('base64')}`
}
