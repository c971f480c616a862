package bus

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"frontfoot/deployments/kafka/pki"
	"frontfoot/ingest/broker/apache"
	"frontfoot/ingest/loopback"
)

// secureClient returns a client with these credentials.
func secureClient(t *testing.T, address string, tlsCfg TLSConfig, saslCfg SASLConfig) *Client {
	t.Helper()
	c, err := New(Config{Brokers: []string{address}, TLS: tlsCfg, SASL: saslCfg}, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// sendOnce makes one attempt to send a message.
func sendOnce(t *testing.T, c *Client, site string) error {
	t.Helper()
	_, err := c.produceOnce(deadline(t), RawTopic(site), []Message{{Value: []byte("x")}})
	return err
}

// wants checks the kind of an error, and that it says what to do.
func wants(t *testing.T, what string, err, kind error) {
	t.Helper()
	var hint interface{ HintText() string }
	if !errors.Is(err, kind) || !errors.As(err, &hint) || hint.HintText() == "" {
		t.Errorf("%s: got %v, want %v with a hint", what, err, kind)
	}
}

// On a Kafka with certificates, passwords and ACLs a site can write its own topic, and nothing else; each refusal says what it is.
func TestApacheKafkaSecure(t *testing.T) {
	kafka := apache.StartSecure(t)
	tlsOf := func(name, unit string) TLSConfig {
		cert, key := kafka.Issue(t, name, unit, time.Now().Add(pki.Lifetime))
		return TLSConfig{CAFile: kafka.CA(), CertFile: cert, KeyFile: key}
	}
	admin := secureClient(t, kafka.Addr(), tlsOf("admin", pki.Operator), SASLConfig{})
	for _, site := range []string{"exeter", "thanet"} {
		if err := admin.Enrol(t.Context(), site, SiteRights{Password: "secret of " + site}); err != nil {
			t.Fatal(err)
		}
	}
	if err := admin.EnsureTopics(t.Context(), SharedSpecs(2)...); err != nil {
		t.Fatal(err)
	}
	if err := admin.EnrolWorker(t.Context(), "worker"); err != nil {
		t.Fatal(err)
	}
	if err := admin.EnrolAnalyst(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	exeter := tlsOf("exeter", pki.Site)

	t.Run("a site has its own topic alone", func(t *testing.T) {
		byPassword := SASLConfig{Mechanism: "scram-sha-512", User: "exeter", PasswordFile: apache.Password(t, "secret of exeter")}
		for how, c := range map[string]*Client{
			"certificate": secureClient(t, kafka.Addr(), exeter, SASLConfig{}),
			"password":    secureClient(t, kafka.PasswordAddr(), TLSConfig{CAFile: kafka.CA()}, byPassword),
		} {
			if err := sendOnce(t, c, "exeter"); err != nil {
				t.Errorf("%s: its own topic: %v", how, err)
			}
			wants(t, how+": another's topic", sendOnce(t, c, "thanet"), ErrForbidden)
			_, err := c.Fetch(t.Context(), RawTopic("exeter"), 0, FetchOptions{MaxWait: -1})
			wants(t, how+": reading its own topic", err, ErrForbidden)
			_, _, err = c.Offsets(t.Context(), RawTopic("thanet"))
			wants(t, how+": asking for another's offsets", err, ErrForbidden)
			if sites, err := c.Sites(t.Context()); err != nil || len(sites) != 1 || sites[0] != "exeter" {
				t.Errorf("%s: it sees the sites %v, %v", how, sites, err)
			}
			wants(t, how+": making a topic", c.EnsureTopics(t.Context(), SiteSpecs("sheffield")...), ErrForbidden)
		}
	})
	t.Run("a worker reads every site", func(t *testing.T) {
		c := secureClient(t, kafka.Addr(), tlsOf("worker", pki.Operator), SASLConfig{})
		got, err := c.Fetch(t.Context(), RawTopic("exeter"), 0, FetchOptions{})
		if err != nil || len(got.Messages) == 0 {
			t.Errorf("got %d messages, %v", len(got.Messages), err)
		}
		wants(t, "writing events", sendOnce(t, c, "exeter"), ErrForbidden)
		held := errors.New("no lanes were held")
		if err := c.RunGroup(deadline(t), "ff.detect", func(ctx context.Context, l *Lease) error {
			held = l.Commit(ctx, l.Lanes()[0], 1, "place")
			return nil
		}); err != nil || held != nil {
			t.Errorf("working: %v, committing: %v", err, held)
		}
	})
	t.Run("a worker makes what a site lacks", func(t *testing.T) {
		c := secureClient(t, kafka.Addr(), tlsOf("worker", pki.Operator), SASLConfig{})
		for _, spec := range SiteSpecs("northmoor") {
			if err := c.EnsureTopics(t.Context(), spec); errors.Is(err, ErrForbidden) != (spec.Name == RawTopic("northmoor")) {
				t.Errorf("making %s: %v", spec.Name, err)
			}
		}
	})
	t.Run("an analyst speaks of every site", func(t *testing.T) {
		speak := func(c *Client) error {
			_, err := c.produceOnce(deadline(t), CtlTopic("thanet"), []Message{{Value: []byte("x")}})
			return err
		}
		ann := secureClient(t, kafka.Addr(), tlsOf("ann", pki.Operator), SASLConfig{})
		if err := speak(ann); err != nil {
			t.Error(err)
		}
		if got, err := ann.Fetch(t.Context(), CtlTopic("thanet"), 0, FetchOptions{}); err != nil || len(got.Messages) != 1 {
			t.Errorf("reading what was said: %d messages, %v", len(got.Messages), err)
		}
		wants(t, "an analyst who writes events", sendOnce(t, ann, "thanet"), ErrForbidden)
		wants(t, "a site that speaks of itself", speak(secureClient(t, kafka.Addr(), tlsOf("thanet", pki.Site), SASLConfig{})), ErrForbidden)
		wants(t, "a worker that speaks", speak(secureClient(t, kafka.Addr(), tlsOf("worker", pki.Operator), SASLConfig{})), ErrForbidden)
	})
	t.Run("whoever is not known is refused", func(t *testing.T) {
		expiredCert, expiredKey := kafka.Issue(t, "northmoor", pki.Site, time.Now().Add(-time.Hour))
		foreignCert, foreignKey := kafka.IssueForeign(t, "exeter", pki.Site)
		_, foreignCA := kafka.CA(), foreignCert
		for name, test := range map[string]struct {
			address string
			tls     TLSConfig
			sasl    SASLConfig
			want    error
		}{
			"no certificate":            {kafka.Addr(), TLSConfig{CAFile: kafka.CA()}, SASLConfig{}, ErrUnauthenticated},
			"an expired one":            {kafka.Addr(), TLSConfig{kafka.CA(), expiredCert, expiredKey}, SASLConfig{}, ErrUnauthenticated},
			"of another authority":      {kafka.Addr(), TLSConfig{kafka.CA(), foreignCert, foreignKey}, SASLConfig{}, ErrUnauthenticated},
			"no TLS":                    {kafka.Addr(), TLSConfig{}, SASLConfig{}, ErrUnauthenticated},
			"a broker not trusted":      {kafka.Addr(), TLSConfig{CAFile: foreignCA}, SASLConfig{}, ErrUnauthenticated},
			"a wrong password":          {kafka.PasswordAddr(), TLSConfig{CAFile: kafka.CA()}, SASLConfig{"scram-sha-512", "exeter", apache.Password(t, "wrong")}, ErrUnauthenticated},
			"an unknown user":           {kafka.PasswordAddr(), TLSConfig{CAFile: kafka.CA()}, SASLConfig{"scram-sha-512", "nobody", apache.Password(t, "x")}, ErrUnauthenticated},
			"nobody listens":            {loopback.Address(t), exeter, SASLConfig{}, ErrUnavailable},
			"another unit":              {kafka.Addr(), tlsOf("barnet", "staff"), SASLConfig{}, ErrUnauthenticated},
			"a topic that is not there": {kafka.Addr(), TLSConfig{kafka.CA(), adminFile(kafka, "pem"), adminFile(kafka, "key")}, SASLConfig{}, ErrNoTopic},
		} {
			c := secureClient(t, test.address, test.tls, test.sasl)
			site := "exeter"
			if errors.Is(test.want, ErrNoTopic) {
				site = "nowhere"
			}
			if err := sendOnce(t, c, site); !errors.Is(err, test.want) {
				t.Errorf("%s: got %v, want %v", name, err, test.want)
			}
		}
	})
	t.Run("a certificate is replaced without a restart", func(t *testing.T) {
		c := secureClient(t, kafka.Addr(), tlsOf("thanet", pki.Site), SASLConfig{})
		if err := sendOnce(t, c, "thanet"); err != nil {
			t.Fatal(err)
		}
		kafka.Issue(t, "thanet", "staff", time.Now().Add(pki.Lifetime)) // one that may do nothing: that it is used shows
		c.conns.breakOff()
		wants(t, "after the replacement", sendOnce(t, c, "thanet"), ErrUnauthenticated)
		kafka.Issue(t, "thanet", pki.Site, time.Now().Add(pki.Lifetime))
		c.conns.breakOff()
		if err := sendOnce(t, c, "thanet"); err != nil {
			t.Error(err)
		}
	})
	t.Run("a revoked site is out", func(t *testing.T) {
		byCertificate := secureClient(t, kafka.Addr(), exeter, SASLConfig{})
		byPassword := secureClient(t, kafka.PasswordAddr(), TLSConfig{CAFile: kafka.CA()},
			SASLConfig{"scram-sha-512", "exeter", apache.Password(t, "secret of exeter")})
		for _, c := range []*Client{byCertificate, byPassword} {
			if err := sendOnce(t, c, "exeter"); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		if err := admin.Revoke(t.Context(), "exeter"); err != nil {
			t.Fatal(err)
		}
		for _, c := range []*Client{byCertificate, byPassword} {
			for sendOnce(t, c, "exeter") == nil {
				if time.Since(began) > time.Minute { // the promise
					t.Fatal("it still writes after a minute")
				}
			}
		}
		t.Logf("out after %v", time.Since(began).Round(time.Millisecond))
	})
	t.Run("a revoked operator is out", func(t *testing.T) {
		for name, topic := range map[string]string{"worker": RawTopic("thanet"), "ann": CtlTopic("thanet")} {
			c := secureClient(t, kafka.Addr(), tlsOf(name, pki.Operator), SASLConfig{})
			read := func() error {
				_, err := c.Fetch(t.Context(), topic, 0, FetchOptions{MaxWait: -1})
				return err
			}
			if err := read(); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			if err := admin.Revoke(t.Context(), "operator:"+name); err != nil {
				t.Fatal(err)
			}
			for !errors.Is(read(), ErrForbidden) {
				if time.Since(began) > time.Minute {
					t.Fatalf("%s still reads after a minute", name)
				}
			}
		}
		var hint interface{ HintText() string }
		if err := admin.Revoke(t.Context(), "operator:admin"); !errors.As(err, &hint) {
			t.Errorf("revoking a super user: got %v, want an error with a hint", err)
		}
		if err := admin.Revoke(t.Context(), "Worker"); err == nil {
			t.Error("revoking what is neither site nor operator worked")
		}
	})
}

func adminFile(kafka *apache.Secure, ending string) string {
	return kafka.CA()[:len(kafka.CA())-len("ca.pem")] + "admin." + ending
}

func TestNewRefusesBadCredentials(t *testing.T) {
	open := apache.Password(t, "x")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]Config{
		"plain without TLS":       {SASL: SASLConfig{"plain", "exeter", apache.Password(t, "x")}},
		"unknown mechanism":       {SASL: SASLConfig{"gssapi", "exeter", apache.Password(t, "x")}},
		"a password all may read": {SASL: SASLConfig{"scram-sha-512", "exeter", open}},
		"no authority":            {TLS: TLSConfig{CAFile: open}},
	} {
		cfg.Brokers = []string{"127.0.0.1:9"}
		_, err := New(cfg, slog.New(slog.DiscardHandler), nil)
		var hint interface{ HintText() string }
		if err == nil || !errors.As(err, &hint) {
			t.Errorf("%s: got %v, want an error with a hint", name, err)
		}
	}
}
