import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import { z } from 'zod'
import type { SecretView, SettingsView } from './channel-account.types.js'

const PEM = /-----BEGIN [A-Z0-9 ]+-----/
/** Long enough to hold a key; nothing that people read looks like it. */
const BASE64_KEY = /^[A-Za-z0-9+/\s]{100,}={0,2}\s*$/
/** Fields whose names promise that they are no secret. Whatever else a channel has is one until it says otherwise. */
const PLAIN_NAME = /(^|_)(url|id|no|number|code|name|type|mode|env|version|serial)$/
const TEXT_LENGTH_MAX = 500

/**
 * What of an account's settings may be shown: plain fields, and of secrets what identifies them. A channel's
 * schema may say of a field `.meta({ secret: false })` or `.meta({ secret: true })`; otherwise its name
 * decides, and in doubt it is not shown.
 */
export function viewOfSettings(settings: unknown, schema: z.ZodType): SettingsView {
  const shown: Record<string, string | number | boolean> = {}
  const secrets: SecretView[] = []
  for (const [field, value] of leavesOf(settings)) {
    const key = typeof value === 'string' ? viewOfKeyText(field, value) : null
    if (key) secrets.push(key)
    else if (isShown(field, value, schema)) shown[field] = cut(value)
    else secrets.push({ field, kind: 'secret', fingerprint: null, expires_at: null })
  }
  return { settings: shown, secrets }
}

type Plain = string | number | boolean

/** Settings may hold lists and groups: `root_certificates.0`. */
function leavesOf(value: unknown, path: readonly string[] = []): [string, Plain][] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return [[path.join('.'), value]]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, child]) => leavesOf(child, [...path, name]))
}

function isShown(field: string, value: Plain, schema: z.ZodType): boolean {
  const said = saidBySchema(field, schema)
  if (said !== null) return !said
  return typeof value === 'boolean' || PLAIN_NAME.test(field)
}

function saidBySchema(field: string, schema: z.ZodType): boolean | null {
  if (!(schema instanceof z.ZodObject)) return null
  const shape: Record<string, unknown> = schema.shape
  const one = shape[field.split('.')[0] ?? '']
  const meta = one instanceof z.ZodType ? one.meta() : undefined
  return typeof meta?.secret === 'boolean' ? meta.secret : null
}

function cut(value: Plain): Plain {
  return typeof value === 'string' ? value.slice(0, TEXT_LENGTH_MAX) : value
}

/** PEM, or bare base64 as some consoles show keys. What cannot be read is a secret like any other. */
function viewOfKeyText(field: string, text: string): SecretView | null {
  if (PEM.test(text)) {
    const view =
      attempt(() => viewOfCertificate(field, text)) ?? attempt(() => viewOfKey(field, text))
    return view ?? { field, kind: 'secret', fingerprint: null, expires_at: null }
  }
  if (!BASE64_KEY.test(text)) return null
  const key = Buffer.from(text, 'base64')
  const isPublic = () =>
    viewOf(field, 'public_key', createPublicKey({ key, format: 'der', type: 'spki' }))
  const isPrivate = (type: 'pkcs8' | 'pkcs1') => () => {
    const privateKey = createPrivateKey({ key, format: 'der', type })
    return viewOf(field, 'private_key', createPublicKey(privateKey))
  }
  return attempt(isPublic) ?? attempt(isPrivate('pkcs8')) ?? attempt(isPrivate('pkcs1'))
}

function viewOfCertificate(field: string, pem: string): SecretView {
  const certificate = new X509Certificate(pem)
  return {
    field,
    kind: 'certificate',
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    expires_at: new Date(certificate.validTo).toISOString(),
  }
}

/** The public half names a private key as well, and gives nothing away. */
function viewOfKey(field: string, pem: string): SecretView {
  const isPrivate = /PRIVATE KEY-----/.test(pem)
  const publicKey = createPublicKey(isPrivate ? createPrivateKey(pem) : pem)
  return viewOf(field, isPrivate ? 'private_key' : 'public_key', publicKey)
}

function viewOf(
  field: string,
  kind: 'private_key' | 'public_key',
  publicKey: KeyObject,
): SecretView {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  const fingerprint = createHash('sha256').update(der).digest('hex')
  return { field, kind, fingerprint, expires_at: null }
}

function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
