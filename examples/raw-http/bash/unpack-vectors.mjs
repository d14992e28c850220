// Lays signing.json out as files, one folder per vector: node unpack-vectors.mjs signing.json folder
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [source, target] = process.argv.slice(2)
const { now, keys, requests, responses } = JSON.parse(readFileSync(source, 'utf8'))

function write(folder, files) {
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    if (content !== undefined && content !== null) writeFileSync(join(folder, name), content)
  }
}

const linesOf = (headers) => headers.map(([name, value]) => `${name}: ${value}\n`).join('')

write(target, { now: String(now) })
for (const key of keys) {
  write(join(target, 'keys'), {
    [`${key.key_id}.public`]: key.public_key,
    [`${key.key_id}.private`]: key.test_private_key,
  })
}
requests.forEach(({ request, ...vector }, index) => {
  const header = (wanted) =>
    request.headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? ''
  const input = header('signature-input')
  const [, keyId] = /;keyid="([^"]*)"/.exec(input) ?? []
  const named = keys.find(({ key_id }) => key_id === keyId)
  write(join(target, 'requests', String(index).padStart(3, '0')), {
    name: vector.name,
    // The key that the request names is the one that must have signed it.
    key_id: named?.key_id ?? vector.key_id,
    algorithm: named?.algorithm ?? vector.algorithm,
    error: vector.error ?? '',
    deterministic: vector.deterministic ? '' : undefined,
    method: request.method,
    target_uri: request.target_uri,
    headers: linesOf(request.headers),
    body: request.body,
    // RFC 9421 section 2.5: optional spaces of the header are not part of the signature base.
    signature_input: input
      .replace(/^bursar=/, '')
      .replace(/\( +| +\)| +(?=")|; +/g, (found) => found.trim() || ' '),
    signed_base: vector.signed_base,
    signature: Buffer.from(header('signature').replace(/^bursar=/, ''), 'base64'),
  })
})
responses.forEach(({ request, response, ...vector }, index) => {
  write(join(target, 'responses', String(index).padStart(3, '0')), {
    name: vector.name,
    key_id: vector.key_id,
    error: vector.error ?? '',
    method: request.method,
    target_uri: request.target_uri,
    status: String(response.status),
    headers: linesOf(response.headers),
    body: response.body,
  })
})
