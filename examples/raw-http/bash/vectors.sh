#!/usr/bin/env bash
# Runs openapi/vectors/signing.json against signing.sh: ./vectors.sh [signing.json]
# bash cannot read JSON, so Node, which this repository needs anyway, lays the vectors out as files.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
source "$here/signing.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node "$here/unpack-vectors.mjs" "${1:-$here/../../../openapi/vectors/signing.json}" "$work"

# base_of FOLDER: writes FOLDER/base from the message in it; fails when a covered header isn't there exactly once.
base_of() {
  local component input line name value count base=
  input=$(<"$1/signature_input")
  for component in $(sed 's/^(\([^)]*\)).*/\1/' <<<"$input"); do
    case $component in
      '"@method"') value=$(<"$1/method") ;;
      '"@target-uri"') value=$(<"$1/target_uri") ;;
      *)
        count=0
        while IFS= read -r line; do
          name=${line%%:*}
          [[ "\"${name,,}\"" == "$component" ]] || continue
          # Spaces around a value are not part of it.
          read -r value <<<"${line#*:}"
          count=$((count + 1))
        done <"$1/headers"
        ((count == 1)) || return 1
        ;;
    esac
    base+="$component: $value"$'\n'
  done
  printf '%s' "$base\"@signature-params\": $input" >"$1/base"
}

# verify ALGORITHM PUBLIC_KEY_FILE BASE_FILE SIGNATURE_FILE
verify() {
  local signature=$4 hex
  case $1 in ecdsa-p256-sha256 | sm2-sm3)
    [[ $(wc -c <"$4") -eq 64 ]] || return 1
    hex=$(od -An -v -tx1 "$4" | tr -d ' \n') signature=$4.der
    printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' "${hex:0:64}" "${hex:64}" |
      openssl asn1parse -genconf /dev/stdin -noout -out "$signature"
    ;;
  esac
  case $1 in
    ed25519) openssl pkeyutl -verify -rawin -pubin -inkey "$2" -in "$3" -sigfile "$signature" ;;
    ecdsa-p256-sha256 | rsa-v1_5-sha256) openssl dgst -sha256 -verify "$2" -signature "$signature" "$3" ;;
    sm2-sm3) openssl dgst -sm3 -verify "$2" -sigopt distid:1234567812345678 -signature "$signature" "$3" ;;
    rsa-pss-sha512)
      openssl dgst -sha512 -verify "$2" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:auto \
        -signature "$signature" "$3"
      ;;
  esac >/dev/null 2>&1
}

# is_digest_right FOLDER: whether sha-256 or sha-512 of the body is what Content-Digest says, if it says.
is_digest_right() {
  local digests name
  digests=$(header "$1/headers" content-digest)
  [[ -f $1/body ]] || return 0
  for name in sha-256 sha-512; do
    [[ $digests != *$name=:* ]] ||
      [[ $digests == *"$name=:$(openssl dgst "-${name/-/}" -binary "$1/body" | openssl base64 -A):"* ]] || return 1
  done
}

fail() {
  echo "FAILED: $(<"$1/name"): $2" >&2
  failed=$((failed + 1))
}

accepted=0 refused=0 rules=0 failed=0 answers=0
for vector in "$work"/requests/*; do
  error=$(<"$vector/error")
  case $error in '' | signature_invalid | content_digest_mismatch) ;; *)
    # What must be covered, how old a signature may be and so on: a caller need not judge that.
    rules=$((rules + 1))
    continue
    ;;
  esac
  algorithm=$(<"$vector/algorithm") key=$work/keys/$(<"$vector/key_id")
  is_genuine=false
  if is_digest_right "$vector" && base_of "$vector" &&
    verify "$algorithm" "$key.public" "$vector/base" "$vector/signature"; then is_genuine=true; fi
  if [[ $error ]]; then
    refused=$((refused + 1))
    ! $is_genuine || fail "$vector" "it was accepted, but is $error"
    continue
  fi
  accepted=$((accepted + 1))
  $is_genuine || fail "$vector" 'a valid signature was refused'
  cmp -s "$vector/base" "$vector/signed_base" || fail "$vector" 'the signature base differs'
  sign "$algorithm" "$key.private" "$vector/base" | openssl base64 -d -A >"$vector/ours"
  if [[ -f $vector/deterministic ]]; then
    cmp -s "$vector/ours" "$vector/signature" || fail "$vector" 'our signature differs'
  else
    verify "$algorithm" "$key.public" "$vector/base" "$vector/ours" || fail "$vector" 'our signature is wrong'
  fi
done

now=$(<"$work/now")
for vector in "$work"/responses/*; do
  answers=$((answers + 1)) result=''
  verify_answer "$(<"$vector/method")" "$(<"$vector/target_uri")" "$(<"$vector/status")" "$vector/headers" \
    "$vector/body" "$work/keys/$(<"$vector/key_id").public" "$now" || result=refused
  [[ ${result:+x} == "$(sed 's/..*/x/' "$vector/error")" ]] || fail "$vector" "the answer was ${result:-accepted}"
done

echo "bash: $accepted accepted and signed alike, $refused refused, $rules against rules that only the platform" \
  "checks, $answers answers, 0 not run, $failed failed"
((failed == 0))
