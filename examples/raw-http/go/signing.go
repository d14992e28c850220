package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	answerComponents = `("@status" "content-digest" "@method";req "@target-uri";req)`
	acceptSignature  = "bursar=" + answerComponents + `;tag="bursar-response"`
)

// A component of a message, such as {`"@method"`, "POST"}.
type component struct{ name, value string }

// contentDigest is the Content-Digest header (RFC 9530) over the very bytes that are sent.
func contentDigest(body []byte) string {
	digest := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(digest[:]) + ":"
}

// signatureBase has one line per component, LF between them and none at the end (RFC 9421 section 2.5).
func signatureBase(components []component, params string) []byte {
	var base strings.Builder
	for _, c := range components {
		base.WriteString(c.name + ": " + c.value + "\n")
	}
	base.WriteString(`"@signature-params": ` + params)
	return []byte(base.String())
}

func sign(algorithm string, key crypto.Signer, base []byte) ([]byte, error) {
	switch algorithm {
	case "ed25519":
		return key.Sign(rand.Reader, base, crypto.Hash(0))
	case "ecdsa-p256-sha256":
		private, ok := key.(*ecdsa.PrivateKey)
		if !ok {
			return nil, errors.New("the key is not an EC key")
		}
		digest := sha256.Sum256(base)
		r, s, err := ecdsa.Sign(rand.Reader, private, digest[:])
		if err != nil {
			return nil, err
		}
		// On the wire the two numbers are 32 bytes each, never DER.
		signature := make([]byte, 64)
		r.FillBytes(signature[:32])
		s.FillBytes(signature[32:])
		return signature, nil
	case "rsa-pss-sha512":
		digest := sha512.Sum512(base)
		return key.Sign(rand.Reader, digest[:], &rsa.PSSOptions{SaltLength: 64, Hash: crypto.SHA512})
	case "rsa-v1_5-sha256":
		digest := sha256.Sum256(base)
		return key.Sign(rand.Reader, digest[:], crypto.SHA256)
	}
	return nil, fmt.Errorf("there is no algorithm %s here", algorithm)
}

func verify(algorithm string, key crypto.PublicKey, base, signature []byte) bool {
	switch public := key.(type) {
	case ed25519.PublicKey:
		return algorithm == "ed25519" && ed25519.Verify(public, base, signature)
	case *ecdsa.PublicKey:
		if algorithm != "ecdsa-p256-sha256" || len(signature) != 64 {
			return false
		}
		digest := sha256.Sum256(base)
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		return ecdsa.Verify(public, digest[:], r, s)
	case *rsa.PublicKey:
		if algorithm == "rsa-pss-sha512" {
			digest := sha512.Sum512(base)
			return rsa.VerifyPSS(public, crypto.SHA512, digest[:], signature, nil) == nil
		}
		digest := sha256.Sum256(base)
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature) == nil
	}
	return false
}

func readPrivateKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("the private key is not PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("the private key cannot sign")
	}
	return signer, nil
}

// An answer is what a signed response says, with lower-case header names.
type answer struct {
	status  int
	headers map[string]string
	body    []byte
}

var (
	keyIDPattern     = regexp.MustCompile(`;keyid="([^"]*)"`)
	createdPattern   = regexp.MustCompile(`;created=(\d+)`)
	signaturePattern = regexp.MustCompile(`^bursar=:([A-Za-z0-9+/]+=*):$`)
)

// keyID is the id of the key that signed, says Signature-Input.
func (a answer) keyID() string {
	if found := keyIDPattern.FindStringSubmatch(a.headers["signature-input"]); found != nil {
		return found[1]
	}
	return ""
}

// isSigned tells whether the platform signed this answer to this request, not longer ago than five minutes.
func (a answer) isSigned(key ed25519.PublicKey, method, targetURI string, now time.Time) bool {
	params, isOurs := strings.CutPrefix(a.headers["signature-input"], "bursar=")
	created := createdPattern.FindStringSubmatch(params)
	encoded := signaturePattern.FindStringSubmatch(a.headers["signature"])
	if !isOurs || created == nil || encoded == nil || !strings.HasPrefix(params, answerComponents+";") ||
		!strings.Contains(params, `;tag="bursar-response"`) {
		return false
	}
	seconds, err := strconv.ParseInt(created[1], 10, 64)
	if age := now.Unix() - seconds; err != nil || age > 300 || age < -60 {
		return false
	}
	digest := contentDigest(a.body)
	signature, err := base64.StdEncoding.DecodeString(encoded[1])
	if err != nil || a.headers["content-digest"] != digest {
		return false
	}
	base := signatureBase([]component{
		{`"@status"`, strconv.Itoa(a.status)},
		{`"content-digest"`, digest},
		{`"@method";req`, method},
		{`"@target-uri";req`, targetURI},
	}, params)
	return verify("ed25519", key, base, signature)
}
