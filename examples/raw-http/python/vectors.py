#!/usr/bin/env python3
"""Runs openapi/vectors/signing.json against signing.py: ./vectors.py [signing.json]"""

import base64
import binascii
import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key

import signing

default = Path(__file__).parent / "../../../openapi/vectors/signing.json"
vectors = json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else default).read_text("utf-8"))
keys = {key["key_id"]: key for key in vectors["keys"]}
count = Counter()


def fail(vector, why):
    count["failed"] += 1
    print(f"FAILED: {vector['name']}: {why}", file=sys.stderr)


def header(message, name):
    """The one value of a header; None when it is absent or was sent twice."""
    values = [value.strip() for key, value in message["headers"] if key.lower() == name]
    return values[0] if len(values) == 1 else None


def base_of(request):
    """The base of what arrived; None when a covered header isn't there exactly once."""
    received = (header(request, "signature-input") or "").removeprefix("bursar=")
    names, _, params = received.partition(")")
    derived = {"@method": request["method"], "@target-uri": request["target_uri"]}
    covered = re.findall(r'"([^"]*)"', names)
    components = [(f'"{name}"', derived.get(name) or header(request, name)) for name in covered]
    if any(value is None for _, value in components):
        return None
    # RFC 9421 section 2.5: optional spaces of the header are not part of the signature base.
    listed = " ".join(name for name, _ in components)
    return signing.signature_base(components, f"({listed}){params.replace('; ', ';')}")


def is_digest_right(request):
    if request["body"] is None:
        return True
    digests = re.findall(r"(sha-256|sha-512)=:([^:]*):", header(request, "content-digest") or "")
    body = request["body"].encode()
    return all(
        base64.b64encode(hashlib.new(name.replace("-", ""), body).digest()).decode() == value
        for name, value in digests
    )


def is_genuine(request, base):
    key_id = re.search(r'keyid="([^"]*)"', header(request, "signature-input") or "")
    key = keys[key_id[1]]
    try:
        signature = base64.b64decode((header(request, "signature") or "")[8:-1], validate=True)
    except binascii.Error:
        return False
    public_key = load_pem_public_key(key["public_key"].encode())
    return is_digest_right(request) and signing.verify(key["algorithm"], public_key, base, signature)


for vector in vectors["requests"]:
    request, key = vector["request"], keys.get(vector["key_id"])
    if vector["algorithm"] not in signing.ALGORITHMS:
        count["not_run"] += 1
    elif vector["valid"]:
        count["accepted"] += 1
        base = base_of(request)
        if base != vector["signed_base"].encode():
            fail(vector, "the signature base differs")
        elif not is_genuine(request, base):
            fail(vector, "a valid signature was refused")
        private_key = signing.load_private_key(key["test_private_key"].encode())
        ours = signing.sign(key["algorithm"], private_key, base)
        if vector["deterministic"]:
            if ours != base64.b64decode(vector["signature"]):
                fail(vector, "our signature differs")
        elif not signing.verify(key["algorithm"], private_key.public_key(), base, ours):
            fail(vector, "our signature is wrong")
    elif vector["error"] in ("signature_invalid", "content_digest_mismatch"):
        count["refused"] += 1
        base = base_of(request)
        if base is not None and is_genuine(request, base):
            fail(vector, f"it was accepted, but is {vector['error']}")
    else:
        # What must be covered, how old a signature may be and so on: a caller need not judge that.
        count["rules"] += 1

for vector in vectors["responses"]:
    count["answers"] += 1
    request, response = vector["request"], vector["response"]
    headers = {name.lower(): value for name, value in response["headers"]}
    public_key = load_pem_public_key(keys[vector["key_id"]]["public_key"].encode())
    accepted = signing.is_signed_answer(
        public_key,
        request["method"],
        request["target_uri"],
        response["status"],
        headers,
        response["body"].encode(),
        vectors["now"],
    )
    if accepted != vector["valid"]:
        fail(vector, f"the answer was {'accepted' if accepted else 'refused'}")

print(
    f"python: {count['accepted']} accepted and signed alike, {count['refused']} refused,"
    f" {count['rules']} against rules that only the platform checks, {count['answers']} answers,"
    f" {count['not_run']} not run (sm2-sm3: the package cryptography has no SM2), {count['failed']} failed"
)
sys.exit(1 if count["failed"] else 0)
