<?php

declare(strict_types=1);

// Signs requests and verifies signed answers (RFC 9421) with ext-openssl and ext-sodium, which PHP brings along.

const ANSWER_COMPONENTS = '("@status" "content-digest" "@method";req "@target-uri";req)';
const ACCEPT_SIGNATURE = 'bursar=' . ANSWER_COMPONENTS . ';tag="bursar-response"';
const ALGORITHMS = ['ed25519', 'ecdsa-p256-sha256', 'rsa-v1_5-sha256'];

/** The Content-Digest header (RFC 9530) over the very bytes that are sent. */
function content_digest(string $body): string
{
    return 'sha-256=:' . base64_encode(hash('sha256', $body, true)) . ':';
}

/**
 * RFC 9421 section 2.5: one line per component, LF between them, none at the end.
 *
 * @param array<string, string> $components such as ['"@method"' => 'POST']
 */
function signature_base(array $components, string $params): string
{
    $base = '';
    foreach ($components as $name => $value) {
        $base .= "$name: $value\n";
    }
    return "$base\"@signature-params\": $params";
}

function sign(string $algorithm, string $privateKeyPem, string $base): string
{
    switch ($algorithm) {
        case 'ed25519':
            // The last 32 bytes of the PKCS #8 key are the seed (RFC 8410 section 7).
            $pair = sodium_crypto_sign_seed_keypair(substr(pem_to_der($privateKeyPem), -32));
            return sodium_crypto_sign_detached($base, sodium_crypto_sign_secretkey($pair));
        case 'ecdsa-p256-sha256':
            openssl_sign($base, $der, $privateKeyPem, OPENSSL_ALGO_SHA256) or throw new RuntimeException(openssl_error_string());
            return der_to_raw($der);
        case 'rsa-v1_5-sha256':
            openssl_sign($base, $signature, $privateKeyPem, OPENSSL_ALGO_SHA256) or throw new RuntimeException(openssl_error_string());
            return $signature;
    }
    throw new InvalidArgumentException("$algorithm is not one of " . implode(', ', ALGORITHMS));
}

function verify(string $algorithm, string $publicKeyPem, string $base, string $signature): bool
{
    switch ($algorithm) {
        case 'ed25519':
            $key = substr(pem_to_der($publicKeyPem), -32);
            return strlen($signature) === 64 && sodium_crypto_sign_verify_detached($signature, $base, $key);
        case 'ecdsa-p256-sha256':
            return strlen($signature) === 64
                && openssl_verify($base, raw_to_der($signature), $publicKeyPem, OPENSSL_ALGO_SHA256) === 1;
        case 'rsa-v1_5-sha256':
            return openssl_verify($base, $signature, $publicKeyPem, OPENSSL_ALGO_SHA256) === 1;
    }
    return false;
}

/** OpenSSL writes the two numbers of an ECDSA signature as DER; on the wire they are 32 bytes each. */
function der_to_raw(string $der): string
{
    $rLength = ord($der[3]);
    $numbers = [substr($der, 4, $rLength), substr($der, 6 + $rLength)];
    return implode(array_map(fn (string $n) => str_pad(ltrim($n, "\0"), 32, "\0", STR_PAD_LEFT), $numbers));
}

function raw_to_der(string $raw): string
{
    $numbers = '';
    foreach (str_split($raw, 32) as $number) {
        // The first bit of a DER integer is its sign, and it has no needless zeros.
        $number = ltrim($number, "\0");
        if ($number === '' || ord($number[0]) > 127) {
            $number = "\0$number";
        }
        $numbers .= "\x02" . chr(strlen($number)) . $number;
    }
    return "\x30" . chr(strlen($numbers)) . $numbers;
}

function pem_to_der(string $pem): string
{
    return base64_decode(preg_replace('/-----[^-]+-----|\s/', '', $pem));
}

/** That key of /.well-known/jwks.json as PEM; null when it isn't there. */
function platform_key(array $jwks, string $keyId): ?string
{
    foreach ($jwks['keys'] as $jwk) {
        if ($jwk['kid'] === $keyId) {
            // 12 bytes that say "an Ed25519 public key" (RFC 8410), then the 32 bytes of the key.
            $der = hex2bin('302a300506032b6570032100') . base64_decode(strtr($jwk['x'], '-_', '+/'));
            return "-----BEGIN PUBLIC KEY-----\n" . base64_encode($der) . "\n-----END PUBLIC KEY-----\n";
        }
    }
    return null;
}

/**
 * Whether the platform signed this answer to this request, not longer ago than five minutes.
 *
 * @param array<string, string> $headers with names in lower case
 */
function is_signed_answer(
    string $publicKeyPem,
    string $method,
    string $targetUri,
    int $status,
    array $headers,
    string $body,
    int $now,
): bool {
    $input = $headers['signature-input'] ?? '';
    $digest = content_digest($body);
    if (
        !str_starts_with($input, 'bursar=' . ANSWER_COMPONENTS . ';')
        || !str_contains($input, ';tag="bursar-response"')
        || !preg_match('/;created=(\d+)/', $input, $created)
        || !preg_match('/^bursar=:([A-Za-z0-9+\/]+=*):$/D', $headers['signature'] ?? '', $signature)
        || $now - (int) $created[1] > 300
        || $now - (int) $created[1] < -60
        || ($headers['content-digest'] ?? '') !== $digest
    ) {
        return false;
    }
    $components = [
        '"@status"' => (string) $status,
        '"content-digest"' => $digest,
        '"@method";req' => $method,
        '"@target-uri";req' => $targetUri,
    ];
    $base = signature_base($components, substr($input, strlen('bursar=')));
    return verify('ed25519', $publicKeyPem, $base, base64_decode($signature[1]));
}
