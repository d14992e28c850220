import { bodyTextOf, targetOf } from './logged-call.rules.js'
import type { LoggedCall, SnippetOptions } from './snippet.types.js'

interface JavaAlgorithm {
  keyType: string
  signature: string
  /** RFC 9421 section 3.3.1: a salt of 64 bytes. */
  parameters?: string
}

const ALGORITHMS: Record<string, JavaAlgorithm> = {
  ed25519: { keyType: 'Ed25519', signature: 'Ed25519' },
  // r and s, 32 bytes each. "SHA256withECDSA" alone would be DER.
  'ecdsa-p256-sha256': { keyType: 'EC', signature: 'SHA256withECDSAinP1363Format' },
  'rsa-v1_5-sha256': { keyType: 'RSA', signature: 'SHA256withRSA' },
  'rsa-pss-sha512': {
    keyType: 'RSA',
    signature: 'RSASSA-PSS',
    parameters:
      'new java.security.spec.PSSParameterSpec("SHA-512", "MGF1", ' +
      'java.security.spec.MGF1ParameterSpec.SHA512, 64, 1)',
  },
}

/** Whether Java's standard library signs with it; SM2 needs a provider. */
export const isSignedByJava = (algorithm: string | null): boolean =>
  algorithm === null || algorithm in ALGORITHMS

/** One file for `java Call.java`, Java 17 and its standard library alone. */
export function javaSnippet(call: LoggedCall, options: SnippetOptions): string {
  const body = bodyTextOf(call)
  const { keyType, signature, parameters } = ALGORITHMS[call.algorithm ?? 'ed25519'] ??
    ALGORITHMS.ed25519 ?? { keyType: '', signature: '' }
  const covered = coveredPuts(call, options)
  return `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.UUID;

import static java.nio.charset.StandardCharsets.UTF_8;

/** ${call.method} ${call.path}: java Call.java */
public class Call {
    public static void main(String[] args) throws Exception {
        String keyId = ${call.keyId === null ? 'System.getenv("BURSAR_KEY_ID")' : `System.getenv().getOrDefault("BURSAR_KEY_ID", ${literal(call.keyId)})`};
        String keyFile = System.getenv().getOrDefault("BURSAR_PRIVATE_KEY_FILE", "private.pem");
        String targetUri = ${literal(options.apiBase + targetOf(call))};
${body === null ? '' : `        byte[] body = ${literal(body)}.getBytes(UTF_8);\n`}
        var covered = new LinkedHashMap<String, String>();
${covered.map((line) => `        ${line}\n`).join('')}
        var names = new StringBuilder("\\"@method\\" \\"@target-uri\\"");
        var base = new StringBuilder("\\"@method\\": ${call.method}\\n\\"@target-uri\\": " + targetUri + "\\n");
        covered.forEach((name, value) -> {
            names.append(" \\"").append(name).append('"');
            base.append('"').append(name).append("\\": ").append(value).append('\\n');
        });
        String parameters = "(" + names + ");created=" + Instant.now().getEpochSecond()
                + ";nonce=\\"" + UUID.randomUUID() + "\\";keyid=\\"" + keyId + "\\";tag=\\"bursar-request\\"";
        base.append("\\"@signature-params\\": ").append(parameters);

        String pem = Files.readString(Path.of(keyFile)).replaceAll("-----[^-]+-----|\\\\s", "");
        var key = KeyFactory.getInstance("${keyType}")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        var signer = Signature.getInstance("${signature}");
${parameters === undefined ? '' : `        signer.setParameter(${parameters});\n`}        signer.initSign(key);
        signer.update(base.toString().getBytes(UTF_8));
        String signature = Base64.getEncoder().encodeToString(signer.sign());

        var request = HttpRequest.newBuilder(URI.create(targetUri))
                .method("${call.method}", HttpRequest.BodyPublishers.${body === null ? 'noBody()' : 'ofByteArray(body)'})
                .header("signature-input", "bursar=" + parameters)
                .header("signature", "bursar=:" + signature + ":");
${call.apiVersion === null ? '' : `        request.header("bursar-version", ${literal(call.apiVersion)});\n`}        covered.forEach(request::header);
        var answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        System.err.println("HTTP " + answer.statusCode());
        System.out.println(answer.body());
    }
}
`
}

function coveredPuts(call: LoggedCall, options: SnippetOptions): string[] {
  const lines: string[] = []
  if (call.body !== undefined) {
    lines.push(
      'byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);',
      'covered.put("content-digest", "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":");',
      `covered.put("content-type", ${literal(call.contentType ?? 'application/json')});`,
    )
  }
  if (call.idempotencyKey !== null) {
    const value = options.sameIdempotencyKey
      ? literal(call.idempotencyKey)
      : 'UUID.randomUUID().toString()'
    lines.push(`covered.put("idempotency-key", ${value});`)
  }
  return lines
}

/** A text of Java. What is not ASCII is escaped: before Java 18 the machine's locale said how a source is read. */
function literal(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
