import { z } from 'zod'
import { SIGNATURE_ALGORITHMS } from '../../infra/crypto/http-signature.verify.js'
import { SCOPE_TABLE, SCOPES } from '../../infra/http/scopes.js'
import {
  Id,
  listOf,
  listQuery,
  Metadata,
  objectFields,
  Text,
  Timestamp,
  wireMetadata,
  wireTime,
  wireTimeOrNull,
} from '../../infra/http/wire.schema.js'
import { parseIpRange } from '../../infra/net/ip-range.js'
import { effectiveScopes, KEY_STATUSES, statusOf } from './api-key.rules.js'
import type { ApiKeyRow } from './identity.types.js'

const ALLOWED_IPS_MAX = 50
const OVERLAP_SECONDS_MAX = 90 * 86_400
const OVERLAP_SECONDS_DEFAULT = 86_400

export const Scope = z.enum(SCOPES).meta({
  id: 'Scope',
  description: [
    'What a key may do:',
    '',
    ...SCOPE_TABLE.map(({ scope, en }) => `- \`${scope}\`: ${en}.`),
  ].join('\n'),
})

const Name = Text(100).describe('For people, such as the machine that signs with it.')
const Scopes = z
  .array(Scope)
  .min(1)
  .max(SCOPES.length)
  .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice')
const IpRange = z
  .string()
  .max(50)
  .refine((text) => parseIpRange(text) !== null, 'must be an IPv4 or IPv6 address or CIDR range')
const AllowedIps = z
  .array(IpRange)
  .max(ALLOWED_IPS_MAX)
  .describe('Addresses and CIDR ranges (IPv4, IPv6) it may call from; empty means anywhere.')
const PublicKey = z
  .union([z.string().min(1).max(16_384), z.looseObject({ kty: z.string().max(20) })])
  .describe(
    'PEM (-----BEGIN PUBLIC KEY-----), JWK, or an X.509 certificate in PEM, of which the key is taken. Never send a private key.',
  )
const Algorithm = z
  .enum(SIGNATURE_ALGORITHMS)
  .describe('For an RSA key, the one it signs with. Every other key says it itself.')
const KeyStatus = z.enum(KEY_STATUSES)

export const Key = z
  .object({
    ...objectFields('key', 'key'),
    name: Name.nullable(),
    algorithm: z.enum(SIGNATURE_ALGORITHMS),
    public_key: z.string().max(16_384).describe('PEM.'),
    scopes: z.array(Scope).max(SCOPES.length).describe('What it may do: never more than its app.'),
    allowed_ips: AllowedIps,
    status: KeyStatus.describe('pending: not_before is still to come.'),
    not_before: Timestamp,
    not_after: Timestamp.nullable().describe('From this moment on it is refused.'),
    revoked_at: Timestamp.nullable(),
    last_used_at: Timestamp.nullable().describe('Up to ten seconds late.'),
    replaced_by: Id('key').nullable().describe('The key that took its place by rotation.'),
  })
  .meta({ id: 'Key', description: 'A public key with which the app signs its requests.' })

/** As answered: stored algorithms and scopes are told as they are. */
export type WireKey = Omit<z.infer<typeof Key>, 'algorithm' | 'scopes'> & {
  algorithm: string
  scopes: readonly string[]
}

export const KeyList = listOf(Key).meta({ id: 'KeyList' })
export const KeyListQuery = listQuery('key', { status: KeyStatus.optional() })
export type KeyListQuery = z.infer<typeof KeyListQuery>

export const CreateKey = z
  .strictObject({
    public_key: PublicKey,
    algorithm: Algorithm.optional(),
    name: Name.nullable().optional(),
    scopes: Scopes.optional().describe('At most those of the calling key, which is the default.'),
    allowed_ips: AllowedIps.optional().describe(
      'Addresses and CIDR ranges (IPv4, IPv6) it may call from; empty means anywhere. Default: as the calling key.',
    ),
    not_before: Timestamp.optional().describe('Default: now.'),
    not_after: Timestamp.nullable().optional().describe('Default: it does not expire.'),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'CreateKey' })
export type CreateKey = z.infer<typeof CreateKey>

export const UpdateKey = z
  .strictObject({
    name: Name.nullable().optional(),
    scopes: Scopes.optional().describe('Fewer than before: what was taken does not come back.'),
    allowed_ips: AllowedIps.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'UpdateKey' })
export type UpdateKey = z.infer<typeof UpdateKey>

export const RotateKey = z
  .strictObject({
    public_key: PublicKey,
    algorithm: Algorithm.optional(),
    overlap_seconds: z
      .int()
      .min(0)
      .max(OVERLAP_SECONDS_MAX)
      .default(OVERLAP_SECONDS_DEFAULT)
      .describe('How long the old key still works. Default: a day.'),
    not_after: Timestamp.nullable().optional().describe('Of the new key. Default: none.'),
  })
  .meta({ id: 'RotateKey' })
export type RotateKey = z.infer<typeof RotateKey>

export function toWireKey(row: ApiKeyRow, now: Date): WireKey {
  return {
    id: row.id,
    object: 'key',
    livemode: row.livemode,
    created_at: wireTime(row.created_at),
    metadata: wireMetadata(row.metadata),
    name: row.name,
    algorithm: row.algorithm,
    public_key: row.public_key,
    scopes: effectiveScopes(row.scopes, row.app_scopes),
    allowed_ips: [...row.allowed_ips],
    status: statusOf(row, now),
    not_before: wireTime(row.not_before),
    not_after: wireTimeOrNull(row.not_after),
    revoked_at: wireTimeOrNull(row.revoked_at),
    last_used_at: wireTimeOrNull(row.last_used_at),
    replaced_by: row.replaced_by,
  }
}
