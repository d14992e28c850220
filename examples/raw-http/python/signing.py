"""Signs requests and verifies signed answers (RFC 9421), with the package `cryptography`."""

import base64
import hashlib
import re
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, utils

ANSWER_COMPONENTS = '("@status" "content-digest" "@method";req "@target-uri";req)'
ACCEPT_SIGNATURE = f'bursar={ANSWER_COMPONENTS};tag="bursar-response"'
ALGORITHMS = ("ed25519", "ecdsa-p256-sha256", "rsa-pss-sha512", "rsa-v1_5-sha256")


def content_digest(body: bytes) -> str:
    """The Content-Digest header (RFC 9530) over the very bytes that are sent."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def signature_base(components: list[tuple[str, str]], params: str) -> bytes:
    """RFC 9421 section 2.5: one line per component, LF between them, none at the end."""
    lines = [f"{name}: {value}" for name, value in [*components, ('"@signature-params"', params)]]
    return "\n".join(lines).encode()


def sign(algorithm: str, private_key, base: bytes) -> bytes:
    match algorithm:
        case "ed25519":
            return private_key.sign(base)
        case "ecdsa-p256-sha256":
            # DER holds two numbers; on the wire they are 32 bytes each.
            r, s = utils.decode_dss_signature(private_key.sign(base, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        case "rsa-pss-sha512":
            pss = padding.PSS(padding.MGF1(hashes.SHA512()), salt_length=64)
            return private_key.sign(base, pss, hashes.SHA512())
        case "rsa-v1_5-sha256":
            return private_key.sign(base, padding.PKCS1v15(), hashes.SHA256())
    raise ValueError(f"{algorithm} is not one of {', '.join(ALGORITHMS)}")


def verify(algorithm: str, public_key, base: bytes, signature: bytes) -> bool:
    try:
        match algorithm:
            case "ed25519":
                public_key.verify(signature, base)
            case "ecdsa-p256-sha256":
                if len(signature) != 64:
                    return False
                r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
                der = utils.encode_dss_signature(r, s)
                public_key.verify(der, base, ec.ECDSA(hashes.SHA256()))
            case "rsa-pss-sha512":
                pss = padding.PSS(padding.MGF1(hashes.SHA512()), salt_length=padding.PSS.AUTO)
                public_key.verify(signature, base, pss, hashes.SHA512())
            case "rsa-v1_5-sha256":
                public_key.verify(signature, base, padding.PKCS1v15(), hashes.SHA256())
            case _:
                return False
        return True
    except InvalidSignature:
        return False


def load_private_key(pem: bytes):
    return serialization.load_pem_private_key(pem, password=None)


def platform_key(jwks: dict, key_id: str) -> ed25519.Ed25519PublicKey | None:
    """A key of /.well-known/jwks.json."""
    for jwk in jwks["keys"]:
        if jwk["kid"] == key_id:
            return ed25519.Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(jwk["x"] + "="))
    return None


def key_id_of(headers) -> str:
    """Who signed an answer, says its Signature-Input."""
    found = re.search(r';keyid="([^"]*)"', headers.get("signature-input") or "")
    return found[1] if found else ""


def is_signed_answer(public_key, method, target_uri, status, headers, body, now=None) -> bool:
    """Whether the platform signed this answer to this request, not longer ago than five minutes."""
    label, _, params = (headers.get("signature-input") or "").partition("=")
    signature = re.fullmatch(r"bursar=:([A-Za-z0-9+/]+=*):", headers.get("signature") or "")
    created = re.search(r";created=(\d+)", params)
    if label != "bursar" or not params.startswith(f"{ANSWER_COMPONENTS};") or not signature:
        return False
    if ';tag="bursar-response"' not in params or not created:
        return False
    if not -60 <= (now or time.time()) - int(created[1]) <= 300:
        return False
    digest = content_digest(body)
    if headers.get("content-digest") != digest:
        return False
    components = [
        ('"@status"', str(status)),
        ('"content-digest"', digest),
        ('"@method";req', method),
        ('"@target-uri";req', target_uri),
    ]
    base = signature_base(components, params)
    return verify("ed25519", public_key, base, base64.b64decode(signature[1]))
