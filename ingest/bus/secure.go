package bus

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"

	"frontfoot/ingest/hint"
)

// TLSConfig says how connections are encrypted and who the client is.
type TLSConfig struct {
	// CAFile holds the certificates, in PEM, that the brokers' must be signed by. Empty means no encryption. It is read once.
	CAFile string
	// CertFile and KeyFile hold the client's certificate and private key, in PEM; both empty means none. They are read for each connection.
	CertFile, KeyFile string
}

// SASLConfig is a name and a password.
type SASLConfig struct {
	// Mechanism is scram-sha-512, scram-sha-256, or plain, which is refused without TLS. Empty means none.
	Mechanism string
	User      string
	// PasswordFile holds the password. It is read for each connection.
	PasswordFile string
}

// credentialPoll is how often the files of credentials are looked at: what was begun with old ones is broken off then.
const credentialPoll = 10 * time.Second

// A security is how connections prove who they are; its parts are nil where nothing is to be proved.
type security struct {
	tls   *tls.Config
	sasl  sasl.Mechanism
	files []string // credentials that may be replaced
}

func newSecurity(t TLSConfig, s SASLConfig) (security, error) {
	var sec security
	if t.CAFile != "" {
		roots, err := readRoots(t.CAFile)
		if err != nil {
			return sec, err
		}
		sec.tls = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
		if t.CertFile != "" {
			if _, err := readPair(t); err != nil { // now, not when the first line has come
				return sec, err
			}
			sec.files = append(sec.files, t.CertFile, t.KeyFile)
			sec.tls.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return readPair(t) }
		}
	}
	if s.Mechanism == "" {
		return sec, nil
	}
	m := &fileMechanism{cfg: s}
	switch s.Mechanism {
	case "scram-sha-512":
		m.algorithm = scram.SHA512
	case "scram-sha-256":
		m.algorithm = scram.SHA256
	case "plain":
		if sec.tls == nil {
			return sec, &hint.Error{Err: errors.New("plain would send the password for all to read"), Hint: "use TLS, or scram-sha-512"}
		}
	default:
		return sec, &hint.Error{Err: fmt.Errorf("unknown mechanism %q", s.Mechanism), Hint: "use scram-sha-512, scram-sha-256 or plain"}
	}
	if _, err := readSecret(s.PasswordFile); err != nil {
		return sec, err
	}
	sec.sasl = m
	sec.files = append(sec.files, s.PasswordFile)
	return sec, nil
}

func readRoots(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the certificates of Kafka's authority: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, &hint.Error{Err: fmt.Errorf("%s holds no certificate", path), Hint: "give the authority's certificate in PEM"}
	}
	return roots, nil
}

func readPair(t TLSConfig) (*tls.Certificate, error) {
	if err := private(t.KeyFile); err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
	if err != nil {
		return nil, &hint.Error{Err: fmt.Errorf("reading the client certificate: %w", err), Hint: "check " + t.CertFile + " and " + t.KeyFile}
	}
	return &pair, nil
}

func readSecret(path string) (string, error) {
	if err := private(path); err != nil {
		return "", err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the password for Kafka: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// private refuses a secret that others may read.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("reading a credential for Kafka: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return &hint.Error{Err: fmt.Errorf("others may read the credential %s", path), Hint: "chmod 600 " + path}
	}
	return nil
}

// A fileMechanism reads the password whenever it is asked for, so that it can be changed meanwhile.
type fileMechanism struct {
	cfg       SASLConfig
	algorithm scram.Algorithm // nil for plain
}

// Name implements sasl.Mechanism.
func (m *fileMechanism) Name() string { return strings.ToUpper(m.cfg.Mechanism) }

// Start implements sasl.Mechanism.
func (m *fileMechanism) Start(ctx context.Context) (sasl.StateMachine, []byte, error) {
	password, err := readSecret(m.cfg.PasswordFile)
	if err != nil {
		return nil, nil, err
	}
	if m.algorithm == nil {
		return plain.Mechanism{Username: m.cfg.User, Password: password}.Start(ctx)
	}
	mechanism, err := scram.Mechanism(m.algorithm, m.cfg.User, password)
	if err != nil {
		return nil, nil, fmt.Errorf("preparing the password for Kafka: %w", err)
	}
	return mechanism.Start(ctx)
}

// watchCredentials breaks off the connections whenever a credential has been replaced, until ctx ends.
func (c *Client) watchCredentials(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	before := stamps(c.security.files)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := stamps(c.security.files); !slices.Equal(now, before) {
			before = now
			c.logger.InfoContext(ctx, "credentials for kafka were replaced, connecting anew")
			c.conns.breakOff()
		}
	}
}

// stamps tell one state of files from another; a file that is away has none.
func stamps(files []string) []string {
	out := make([]string, len(files))
	for i, path := range files {
		if info, err := os.Stat(path); err == nil {
			out[i] = fmt.Sprint(info.ModTime().UnixNano(), info.Size())
		}
	}
	return out
}
