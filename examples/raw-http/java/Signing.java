import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Signs requests and verifies signed answers (RFC 9421) with Java's standard library. */
final class Signing {
    static final List<String> ALGORITHMS =
            List.of("ed25519", "ecdsa-p256-sha256", "rsa-pss-sha512", "rsa-v1_5-sha256");
    static final String ANSWER_COMPONENTS =
            "(\"@status\" \"content-digest\" \"@method\";req \"@target-uri\";req)";
    static final String ACCEPT_SIGNATURE = "bursar=" + ANSWER_COMPONENTS + ";tag=\"bursar-response\"";

    private static final Pattern CREATED = Pattern.compile(";created=(\\d+)");
    private static final Pattern SIGNATURE = Pattern.compile("bursar=:([A-Za-z0-9+/]+=*):");

    private Signing() {}

    /** A component of a message, such as {@code "@method"} (with its quotes) and {@code POST}. */
    record Component(String name, String value) {}

    /** What is needed of a response; header names in lower case. */
    record Answer(int status, Map<String, String> headers, byte[] body) {}

    /** The Content-Digest header (RFC 9530) over the very bytes that are sent. */
    static String contentDigest(byte[] body) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
        return "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":";
    }

    /** RFC 9421 section 2.5: one line per component, LF between them, none at the end. */
    static byte[] signatureBase(List<Component> components, String params) {
        var base = new StringBuilder();
        for (var component : components) {
            base.append(component.name()).append(": ").append(component.value()).append('\n');
        }
        return base.append("\"@signature-params\": ").append(params).toString().getBytes(StandardCharsets.UTF_8);
    }

    static byte[] sign(String algorithm, PrivateKey key, byte[] base) throws GeneralSecurityException {
        var signature = signatureOf(algorithm, 64);
        signature.initSign(key);
        signature.update(base);
        return signature.sign();
    }

    static boolean verify(String algorithm, PublicKey key, byte[] base, byte[] bytes) throws GeneralSecurityException {
        // Java wants to know how long a PSS salt is; a signer uses 64 bytes, but any length is allowed.
        int[] saltLengths = algorithm.equals("rsa-pss-sha512") ? new int[] {64, 32, 0} : new int[] {64};
        for (int saltLength : saltLengths) {
            var signature = signatureOf(algorithm, saltLength);
            signature.initVerify(key);
            signature.update(base);
            try {
                if (signature.verify(bytes)) return true;
            } catch (SignatureException malformed) {
                // Not even the form of a signature.
            }
        }
        return false;
    }

    private static Signature signatureOf(String algorithm, int saltLength) throws GeneralSecurityException {
        switch (algorithm) {
            case "ed25519":
                return Signature.getInstance("Ed25519");
            case "ecdsa-p256-sha256":
                // r and s, 32 bytes each. "SHA256withECDSA" alone would be DER.
                return Signature.getInstance("SHA256withECDSAinP1363Format");
            case "rsa-v1_5-sha256":
                return Signature.getInstance("SHA256withRSA");
            case "rsa-pss-sha512":
                var pss = Signature.getInstance("RSASSA-PSS");
                pss.setParameter(new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, saltLength, 1));
                return pss;
            default:
                throw new GeneralSecurityException(algorithm + " is not one of " + ALGORITHMS);
        }
    }

    static PrivateKey privateKey(String algorithm, String pem) throws GeneralSecurityException {
        return KeyFactory.getInstance(keyTypeOf(algorithm)).generatePrivate(new PKCS8EncodedKeySpec(der(pem)));
    }

    static PublicKey publicKey(String algorithm, String pem) throws GeneralSecurityException {
        return KeyFactory.getInstance(keyTypeOf(algorithm)).generatePublic(new X509EncodedKeySpec(der(pem)));
    }

    /** The key of /.well-known/jwks.json whose {@code x} this is. */
    static PublicKey platformKey(String x) throws GeneralSecurityException {
        // 12 bytes that say "an Ed25519 public key" (RFC 8410), then the 32 bytes of the key.
        String der = "302a300506032b6570032100" + HexFormat.of().formatHex(Base64.getUrlDecoder().decode(x));
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(HexFormat.of().parseHex(der)));
    }

    private static String keyTypeOf(String algorithm) {
        if (algorithm.equals("ed25519")) return "Ed25519";
        return algorithm.startsWith("rsa") ? "RSA" : "EC";
    }

    private static byte[] der(String pem) {
        return Base64.getDecoder().decode(pem.replaceAll("-----[^-]+-----|\\s", ""));
    }

    /** Whether the platform signed this answer to this request, not longer ago than five minutes. */
    static boolean isSigned(Answer answer, PublicKey key, String method, String targetUri, long now)
            throws GeneralSecurityException {
        String input = answer.headers().getOrDefault("signature-input", "");
        var created = CREATED.matcher(input);
        var signature = SIGNATURE.matcher(answer.headers().getOrDefault("signature", ""));
        if (!input.startsWith("bursar=" + ANSWER_COMPONENTS + ";")
                || !input.contains(";tag=\"bursar-response\"")
                || !created.find()
                || !signature.matches()) {
            return false;
        }
        long age = now - Long.parseLong(created.group(1));
        String digest = contentDigest(answer.body());
        if (age > 300 || age < -60 || !digest.equals(answer.headers().get("content-digest"))) return false;
        var components = List.of(
                new Component("\"@status\"", String.valueOf(answer.status())),
                new Component("\"content-digest\"", digest),
                new Component("\"@method\";req", method),
                new Component("\"@target-uri\";req", targetUri));
        byte[] base = signatureBase(components, input.substring("bursar=".length()));
        return verify("ed25519", key, base, Base64.getDecoder().decode(signature.group(1)));
    }
}
