package apache

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"frontfoot/deployments/kafka/pki"
	"frontfoot/ingest/loopback"
)

// A Secure is a broker that knows its clients: by certificate at Addr, by password at PasswordAddr. Nothing is allowed that no ACL allows, but to the
// operator admin.
type Secure struct {
	*Broker
	authority *pki.Authority
}

// StartSecure starts a broker as Start does, with TLS and ACLs.
func StartSecure(tb testing.TB) *Secure {
	tb.Helper()
	dir := tb.TempDir()
	authority, err := pki.Load(filepath.Join(dir, "pki"))
	if err != nil {
		tb.Fatal(err)
	}
	s := &Secure{Broker: &Broker{dir: dir, port: loopback.Ports(tb, 3), args: []string{"--secure"}}, authority: authority}
	s.Issue(tb, "broker", pki.Operator, time.Now().Add(pki.Lifetime))
	s.Issue(tb, "admin", pki.Operator, time.Now().Add(pki.Lifetime))
	s.Restart(tb)
	tb.Cleanup(s.Kill)
	return s
}

// PasswordAddr returns the host:port where clients have a name and a password.
func (s *Secure) PasswordAddr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port+2)) }

// CA returns the file that holds the authority's certificate.
func (s *Secure) CA() string { return filepath.Join(s.dir, "pki", "ca.pem") }

// Issue makes a certificate, valid until a time that may be past, and returns its files. An earlier one of the name is replaced.
func (s *Secure) Issue(tb testing.TB, name, unit string, until time.Time) (certFile, keyFile string) {
	tb.Helper()
	return issue(tb, s.authority, filepath.Join(s.dir, "pki"), name, unit, until)
}

// IssueForeign is Issue by an authority that the broker does not know.
func (s *Secure) IssueForeign(tb testing.TB, name, unit string) (certFile, keyFile string) {
	tb.Helper()
	other, err := pki.New()
	if err != nil {
		tb.Fatal(err)
	}
	return issue(tb, other, tb.TempDir(), name, unit, time.Now().Add(pki.Lifetime))
}

func issue(tb testing.TB, a *pki.Authority, dir, name, unit string, until time.Time) (certFile, keyFile string) {
	tb.Helper()
	if err := a.Issue(dir, name, unit, until); err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(dir, name)
	return path + ".pem", path + ".key"
}

// Password writes a password to a file of the test's and returns its path.
func Password(tb testing.TB, password string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "password")
	if err := os.WriteFile(path, []byte(password+"\n"), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
