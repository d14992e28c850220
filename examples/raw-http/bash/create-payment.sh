#!/usr/bin/env bash
# Creates a payment with bash, curl and OpenSSL 3 alone. It shows every byte that is signed, so that you
# can do the same in a language that has no SDK.
#
#   BURSAR_KEY_ID=key_… BURSAR_PRIVATE_KEY_FILE=private.pem ./create-payment.sh [fen] [out_trade_no]
#
# Running it again with the same out_trade_no gives the same payment, never a second one.
# BURSAR_DEBUG=1 also sends the signed text; in test mode a refusal then points at the first wrong byte.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/signing.sh"

key_id=${BURSAR_KEY_ID:?set it to the id of your key, key_…}
key_file=${BURSAR_PRIVATE_KEY_FILE:?set it to the PEM file of your private key}
algorithm=${BURSAR_ALGORITHM:-ed25519}
api_base=${BURSAR_API_BASE:-http://localhost:3000}
amount=${1:-100}
out_trade_no=${2:-raw-$(date +%s)-$RANDOM}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

method=POST
target_uri=$api_base/v1/payments
content_type=application/json
idempotency_key=create-$out_trade_no
printf '{"out_trade_no":"%s","amount":%d,"subject":"Raw HTTP example","channel":"wechatpay"}' \
  "$out_trade_no" "$amount" >"$work/body"

# 1. The digest binds the body to the signature: SHA-256 over the very bytes that are sent.
content_digest=$(content_digest "$work/body")

# 2. What is covered, when, by whom, and a nonce that is used once.
parameters='("@method" "@target-uri" "content-digest" "content-type" "idempotency-key")'
parameters+=";created=$(date +%s);nonce=\"$(openssl rand -hex 16)\";keyid=\"$key_id\";tag=\"bursar-request\""

# 3. The signature base (RFC 9421 section 2.5): one line per component, LF between them, none at the end.
printf '%s' "\"@method\": $method
\"@target-uri\": $target_uri
\"content-digest\": $content_digest
\"content-type\": $content_type
\"idempotency-key\": $idempotency_key
\"@signature-params\": $parameters" >"$work/base"

# 4. Sign it, and ask the platform to sign its answer.
signature=$(sign "$algorithm" "$key_file" "$work/base")
headers=(
  -H "content-type: $content_type"
  -H "content-digest: $content_digest"
  -H "idempotency-key: $idempotency_key"
  -H "signature-input: bursar=$parameters"
  -H "signature: bursar=:$signature:"
  -H "accept-signature: bursar=$answer_components;tag=\"bursar-response\""
)
[[ ${BURSAR_DEBUG:-} ]] && headers+=(-H "bursar-debug-base: $(openssl base64 -A -in "$work/base")")

status=$(curl -sS -X "$method" "$target_uri" "${headers[@]}" --data-binary "@$work/body" \
  -D "$work/headers" -o "$work/answer" -w '%{http_code}')
cat "$work/answer"
echo

# 5. Believe the answer, good or bad, only if the platform signed it.
platform_key_id=$(header "$work/headers" signature-input | sed -n 's/.*;keyid="\([^"]*\)".*/\1/p')
curl -sSf "$api_base/.well-known/jwks.json" -o "$work/jwks"
if platform_key "$work/jwks" "$platform_key_id" >"$work/platform.pem" 2>/dev/null &&
  verify_answer "$method" "$target_uri" "$status" "$work/headers" "$work/answer" "$work/platform.pem"; then
  echo "HTTP $status, signed by the platform's key $platform_key_id" >&2
else
  echo "HTTP $status, NOT signed by the platform: do not believe it, ask for the payment by its out_trade_no" >&2
  exit 1
fi
[[ $status == 2* ]]
