# Signs requests and verifies signed answers (RFC 9421) with OpenSSL 3. The programs in this folder source it.

# content_digest FILE: the Content-Digest header (RFC 9530) of the bytes in a file.
content_digest() {
  printf 'sha-256=:%s:' "$(openssl dgst -sha256 -binary "$1" | openssl base64 -A)"
}

# sign ALGORITHM KEY_FILE BASE_FILE: the signature in base64. The file holds the signature base, without a newline
# at its end.
sign() {
  case $1 in
    # Ed25519 signs the bytes themselves, not a digest of them: hence -rawin.
    ed25519) openssl pkeyutl -sign -rawin -inkey "$2" -in "$3" ;;
    ecdsa-p256-sha256) openssl dgst -sha256 -sign "$2" "$3" | der_to_raw ;;
    sm2-sm3) openssl dgst -sm3 -sign "$2" -sigopt distid:1234567812345678 "$3" | der_to_raw ;;
    rsa-v1_5-sha256) openssl dgst -sha256 -sign "$2" "$3" ;;
    rsa-pss-sha512)
      openssl dgst -sha512 -sign "$2" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64 "$3"
      ;;
    *) echo "There is no algorithm $1." >&2 && return 1 ;;
  esac | openssl base64 -A
}

# OpenSSL writes the two numbers of an ECDSA or SM2 signature as DER; on the wire they are 32 bytes each.
der_to_raw() {
  local number hex=
  while IFS= read -r number; do
    printf -v number '%64s' "$number"
    hex+=${number// /0}
  done < <(openssl asn1parse -inform DER | sed -n 's/.*INTEGER *://p')
  printf "$(sed 's/../\\x&/g' <<<"$hex")"
}

# header FILE NAME: the value of a header of an answer, as `curl -D FILE` wrote it.
header() {
  tr -d '\r' <"$1" | sed -n "s/^$2: *//Ip" | tail -n 1
}

answer_components='("@status" "content-digest" "@method";req "@target-uri";req)'

# verify_answer METHOD TARGET_URI STATUS HEADER_FILE BODY_FILE PUBLIC_KEY_FILE [NOW]: whether the platform signed this
# answer to this request, not longer ago than five minutes.
verify_answer() {
  local input signature digest age work
  input=$(header "$4" signature-input)
  signature=$(header "$4" signature)
  digest=$(header "$4" content-digest)
  [[ $input == "bursar=$answer_components;"* && $input == *';tag="bursar-response"'* ]] || return 1
  [[ $input =~ \;created=([0-9]+) ]] || return 1
  age=$((${7:-$(date +%s)} - BASH_REMATCH[1]))
  ((age <= 300 && age >= -60)) || return 1
  [[ $digest == "$(content_digest "$5")" ]] || return 1
  [[ $signature =~ ^bursar=:(.*):$ ]] || return 1
  work=$(mktemp -d)
  openssl base64 -d -A <<<"${BASH_REMATCH[1]}" >"$work/signature"
  printf '%s' "\"@status\": $3
\"content-digest\": $digest
\"@method\";req: $1
\"@target-uri\";req: $2
\"@signature-params\": ${input#bursar=}" >"$work/base"
  local result=0
  openssl pkeyutl -verify -rawin -pubin -inkey "$6" -in "$work/base" -sigfile "$work/signature" \
    >/dev/null 2>&1 || result=1
  rm -r "$work"
  return $result
}

# platform_key JWKS_FILE KEY_ID: that key of /.well-known/jwks.json as PEM.
platform_key() {
  local x
  x=$(tr '{' '\n' <"$1" | grep -F "\"kid\":\"$2\"" | sed -n 's/.*"x":"\([^"]*\)".*/\1/p')
  # 12 bytes that say "an Ed25519 public key" (RFC 8410), then the 32 bytes of the key.
  { printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00' && tr '_-' '/+' <<<"$x=" | openssl base64 -d -A; } |
    openssl pkey -pubin -inform DER
}
