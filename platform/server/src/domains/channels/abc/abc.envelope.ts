import type { KeyObject } from 'node:crypto'
import iconv from 'iconv-lite'
import { JsonScanner, ScanFault, type Span } from './abc.scanner.js'
import { isSignedBy, signMessage } from './abc.signature.js'
import { CHARSET, SIGNATURE_ALGORITHM } from './abc.wire.js'

/** `fault` says why the bytes are not believed; it repeats nothing of what they hold. */
export type Opened =
  | { readonly message: unknown; readonly fault: null }
  | { readonly message: null; readonly fault: string }

export function decodeText(bytes: Buffer): string {
  return iconv.decode(bytes, CHARSET, { stripBOM: false })
}

/** The message is encoded once, and those bytes are both signed and sent. */
export async function sealMessage(message: object, key: KeyObject): Promise<Buffer> {
  const bytes = iconv.encode(JSON.stringify(message), CHARSET)
  const signature = await signMessage(bytes, key)
  return Buffer.concat([
    Buffer.from('{"MSG":{"Message":'),
    bytes,
    Buffer.from(`,"Signature-Algorithm":"${SIGNATURE_ALGORITHM}","Signature":"${signature}"}}`),
  ])
}

/** Verifies over the bytes of `Message` as they came: writing them anew could alter them. */
export function openEnvelope(body: Buffer, bankKey: KeyObject): Opened {
  try {
    const envelope = new Envelope(body)
    if (envelope.algorithm !== SIGNATURE_ALGORITHM) return refused('it is not signed as agreed')
    if (!isSignedBy(bankKey, envelope.message, envelope.signature)) {
      return refused('its signature is wrong')
    }
    return { message: JSON.parse(decodeText(envelope.message)), fault: null }
  } catch (error) {
    if (error instanceof ScanFault) return refused(`it is no envelope: ${error.message}`)
    if (error instanceof SyntaxError) return refused('its message is no JSON')
    throw error
  }
}

class Envelope {
  readonly message: Buffer
  readonly algorithm: string
  readonly signature: string

  constructor(body: Buffer) {
    const outer = new JsonScanner(body)
    const inside = cut(body, outer.readObject().get('MSG'))
    outer.expectEnd()
    const members = new JsonScanner(inside).readObject()
    this.message = cut(inside, members.get('Message'))
    this.algorithm = readWord(inside, members.get('Signature-Algorithm'))
    this.signature = readWord(inside, members.get('Signature'))
  }
}

function cut(bytes: Buffer, span: Span | undefined): Buffer {
  if (!span) throw new ScanFault('a member is missing')
  return bytes.subarray(span.start, span.end)
}

/** The plain ASCII text of a member; other writers escape the `/` of base64 as `\/`. */
function readWord(bytes: Buffer, span: Span | undefined): string {
  const word: unknown = JSON.parse(cut(bytes, span).toString('latin1'))
  if (typeof word !== 'string') throw new ScanFault('a text is something else')
  return word
}

function refused(fault: string): Opened {
  return { message: null, fault }
}
