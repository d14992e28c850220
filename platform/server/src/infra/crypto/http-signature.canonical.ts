import type { CoveredComponent, SignatureInput } from './http-signature.fields.js'

/** `label=("a" "b");created=1;nonce="x"`: one member, no optional space, no escape, no `;req`. */
const CANONICAL_INPUT =
  /^([a-z*][a-z0-9_.*-]*)=(\(((?:"@?[a-z0-9!#$%&'*+.^_`|~-]+"(?: (?=")|(?=\))))+)\)((?:;[a-z]+=(?:"[ !#-[\]-~]*"|0|[1-9][0-9]{0,14}))*))$/
const PARAMETER = /;([a-z]+)=(?:"([^"]*)"|([0-9]+))/g
const CANONICAL_BYTES = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]+={0,2}):$/

const TEXT_PARAMETERS = new Set(['nonce', 'keyid', 'alg', 'tag'])
const TIME_PARAMETERS = new Set(['created', 'expires'])

/**
 * Reads the form in which nearly every signer writes `Signature-Input` without the cost of the
 * full parser, which showed in profiles. Null means only "not that form": the full parser then decides. What is read here is
 * its own serialisation, which a test compares with the full parser's.
 */
export function readCanonicalInput(field: string): SignatureInput | null {
  const match = CANONICAL_INPUT.exec(field)
  if (!match) return null
  const [, label = '', serialized = '', list = '', parameterText = ''] = match
  const names = list.slice(1, -1).split('" "')
  if (new Set(names).size !== names.length) return null
  const texts: Record<string, string> = {}
  const times: Record<string, number> = {}
  for (const [, name = '', text, digits] of parameterText.matchAll(PARAMETER)) {
    if (name in texts || name in times) return null
    if (text !== undefined && TEXT_PARAMETERS.has(name)) texts[name] = text
    else if (digits !== undefined && TIME_PARAMETERS.has(name)) times[name] = Number(digits)
    else return null
  }
  return {
    label,
    components: names.map((name): CoveredComponent => ({ name, isFromRequest: false })),
    parameters: {
      created: times.created ?? null,
      expires: times.expires ?? null,
      nonce: texts.nonce ?? null,
      keyid: texts.keyid ?? null,
      alg: texts.alg ?? null,
      tag: texts.tag ?? null,
    },
    serialized,
  }
}

/** The same for a dictionary of one byte sequence: `bursar=:…:`, `sha-256=:…:`. */
export function readCanonicalBytes(field: string): { label: string; bytes: Buffer } | null {
  const match = CANONICAL_BYTES.exec(field)
  if (!match) return null
  const [, label = '', base64 = ''] = match
  const bytes = Buffer.from(base64, 'base64')
  return bytes.toString('base64') === base64 ? { label, bytes } : null
}
