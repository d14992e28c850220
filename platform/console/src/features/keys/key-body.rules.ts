import type { CreateKey } from '@openbursar/sdk'
import type { KeyChoice } from './key-form.rules.js'
import { type KeyMaterial, publicHalf, writeKey } from './key-material.rules.js'

/**
 * What is sent of a key: its public half, and for RSA the scheme. Built from the public members alone, so that
 * no private one can get in.
 */
export async function createBodyOf(
  material: KeyMaterial,
  choice?: KeyChoice,
): Promise<Pick<CreateKey, 'public_key' | 'algorithm' | 'metadata'>> {
  const [pem] = await writeKey(publicHalf(material))
  const public_key = pem?.text ?? ''
  if (material.type !== 'rsa') return { public_key, metadata: {} }
  const algorithm = choice === 'rsa_v1_5' ? 'rsa-v1_5-sha256' : 'rsa-pss-sha512'
  return { public_key, algorithm, metadata: {} }
}
