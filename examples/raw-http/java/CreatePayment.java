import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Creates a payment: {@code BURSAR_KEY_ID=key_… BURSAR_PRIVATE_KEY_FILE=private.pem java CreatePayment [fen] [out_trade_no]}.
 *
 * <p>Running it again with the same out_trade_no gives the same payment, never a second one. BURSAR_DEBUG=1 also sends
 * the signed text; in test mode a refusal then points at the first wrong byte.
 */
final class CreatePayment {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] args) throws Exception {
        String apiBase = setting("BURSAR_API_BASE", "http://localhost:3000");
        long amount = args.length > 0 ? Long.parseLong(args[0]) : 100;
        String outTradeNo = args.length > 1 ? args[1] : "raw-" + randomHex(8);

        String targetUri = apiBase + "/v1/payments";
        byte[] body = """
                {"out_trade_no":"%s","amount":%d,"subject":"Raw HTTP example","channel":"wechatpay"}"""
                .formatted(outTradeNo, amount)
                .getBytes(StandardCharsets.UTF_8);
        var request = HttpRequest.newBuilder(URI.create(targetUri))
                .timeout(Duration.ofSeconds(30))
                .method("POST", BodyPublishers.ofByteArray(body));
        signedHeaders("POST", targetUri, body, "create-" + outTradeNo).forEach(request::header);
        var answer = send(request.build());
        System.out.println(new String(answer.body(), StandardCharsets.UTF_8));

        // Believe the answer, good or bad, only if the platform signed it.
        var keyId = Pattern.compile(";keyid=\"([^\"]*)\"").matcher(answer.headers().getOrDefault("signature-input", ""));
        String x = keyId.find() ? platformKeys(apiBase).get(keyId.group(1)) : null;
        if (x == null
                || !Signing.isSigned(
                        answer, Signing.platformKey(x), "POST", targetUri, Instant.now().getEpochSecond())) {
            System.err.printf(
                    "HTTP %d, NOT signed by the platform: do not believe it, ask for the payment by its out_trade_no%n",
                    answer.status());
            System.exit(1);
        }
        System.err.printf("HTTP %d, signed by the platform's key %s%n", answer.status(), keyId.group(1));
        System.exit(answer.status() < 300 ? 0 : 1);
    }

    private static Map<String, String> signedHeaders(String method, String targetUri, byte[] body, String idempotencyKey)
            throws Exception {
        var headers = new HashMap<String, String>();
        var components = new ArrayList<Signing.Component>();
        components.add(new Signing.Component("\"@method\"", method));
        components.add(new Signing.Component("\"@target-uri\"", targetUri));
        for (var covered : List.of(
                new Signing.Component("content-digest", Signing.contentDigest(body)),
                new Signing.Component("content-type", "application/json"),
                new Signing.Component("idempotency-key", idempotencyKey))) {
            headers.put(covered.name(), covered.value());
            components.add(new Signing.Component('"' + covered.name() + '"', covered.value()));
        }
        // What is covered, when, by whom, and a nonce that is used once.
        String params = "(%s);created=%d;nonce=\"%s\";keyid=\"%s\";tag=\"bursar-request\"".formatted(
                components.stream().map(Signing.Component::name).collect(Collectors.joining(" ")),
                Instant.now().getEpochSecond(),
                randomHex(16),
                required("BURSAR_KEY_ID"));
        byte[] base = Signing.signatureBase(components, params);
        String algorithm = setting("BURSAR_ALGORITHM", "ed25519");
        var key = Signing.privateKey(algorithm, Files.readString(Path.of(required("BURSAR_PRIVATE_KEY_FILE"))));
        byte[] signature = Signing.sign(algorithm, key, base);
        headers.put("signature-input", "bursar=" + params);
        headers.put("signature", "bursar=:" + Base64.getEncoder().encodeToString(signature) + ":");
        headers.put("accept-signature", Signing.ACCEPT_SIGNATURE);
        if (System.getenv("BURSAR_DEBUG") != null) {
            headers.put("bursar-debug-base", Base64.getEncoder().encodeToString(base));
        }
        return headers;
    }

    private static Signing.Answer send(HttpRequest request) throws Exception {
        var response = CLIENT.send(request, BodyHandlers.ofByteArray());
        var headers = new HashMap<String, String>();
        response.headers().map().forEach((name, values) -> headers.put(name.toLowerCase(), values.get(0)));
        return new Signing.Answer(response.statusCode(), headers, response.body());
    }

    /** The {@code x} of every key in /.well-known/jwks.json, by its id. */
    private static Map<String, String> platformKeys(String apiBase) throws Exception {
        var answer = send(HttpRequest.newBuilder(URI.create(apiBase + "/.well-known/jwks.json")).build());
        var keys = new HashMap<String, String>();
        for (var key : Json.list(Json.object(Json.parse(new String(answer.body(), StandardCharsets.UTF_8))).get("keys"))) {
            keys.put((String) Json.object(key).get("kid"), (String) Json.object(key).get("x"));
        }
        return keys;
    }

    private static String randomHex(int length) {
        byte[] random = new byte[length];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static String setting(String name, String fallback) {
        return System.getenv().getOrDefault(name, fallback);
    }

    private static String required(String name) {
        String value = System.getenv(name);
        if (value == null) throw new IllegalStateException("set " + name + ", see the README");
        return value;
    }
}
