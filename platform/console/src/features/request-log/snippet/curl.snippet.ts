import { bodyTextOf, targetOf } from './logged-call.rules.js'
import type { LoggedCall, SnippetOptions } from './snippet.types.js'

/** How OpenSSL makes a signature of each algorithm (RFC 9421 section 3.3) from the file `$work/base`. */
const SIGN: Record<string, string> = {
  ed25519: 'openssl pkeyutl -sign -rawin -inkey "$key_file" -in "$work/base"',
  'ecdsa-p256-sha256': 'openssl dgst -sha256 -sign "$key_file" "$work/base" | der_to_raw',
  'sm2-sm3':
    'openssl dgst -sm3 -sign "$key_file" -sigopt distid:1234567812345678 "$work/base" | der_to_raw',
  'rsa-v1_5-sha256': 'openssl dgst -sha256 -sign "$key_file" "$work/base"',
  'rsa-pss-sha512':
    'openssl dgst -sha512 -sign "$key_file" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64 "$work/base"',
}

const DER_TO_RAW = `# OpenSSL writes r and s as DER; on the wire they are 32 bytes each.
der_to_raw() {
  local number hex=
  while IFS= read -r number; do
    printf -v number '%64s' "$number"
    hex+=\${number// /0}
  done < <(openssl asn1parse -inform DER | sed -n 's/.*INTEGER *://p')
  printf "$(sed 's/../\\\\x&/g' <<<"$hex")"
}
`

/** A bash program that signs with OpenSSL 3 and sends with curl: every signed byte can be seen in it. */
export function curlSnippet(call: LoggedCall, options: SnippetOptions): string {
  const algorithm = call.algorithm ?? 'ed25519'
  const sign = SIGN[algorithm] ?? SIGN.ed25519 ?? ''
  const headers = coveredHeaders(call, options)
  const lines = [
    '#!/usr/bin/env bash',
    `# ${call.method} ${call.path} · bash, curl, OpenSSL 3`,
    'set -euo pipefail',
    `key_id=${keyIdValue(call.keyId)}`,
    `key_file=\${BURSAR_PRIVATE_KEY_FILE:-private.pem}`,
    `target_uri=${quoted(options.apiBase + targetOf(call))}`,
    'work=$(mktemp -d) && trap \'rm -rf "$work"\' EXIT',
    '',
    ...bodyLines(call),
    ...headers.flatMap(({ variable, value }) => (variable ? [`${variable}=${value}`] : [])),
    '',
    ...baseLines(call.method, headers),
    ...(sign.endsWith('der_to_raw') ? ['', DER_TO_RAW] : []),
    `signature=$(${sign} | openssl base64 -A)`,
    '',
    ...sendLines(call, headers),
  ]
  return `${lines.join('\n')}\n`
}

interface CoveredHeader {
  name: string
  variable: string
  value: string
}

function coveredHeaders(call: LoggedCall, options: SnippetOptions): CoveredHeader[] {
  const headers: CoveredHeader[] = []
  if (call.body !== undefined) {
    const digest = '"sha-256=:$(openssl dgst -sha256 -binary "$work/body" | openssl base64 -A):"'
    headers.push({ name: 'content-digest', variable: 'content_digest', value: digest })
    const type = quoted(call.contentType ?? 'application/json')
    headers.push({ name: 'content-type', variable: 'content_type', value: type })
  }
  if (call.idempotencyKey !== null) {
    const value = options.sameIdempotencyKey
      ? quoted(call.idempotencyKey)
      : '$(openssl rand -hex 16)'
    headers.push({ name: 'idempotency-key', variable: 'idempotency_key', value })
  }
  return headers
}

function bodyLines(call: LoggedCall): string[] {
  const text = bodyTextOf(call)
  return text === null ? [] : [`printf '%s' ${quoted(text)} >"$work/body"`]
}

function baseLines(method: string, headers: CoveredHeader[]): string[] {
  const names = ['@method', '@target-uri', ...headers.map(({ name }) => name)]
  const list = names.map((name) => `"${name}"`).join(' ')
  return [
    `parameters='(${list})'`,
    'parameters+=";created=$(date +%s);nonce=\\"$(openssl rand -hex 16)\\";keyid=\\"$key_id\\";tag=\\"bursar-request\\""',
    `printf '%s' "\\"@method\\": ${method}`,
    '\\"@target-uri\\": $target_uri',
    ...headers.map(({ name, variable }) => `\\"${name}\\": $${variable}`),
    '\\"@signature-params\\": $parameters" >"$work/base"',
  ]
}

function sendLines(call: LoggedCall, headers: CoveredHeader[]): string[] {
  const version = call.apiVersion === null ? [] : [`  -H 'bursar-version: ${call.apiVersion}' \\`]
  return [
    `curl -sS -X ${call.method} "$target_uri" \\`,
    ...headers.map(({ name, variable }) => `  -H "${name}: $${variable}" \\`),
    ...version,
    ...(call.body === undefined ? [] : ['  --data-binary "@$work/body" \\']),
    '  -H "signature-input: bursar=$parameters" \\',
    '  -H "signature: bursar=:$signature:"',
  ]
}

function keyIdValue(keyId: string | null): string {
  return keyId === null
    ? `\${BURSAR_KEY_ID:?set it to the id of your key, key_…}`
    : `\${BURSAR_KEY_ID:-${keyId}}`
}

/** One word for bash, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
