#!/usr/bin/env python3
"""Creates a payment: BURSAR_KEY_ID=key_… BURSAR_PRIVATE_KEY_FILE=private.pem ./create_payment.py [fen] [out_trade_no]

Running it again with the same out_trade_no gives the same payment, never a second one. BURSAR_DEBUG=1 also sends the
signed text; in test mode a refusal then points at the first wrong byte.
"""

import base64
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import signing

key_id = os.environ["BURSAR_KEY_ID"]
private_key = signing.load_private_key(Path(os.environ["BURSAR_PRIVATE_KEY_FILE"]).read_bytes())
algorithm = os.environ.get("BURSAR_ALGORITHM", "ed25519")
api_base = os.environ.get("BURSAR_API_BASE", "http://localhost:3000")
amount = int(sys.argv[1]) if len(sys.argv) > 1 else 100
out_trade_no = sys.argv[2] if len(sys.argv) > 2 else f"raw-{secrets.token_hex(8)}"


def signed_request(method: str, target_uri: str, body: bytes, idempotency_key: str):
    headers = {
        "content-digest": signing.content_digest(body),
        "content-type": "application/json",
        "idempotency-key": idempotency_key,
    }
    components = [('"@method"', method), ('"@target-uri"', target_uri)]
    components += [(f'"{name}"', value) for name, value in headers.items()]
    # What is covered, when, by whom, and a nonce that is used once.
    covered = " ".join(name for name, _ in components)
    params = f'({covered});created={int(time.time())};nonce="{secrets.token_hex(16)}"'
    params += f';keyid="{key_id}";tag="bursar-request"'
    base = signing.signature_base(components, params)
    signature = base64.b64encode(signing.sign(algorithm, private_key, base)).decode()
    headers["signature-input"] = f"bursar={params}"
    headers["signature"] = f"bursar=:{signature}:"
    headers["accept-signature"] = signing.ACCEPT_SIGNATURE
    if os.environ.get("BURSAR_DEBUG"):
        headers["bursar-debug-base"] = base64.b64encode(base).decode()
    return urllib.request.Request(target_uri, body, headers, method=method)


def send(request):
    """urllib raises on a refusal; here it is an answer like any other."""
    try:
        answer = urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as refusal:
        answer = refusal
    with answer:
        return answer.status, answer.headers, answer.read()


body = json.dumps(
    {
        "out_trade_no": out_trade_no,
        "amount": amount,
        "subject": "Raw HTTP example",
        "channel": "wechatpay",
    }
).encode()
request = signed_request("POST", f"{api_base}/v1/payments", body, f"create-{out_trade_no}")
status, headers, answer = send(request)
print(answer.decode())

# Believe the answer, good or bad, only if the platform signed it.
_, _, jwks = send(f"{api_base}/.well-known/jwks.json")
platform_key_id = signing.key_id_of(headers)
platform_key = signing.platform_key(json.loads(jwks), platform_key_id)
if platform_key is None or not signing.is_signed_answer(
    platform_key, "POST", request.full_url, status, headers, answer
):
    sys.exit(f"HTTP {status}, NOT signed by the platform: do not believe it, ask for the payment by its out_trade_no")
print(f"HTTP {status}, signed by the platform's key {platform_key_id}", file=sys.stderr)
sys.exit(0 if 200 <= status < 300 else 1)
