package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log"
	"os"
	"regexp"
	"strings"
	"time"
)

// The members of openapi/vectors/signing.json that are used here.
type vectorFile struct {
	Now  int64
	Keys []struct {
		KeyID          string `json:"key_id"`
		Algorithm      string
		PublicKey      string `json:"public_key"`
		TestPrivateKey string `json:"test_private_key"`
	}
	Requests  []vector
	Responses []vector
}

type vector struct {
	Name          string
	Valid         bool
	Error         string
	KeyID         string `json:"key_id"`
	Algorithm     string
	Deterministic bool
	Request       struct {
		Method    string
		TargetURI string `json:"target_uri"`
		Headers   [][2]string
		Body      *string
	}
	Response struct {
		Status  int
		Headers [][2]string
		Body    string
	}
	SignedBase string `json:"signed_base"`
	Signature  []byte
}

type vectorKey struct {
	algorithm       string
	public          any
	testPrivateText []byte
}

type vectorRun struct {
	keys                                              map[string]vectorKey
	accepted, refused, rules, answers, notRun, failed int
}

// runVectors checks signing.go against openapi/vectors/signing.json, and ends the program with 1 if it fails.
func runVectors(args []string) {
	path := "../../../openapi/vectors/signing.json"
	if len(args) > 0 {
		path = args[0]
	}
	var file vectorFile
	if err := json.Unmarshal(must(os.ReadFile(path)), &file); err != nil {
		log.Fatal(err)
	}
	run := vectorRun{keys: map[string]vectorKey{}}
	for _, key := range file.Keys {
		if key.Algorithm == "sm2-sm3" {
			continue
		}
		block, _ := pem.Decode([]byte(key.PublicKey))
		public := must(x509.ParsePKIXPublicKey(block.Bytes))
		run.keys[key.KeyID] = vectorKey{key.Algorithm, public, []byte(key.TestPrivateKey)}
	}
	for _, v := range file.Requests {
		run.request(v)
	}
	for _, v := range file.Responses {
		run.response(v, time.Unix(file.Now, 0))
	}
	fmt.Printf("go: %d accepted and signed alike, %d refused, %d against rules that only the platform checks, "+
		"%d answers, %d not run (sm2-sm3: Go's standard library has no SM2), %d failed\n",
		run.accepted, run.refused, run.rules, run.answers, run.notRun, run.failed)
	if run.failed > 0 {
		os.Exit(1)
	}
}

func (run *vectorRun) fail(v vector, why string) {
	run.failed++
	log.Printf("FAILED: %s: %s", v.Name, why)
}

func (run *vectorRun) request(v vector) {
	switch {
	case v.Algorithm == "sm2-sm3":
		run.notRun++
	case v.Valid:
		run.accepted++
		base := baseOf(v)
		if string(base) != v.SignedBase {
			run.fail(v, "the signature base differs")
		} else if !run.isGenuine(v, base) {
			run.fail(v, "a valid signature was refused")
		}
		key := run.keys[v.KeyID]
		ours := must(sign(key.algorithm, must(readPrivateKey(key.testPrivateText)), base))
		if v.Deterministic && !bytes.Equal(ours, v.Signature) {
			run.fail(v, "our signature differs")
		}
		if !verify(key.algorithm, key.public, base, ours) {
			run.fail(v, "our signature is wrong")
		}
	case v.Error == "signature_invalid" || v.Error == "content_digest_mismatch":
		run.refused++
		if base := baseOf(v); base != nil && run.isGenuine(v, base) {
			run.fail(v, "it was accepted, but is "+v.Error)
		}
	default:
		// What must be covered, how old a signature may be and so on: a caller need not judge that.
		run.rules++
	}
}

func (run *vectorRun) response(v vector, now time.Time) {
	run.answers++
	headers := map[string]string{}
	for _, header := range v.Response.Headers {
		headers[strings.ToLower(header[0])] = header[1]
	}
	public, _ := run.keys[v.KeyID].public.(ed25519.PublicKey)
	received := answer{v.Response.Status, headers, []byte(v.Response.Body)}
	if received.isSigned(public, v.Request.Method, v.Request.TargetURI, now) != v.Valid {
		run.fail(v, fmt.Sprintf("the answer was judged wrongly; valid: %t", v.Valid))
	}
}

func (run *vectorRun) isGenuine(v vector, base []byte) bool {
	input, _ := v.header("signature-input")
	field, _ := v.header("signature")
	named := regexp.MustCompile(`keyid="([^"]*)"`).FindStringSubmatch(input)
	encoded := strings.TrimSuffix(strings.TrimPrefix(field, "bursar=:"), ":")
	signature, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || named == nil || !isDigestRight(v) {
		return false
	}
	key := run.keys[named[1]]
	return verify(key.algorithm, key.public, base, signature)
}

// header is the one value of a header; false when it is absent or was sent twice.
func (v vector) header(name string) (string, bool) {
	value, count := "", 0
	for _, header := range v.Request.Headers {
		if strings.EqualFold(header[0], name) {
			value = strings.TrimSpace(header[1])
			count++
		}
	}
	return value, count == 1
}

// baseOf is the base of what arrived; nil when a covered header isn't there exactly once.
func baseOf(v vector) []byte {
	field, _ := v.header("signature-input")
	list, params, _ := strings.Cut(strings.TrimPrefix(field, "bursar="), ")")
	var components []component
	for _, quoted := range regexp.MustCompile(`"[^"]*"`).FindAllString(list, -1) {
		value, isThere := "", true
		switch name := strings.Trim(quoted, `"`); name {
		case "@method":
			value = v.Request.Method
		case "@target-uri":
			value = v.Request.TargetURI
		default:
			value, isThere = v.header(name)
		}
		if !isThere {
			return nil
		}
		components = append(components, component{quoted, value})
	}
	// RFC 9421 section 2.5: optional spaces of the header are not part of the signature base.
	names := strings.Join(strings.Fields(strings.TrimPrefix(list, "(")), " ")
	return signatureBase(components, "("+names+")"+strings.ReplaceAll(params, "; ", ";"))
}

func isDigestRight(v vector) bool {
	if v.Request.Body == nil {
		return true
	}
	field, _ := v.header("content-digest")
	body := []byte(*v.Request.Body)
	sha256Sum, sha512Sum := sha256.Sum256(body), sha512.Sum512(body)
	right := map[string]string{
		"sha-256": base64.StdEncoding.EncodeToString(sha256Sum[:]),
		"sha-512": base64.StdEncoding.EncodeToString(sha512Sum[:]),
	}
	for _, found := range regexp.MustCompile(`(sha-\d+)=:([^:]*):`).FindAllStringSubmatch(field, -1) {
		if right[found[1]] != found[2] {
			return false
		}
	}
	return true
}
