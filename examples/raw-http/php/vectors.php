#!/usr/bin/env php
<?php

// Runs openapi/vectors/signing.json against signing.php: php vectors.php [signing.json]

declare(strict_types=1);

require __DIR__ . '/signing.php';

$path = $argv[1] ?? __DIR__ . '/../../../openapi/vectors/signing.json';
$vectors = json_decode(file_get_contents($path), true, flags: JSON_THROW_ON_ERROR);
$keys = array_column($vectors['keys'], null, 'key_id');
$count = array_fill_keys(['accepted', 'refused', 'rules', 'answers', 'not_run', 'failed'], 0);

function fail(array $vector, string $why): void
{
    global $count;
    $count['failed']++;
    fwrite(STDERR, "FAILED: {$vector['name']}: $why\n");
}

/** The one value of a header; null when it is absent or was sent twice. */
function header_of(array $request, string $name): ?string
{
    $found = array_filter($request['headers'], fn (array $header) => strtolower($header[0]) === $name);
    return count($found) === 1 ? trim(reset($found)[1], " \t") : null;
}

/** The base of what arrived; null when a covered header isn't there exactly once. */
function base_of(array $request): ?string
{
    $received = substr(header_of($request, 'signature-input') ?? '', strlen('bursar='));
    [$list, $params] = explode(')', $received, 2);
    preg_match_all('/"([^"]*)"/', $list, $names);
    $components = [];
    foreach ($names[1] as $name) {
        $components["\"$name\""] = match ($name) {
            '@method' => $request['method'],
            '@target-uri' => $request['target_uri'],
            default => header_of($request, $name),
        };
    }
    if (in_array(null, $components, true)) {
        return null;
    }
    // RFC 9421 section 2.5: optional spaces of the header are not part of the signature base.
    $listed = implode(' ', array_keys($components));
    return signature_base($components, "($listed)" . str_replace('; ', ';', $params));
}

function is_digest_right(array $request): bool
{
    if ($request['body'] === null) {
        return true;
    }
    preg_match_all('/(sha-\d+)=:([^:]*):/', header_of($request, 'content-digest') ?? '', $digests, PREG_SET_ORDER);
    foreach ($digests as [, $name, $value]) {
        if (base64_encode(hash(str_replace('-', '', $name), $request['body'], true)) !== $value) {
            return false;
        }
    }
    return true;
}

function is_genuine(array $request, string $base): bool
{
    global $keys;
    preg_match('/keyid="([^"]*)"/', header_of($request, 'signature-input') ?? '', $keyId);
    $key = $keys[$keyId[1]];
    $signature = base64_decode(substr(header_of($request, 'signature') ?? '', strlen('bursar=:'), -1), true);
    return $signature !== false && is_digest_right($request)
        && verify($key['algorithm'], $key['public_key'], $base, $signature);
}

function check_valid(array $vector, array $key): void
{
    $base = base_of($vector['request']);
    if ($base !== $vector['signed_base']) {
        fail($vector, 'the signature base differs');
        return;
    }
    if (!is_genuine($vector['request'], $base)) {
        fail($vector, 'a valid signature was refused');
    }
    $ours = sign($key['algorithm'], $key['test_private_key'], $base);
    if ($vector['deterministic'] && base64_encode($ours) !== $vector['signature']) {
        fail($vector, 'our signature differs');
    }
    if (!verify($key['algorithm'], $key['public_key'], $base, $ours)) {
        fail($vector, 'our signature is wrong');
    }
}

foreach ($vectors['requests'] as $vector) {
    if (!in_array($vector['algorithm'], ALGORITHMS, true)) {
        $count['not_run']++;
    } elseif ($vector['valid']) {
        $count['accepted']++;
        check_valid($vector, $keys[$vector['key_id']]);
    } elseif (in_array($vector['error'], ['signature_invalid', 'content_digest_mismatch'], true)) {
        $count['refused']++;
        $base = base_of($vector['request']);
        if ($base !== null && is_genuine($vector['request'], $base)) {
            fail($vector, "it was accepted, but is {$vector['error']}");
        }
    } else {
        // What must be covered, how old a signature may be and so on: a caller need not judge that.
        $count['rules']++;
    }
}

foreach ($vectors['responses'] as $vector) {
    $count['answers']++;
    ['request' => $request, 'response' => $response] = $vector;
    $headers = [];
    foreach ($response['headers'] as [$name, $value]) {
        $headers[strtolower($name)] = $value;
    }
    $accepted = is_signed_answer(
        $keys[$vector['key_id']]['public_key'],
        $request['method'],
        $request['target_uri'],
        $response['status'],
        $headers,
        $response['body'],
        $vectors['now'],
    );
    if ($accepted !== $vector['valid']) {
        fail($vector, 'the answer was ' . ($accepted ? 'accepted' : 'refused'));
    }
}

echo "php: {$count['accepted']} accepted and signed alike, {$count['refused']} refused, {$count['rules']} against rules that only",
    " the platform checks, {$count['answers']} answers, {$count['not_run']} not run (rsa-pss-sha512 and sm2-sm3:",
    " ext-openssl has neither PSS nor SM2's user ID), {$count['failed']} failed\n";
exit($count['failed'] > 0 ? 1 : 0);
