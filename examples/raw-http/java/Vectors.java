import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Runs openapi/vectors/signing.json against Signing: {@code java Vectors signing.json}. */
final class Vectors {
    private static final Set<String> REFUSALS = Set.of("signature_invalid", "content_digest_mismatch");

    private final Map<String, Map<String, Object>> keys = new HashMap<>();
    private int accepted;
    private int refused;
    private int rules;
    private int answers;
    private int notRun;
    private int failed;

    public static void main(String[] args) throws Exception {
        var file = Json.object(Json.parse(Files.readString(Path.of(args[0]))));
        var run = new Vectors();
        for (var key : Json.list(file.get("keys"))) run.keys.put((String) Json.object(key).get("key_id"), Json.object(key));
        for (var vector : Json.list(file.get("requests"))) run.request(Json.object(vector));
        for (var vector : Json.list(file.get("responses"))) run.response(Json.object(vector), (Long) file.get("now"));
        System.out.printf(
                "java: %d accepted and signed alike, %d refused, %d against rules that only the platform checks, %d answers,"
                        + " %d not run (sm2-sm3: Java's standard library has no SM2), %d failed%n",
                run.accepted, run.refused, run.rules, run.answers, run.notRun, run.failed);
        System.exit(run.failed > 0 ? 1 : 0);
    }

    private void request(Map<String, Object> vector) throws GeneralSecurityException {
        String algorithm = (String) vector.get("algorithm");
        var request = Json.object(vector.get("request"));
        if (!Signing.ALGORITHMS.contains(algorithm)) {
            notRun++;
        } else if ((boolean) vector.get("valid")) {
            accepted++;
            byte[] base = baseOf(request);
            if (!new String(base, StandardCharsets.UTF_8).equals(vector.get("signed_base"))) {
                fail(vector, "the signature base differs");
            } else if (!isGenuine(request, base)) {
                fail(vector, "a valid signature was refused");
            }
            signAlike(vector, keys.get((String) vector.get("key_id")), base);
        } else if (REFUSALS.contains(vector.get("error"))) {
            refused++;
            byte[] base = baseOf(request);
            if (base != null && isGenuine(request, base)) fail(vector, "it was accepted, but is " + vector.get("error"));
        } else {
            // What must be covered, how old a signature may be and so on: a caller need not judge that.
            rules++;
        }
    }

    private void signAlike(Map<String, Object> vector, Map<String, Object> key, byte[] base)
            throws GeneralSecurityException {
        String algorithm = (String) key.get("algorithm");
        byte[] ours = Signing.sign(algorithm, Signing.privateKey(algorithm, (String) key.get("test_private_key")), base);
        byte[] theirs = Base64.getDecoder().decode((String) vector.get("signature"));
        if ((boolean) vector.get("deterministic") && !Arrays.equals(ours, theirs)) fail(vector, "our signature differs");
        var publicKey = Signing.publicKey(algorithm, (String) key.get("public_key"));
        if (!Signing.verify(algorithm, publicKey, base, ours)) fail(vector, "our signature is wrong");
    }

    private void response(Map<String, Object> vector, long now) throws GeneralSecurityException {
        answers++;
        var request = Json.object(vector.get("request"));
        var response = Json.object(vector.get("response"));
        var headers = new HashMap<String, String>();
        for (var header : Json.list(response.get("headers"))) {
            var pair = Json.list(header);
            headers.put(((String) pair.get(0)).toLowerCase(), (String) pair.get(1));
        }
        var answer = new Signing.Answer(
                Math.toIntExact((Long) response.get("status")),
                headers,
                ((String) response.get("body")).getBytes(StandardCharsets.UTF_8));
        var key = Signing.publicKey("ed25519", (String) keys.get((String) vector.get("key_id")).get("public_key"));
        String method = (String) request.get("method");
        boolean isSigned = Signing.isSigned(answer, key, method, (String) request.get("target_uri"), now);
        if (isSigned != (boolean) vector.get("valid")) fail(vector, isSigned ? "it was accepted" : "it was refused");
    }

    private void fail(Map<String, Object> vector, String why) {
        failed++;
        System.err.printf("FAILED: %s: %s%n", vector.get("name"), why);
    }

    /** The one value of a header; null when it is absent or was sent twice. */
    private static String header(Map<String, Object> request, String name) {
        var values = new ArrayList<String>();
        for (var header : Json.list(request.get("headers"))) {
            var pair = Json.list(header);
            if (name.equalsIgnoreCase((String) pair.get(0))) values.add(((String) pair.get(1)).strip());
        }
        return values.size() == 1 ? values.get(0) : null;
    }

    /** The base of what arrived; null when a covered header isn't there exactly once. */
    private static byte[] baseOf(Map<String, Object> request) {
        String input = header(request, "signature-input").substring("bursar=".length());
        int end = input.indexOf(')');
        var components = new ArrayList<Signing.Component>();
        var names = new ArrayList<String>();
        var quoted = Pattern.compile("\"([^\"]*)\"").matcher(input.substring(0, end));
        while (quoted.find()) {
            String value = switch (quoted.group(1)) {
                case "@method" -> (String) request.get("method");
                case "@target-uri" -> (String) request.get("target_uri");
                default -> header(request, quoted.group(1));
            };
            if (value == null) return null;
            names.add(quoted.group());
            components.add(new Signing.Component(quoted.group(), value));
        }
        // RFC 9421 section 2.5: optional spaces of the header are not part of the signature base.
        String params = input.substring(end + 1).replace("; ", ";");
        return Signing.signatureBase(components, "(" + String.join(" ", names) + ")" + params);
    }

    private boolean isGenuine(Map<String, Object> request, byte[] base) throws GeneralSecurityException {
        var keyId = Pattern.compile("keyid=\"([^\"]*)\"").matcher(header(request, "signature-input"));
        String field = header(request, "signature");
        if (!keyId.find() || field == null || !isDigestRight(request)) return false;
        var key = keys.get(keyId.group(1));
        String algorithm = (String) key.get("algorithm");
        byte[] signature = Base64.getDecoder().decode(field.substring("bursar=:".length(), field.length() - 1));
        return Signing.verify(algorithm, Signing.publicKey(algorithm, (String) key.get("public_key")), base, signature);
    }

    private static boolean isDigestRight(Map<String, Object> request) throws GeneralSecurityException {
        String field = header(request, "content-digest");
        if (request.get("body") == null || field == null) return true;
        var digests = Pattern.compile("(sha-\\d+)=:([^:]*):").matcher(field);
        byte[] body = ((String) request.get("body")).getBytes(StandardCharsets.UTF_8);
        while (digests.find()) {
            byte[] digest = MessageDigest.getInstance(digests.group(1).toUpperCase()).digest(body);
            if (!Base64.getEncoder().encodeToString(digest).equals(digests.group(2))) return false;
        }
        return true;
    }
}
