// Creates a payment with Go's standard library alone:
//
//	BURSAR_KEY_ID=key_… BURSAR_PRIVATE_KEY_FILE=private.pem go run . [fen] [out_trade_no]
//	go run . vectors [signing.json]
//
// Running it again with the same out_trade_no gives the same payment, never a second one. BURSAR_DEBUG=1 also sends
// the signed text; in test mode a refusal then points at the first wrong byte.
package main

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "vectors" {
		runVectors(args[1:])
		return
	}
	amount, outTradeNo := 100, "raw-"+randomHex(8)
	if len(args) > 0 {
		amount = must(strconv.Atoi(args[0]))
	}
	if len(args) > 1 {
		outTradeNo = args[1]
	}
	createPayment(amount, outTradeNo)
}

func createPayment(amount int, outTradeNo string) {
	apiBase := setting("BURSAR_API_BASE", "http://localhost:3000")
	body := must(json.Marshal(map[string]any{
		"out_trade_no": outTradeNo,
		"amount":       amount,
		"subject":      "Raw HTTP example",
		"channel":      "wechatpay",
	}))
	request := signedRequest("POST", apiBase+"/v1/payments", body, "create-"+outTradeNo)
	answer := send(request)
	fmt.Println(string(answer.body))

	// Believe the answer, good or bad, only if the platform signed it.
	key := platformKey(apiBase, answer.keyID())
	if key == nil || !answer.isSigned(key, request.Method, request.URL.String(), time.Now()) {
		log.Fatalf("HTTP %d, NOT signed by the platform: do not believe it, ask for the payment by its out_trade_no", answer.status)
	}
	log.Printf("HTTP %d, signed by the platform's key %s", answer.status, answer.keyID())
	if answer.status >= 300 {
		os.Exit(1)
	}
}

func signedRequest(method, targetURI string, body []byte, idempotencyKey string) *http.Request {
	request := must(http.NewRequest(method, targetURI, bytes.NewReader(body)))
	components := []component{{`"@method"`, method}, {`"@target-uri"`, targetURI}}
	cover := func(name, value string) {
		request.Header.Set(name, value)
		components = append(components, component{`"` + name + `"`, value})
	}
	cover("content-digest", contentDigest(body))
	cover("content-type", "application/json")
	cover("idempotency-key", idempotencyKey)

	// What is covered, when, by whom, and a nonce that is used once.
	names := make([]string, len(components))
	for i, c := range components {
		names[i] = c.name
	}
	params := fmt.Sprintf(`(%s);created=%d;nonce="%s";keyid="%s";tag="bursar-request"`,
		strings.Join(names, " "), time.Now().Unix(), randomHex(16), required("BURSAR_KEY_ID"))
	base := signatureBase(components, params)
	signature := must(sign(setting("BURSAR_ALGORITHM", "ed25519"), privateKey(), base))
	request.Header.Set("signature-input", "bursar="+params)
	request.Header.Set("signature", "bursar=:"+base64.StdEncoding.EncodeToString(signature)+":")
	request.Header.Set("accept-signature", acceptSignature)
	if os.Getenv("BURSAR_DEBUG") != "" {
		request.Header.Set("bursar-debug-base", base64.StdEncoding.EncodeToString(base))
	}
	return request
}

func send(request *http.Request) answer {
	client := http.Client{Timeout: 30 * time.Second}
	response := must(client.Do(request))
	defer response.Body.Close()
	headers := map[string]string{}
	for name := range response.Header {
		headers[strings.ToLower(name)] = response.Header.Get(name)
	}
	return answer{response.StatusCode, headers, must(io.ReadAll(response.Body))}
}

// platformKey looks a key up in /.well-known/jwks.json; nil when it is not there.
func platformKey(apiBase, keyID string) ed25519.PublicKey {
	var jwks struct {
		Keys []struct{ Kid, X string }
	}
	request := must(http.NewRequest("GET", apiBase+"/.well-known/jwks.json", nil))
	if err := json.Unmarshal(send(request).body, &jwks); err != nil {
		log.Fatal(err)
	}
	for _, key := range jwks.Keys {
		if key.Kid == keyID {
			return must(base64.RawURLEncoding.DecodeString(key.X))
		}
	}
	return nil
}

func privateKey() crypto.Signer {
	return must(readPrivateKey(must(os.ReadFile(required("BURSAR_PRIVATE_KEY_FILE")))))
}

func randomHex(length int) string {
	random := make([]byte, length)
	must(rand.Read(random))
	return hex.EncodeToString(random)
}

func setting(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func required(name string) string {
	value := os.Getenv(name)
	if value == "" {
		log.Fatalf("set %s, see the README", name)
	}
	return value
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
