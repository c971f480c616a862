// Package pki makes the certificates of a Kafka that knows its clients by them: an authority, the broker, sites and operators. It is for
// development, tests and small regions: whoever has a certificate authority uses that, with the same subjects.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Units of subjects: Kafka's rules make the principal of a certificate CN=NAME,OU=UNIT,O=ff.
const (
	Site     = "site"     // User:NAME
	Operator = "operator" // User:operator:NAME, which no site can be called: workers, administrators, the broker itself
)

// Lifetime is how long certificates are valid that do not say otherwise. Revocation is by ACL, so it may be months.
const Lifetime = 90 * 24 * time.Hour

// An Authority signs certificates. It is safe for concurrent use.
type Authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	der  []byte
}

// New makes an authority.
func New() (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the authority's key: %w", err)
	}
	cert := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "frontfoot Kafka authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("making the authority: %w", err)
	}
	return &Authority{cert, key, der}, nil
}

// Load reads the authority in a folder, ca.pem and ca.key, and makes it where there is neither: one whose key is kept elsewhere is never written over.
func Load(dir string) (*Authority, error) {
	certFile, keyFile := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca.key")
	if !absent(certFile) || !absent(keyFile) {
		return readPEM(certFile, keyFile)
	}
	a, err := New()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the authority's folder: %w", err)
	}
	key, err := keyPEM(a.key)
	if err != nil {
		return nil, err
	}
	return a, errors.Join(os.WriteFile(certFile, a.PEM(), 0o644), os.WriteFile(keyFile, key, 0o600))
}

func absent(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, os.ErrNotExist)
}

func readPEM(certFile, keyFile string) (*Authority, error) {
	text, err := os.ReadFile(certFile)
	if err != nil {
		return nil, fmt.Errorf("reading the authority: %w", err)
	}
	secret, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, fmt.Errorf("reading the authority's key: %w", err)
	}
	block, _ := pem.Decode(text)
	keyBlock, _ := pem.Decode(secret)
	if block == nil || keyBlock == nil {
		return nil, fmt.Errorf("reading the authority: %s or %s is not PEM", certFile, keyFile)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the authority: %w", err)
	}
	key, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the authority's key: %w", err)
	}
	private, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("reading the authority's key: it is a %T", key)
	}
	return &Authority{cert, private, block.Bytes}, nil
}

// PEM returns the authority's certificate.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.der})
}

// Issue writes NAME.pem and NAME.key into a folder, and NAME.both with key and certificate, which is what a broker reads. A broker's name is
// "broker": its certificate is for loopback addresses too.
func (a *Authority) Issue(dir, name, unit string, until time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("making the key of %s: %w", name, err)
	}
	cert := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{Organization: []string{"ff"}, OrganizationalUnit: []string{unit}, CommonName: name},
		NotBefore: time.Now().Add(-2 * Lifetime), NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if name != "broker" {
		cert.ExtKeyUsage, cert.DNSNames, cert.IPAddresses = cert.ExtKeyUsage[:1], nil, nil
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return fmt.Errorf("making the certificate of %s: %w", name, err)
	}
	secret, err := keyPEM(key)
	if err != nil {
		return err
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	path := filepath.Join(dir, name)
	return errors.Join(
		os.WriteFile(path+".pem", public, 0o644),
		os.WriteFile(path+".key", secret, 0o600),
		os.WriteFile(path+".both", append(append(append([]byte{}, secret...), public...), a.PEM()...), 0o600),
	)
}

func keyPEM(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encoding a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

func serial() *big.Int {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return new(big.Int).SetBytes(b[:])
}
