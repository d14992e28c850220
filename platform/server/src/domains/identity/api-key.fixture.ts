import { generateKeyPairSync } from 'node:crypto'

/** The public half of a pair that nobody will sign with. */
export const newPublicKey = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()
