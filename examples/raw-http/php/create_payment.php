#!/usr/bin/env php
<?php

// Creates a payment: BURSAR_KEY_ID=key_… BURSAR_PRIVATE_KEY_FILE=private.pem php create_payment.php [fen] [out_trade_no]
//
// Running it again with the same out_trade_no gives the same payment, never a second one. BURSAR_DEBUG=1 also sends the
// signed text; in test mode a refusal then points at the first wrong byte.

declare(strict_types=1);

require __DIR__ . '/signing.php';

function setting(string $name, ?string $fallback = null): string
{
    $value = getenv($name) ?: $fallback;
    return $value ?? exit_with("Set $name, see the README.");
}

function exit_with(string $message): never
{
    fwrite(STDERR, "$message\n");
    exit(1);
}

/** @return string[] header lines, the signature among them */
function signed_headers(string $method, string $targetUri, string $body, string $idempotencyKey): array
{
    $components = [
        '"@method"' => $method,
        '"@target-uri"' => $targetUri,
        '"content-digest"' => content_digest($body),
        '"content-type"' => 'application/json',
        '"idempotency-key"' => $idempotencyKey,
    ];
    // What is covered, when, by whom, and a nonce that is used once.
    $params = sprintf(
        '(%s);created=%d;nonce="%s";keyid="%s";tag="bursar-request"',
        implode(' ', array_keys($components)),
        time(),
        bin2hex(random_bytes(16)),
        setting('BURSAR_KEY_ID'),
    );
    $base = signature_base($components, $params);
    $privateKey = file_get_contents(setting('BURSAR_PRIVATE_KEY_FILE')) ?: exit_with('The private key is not readable.');
    $signature = sign(setting('BURSAR_ALGORITHM', 'ed25519'), $privateKey, $base);
    $headers = [
        "content-digest: {$components['"content-digest"']}",
        "content-type: {$components['"content-type"']}",
        "idempotency-key: $idempotencyKey",
        "signature-input: bursar=$params",
        'signature: bursar=:' . base64_encode($signature) . ':',
        'accept-signature: ' . ACCEPT_SIGNATURE,
    ];
    if (getenv('BURSAR_DEBUG')) {
        $headers[] = 'bursar-debug-base: ' . base64_encode($base);
    }
    return $headers;
}

/** @return array{int, array<string, string>, string} status, headers, body */
function send(string $method, string $url, array $headers = [], ?string $body = null): array
{
    $options = ['method' => $method, 'header' => $headers, 'ignore_errors' => true, 'follow_location' => 0, 'timeout' => 30];
    if ($body !== null) {
        $options['content'] = $body;
    }
    $answer = file_get_contents($url, false, stream_context_create(['http' => $options]));
    if ($answer === false) {
        exit_with("There is no answer from $url.");
    }
    $received = [];
    foreach (array_slice($http_response_header, 1) as $line) {
        [$name, $value] = explode(':', $line, 2);
        $received[strtolower($name)] = trim($value);
    }
    return [(int) explode(' ', $http_response_header[0])[1], $received, $answer];
}

$apiBase = setting('BURSAR_API_BASE', 'http://localhost:3000');
$amount = (int) ($argv[1] ?? 100);
$outTradeNo = $argv[2] ?? 'raw-' . bin2hex(random_bytes(8));

$targetUri = "$apiBase/v1/payments";
$body = json_encode([
    'out_trade_no' => $outTradeNo,
    'amount' => $amount,
    'subject' => 'Raw HTTP example',
    'channel' => 'wechatpay',
], JSON_THROW_ON_ERROR);
$request = signed_headers('POST', $targetUri, $body, "create-$outTradeNo");
[$status, $headers, $answer] = send('POST', $targetUri, $request, $body);
echo "$answer\n";

// Believe the answer, good or bad, only if the platform signed it.
[, , $jwks] = send('GET', "$apiBase/.well-known/jwks.json");
preg_match('/;keyid="([^"]*)"/', $headers['signature-input'] ?? '', $keyId);
$platformKey = platform_key(json_decode($jwks, true, flags: JSON_THROW_ON_ERROR), $keyId[1] ?? '');
if ($platformKey === null || !is_signed_answer($platformKey, 'POST', $targetUri, $status, $headers, $answer, time())) {
    exit_with("HTTP $status, NOT signed by the platform: do not believe it, ask for the payment by its out_trade_no");
}
fwrite(STDERR, "HTTP $status, signed by the platform's key {$keyId[1]}\n");
exit($status >= 200 && $status < 300 ? 0 : 1);
