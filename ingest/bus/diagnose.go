package bus

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/segmentio/kafka-go"

	"frontfoot/ingest/hint"
)

// diagnose finds out why nothing is to be had of the brokers, by a connection of its own: kafka-go calls nearly everything a missing topic. It
// returns nil where all is well, also with the topic, which may be "".
func (c *Client) diagnose(ctx context.Context, topic string) error {
	var err error
	for _, address := range c.brokers {
		if err = c.diagnoseBroker(ctx, address, topic); !errors.Is(err, ErrUnavailable) {
			return err
		}
	}
	return err
}

func (c *Client) diagnoseBroker(ctx context.Context, address, topic string) error {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := c.dialer(c.conns).DialContext(ctx, "tcp", address)
	if err == nil {
		defer func() { _ = conn.Close() }()
		if deadline, ok := ctx.Deadline(); ok {
			_ = conn.SetDeadline(deadline) // a connection that is closed says so itself
		}
		_, err = conn.ApiVersions() // TLS 1.3 tells only now that a certificate was refused
	}
	if err != nil {
		return c.explainDial(ctx, address, conn != nil, err)
	}
	if topic == "" {
		return nil
	}
	_, err = conn.ReadPartitions(topic)
	if code, ok := errors.AsType[kafka.Error](err); ok {
		return explainCode(topic, code, err)
	}
	if err != nil {
		return c.unavailable(err)
	}
	return nil
}

// explainDial says why a connection came to nothing, after its handshake where that was done.
func (c *Client) explainDial(ctx context.Context, address string, connected bool, err error) error {
	refused := func(advice string) error {
		return &hint.Error{Err: fmt.Errorf("%w at %s: %w", ErrUnauthenticated, address, err), Hint: advice}
	}
	text := err.Error()
	_, unknownAuthority := errors.AsType[x509.UnknownAuthorityError](err)
	_, otherName := errors.AsType[x509.HostnameError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	_, ours := errors.AsType[*hint.Error](err)
	switch {
	case ours:
		return err
	case unknownAuthority, invalid, otherName:
		return refused("the broker's certificate must be valid, for this address, and signed by the authority in kafka.tls.ca_file")
	case noTLS:
		return refused("no TLS is spoken at this address: use the listener for TLS, or leave kafka.tls out")
	case strings.Contains(text, "remote error: tls:"):
		return refused("the broker does not take this client's certificate: check kafka.tls.cert_file, and whether it has expired")
	case errors.Is(err, kafka.SASLAuthenticationFailed):
		return refused("check kafka.sasl.user and its password")
	case errors.Is(err, kafka.UnsupportedSASLMechanism), errors.Is(err, kafka.IllegalSASLState):
		return refused("the broker knows no such mechanism at this address: check kafka.sasl.mechanism, or use the listener for passwords")
	case connected && len(c.security.files) > 0 && isDead(err): // Kafka does so where no rule makes a principal of the subject
		return refused("the broker hangs up on this client: check the subject of kafka.tls.cert_file, which must be CN=NAME,OU=site,O=ff")
	case c.security.tls == nil && c.speaksTLS(ctx, address):
		return refused("the broker speaks TLS at this address: set kafka.tls.ca_file")
	default:
		return c.unavailable(err)
	}
}

// speaksTLS reports whether what listens there answers in TLS.
func (c *Client) speaksTLS(ctx context.Context, address string) bool {
	conn, err := c.conns.dial(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	seen := false
	// Nothing is sent over it: it is only asked who it is.
	probe := tls.Client(conn, &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, VerifyConnection: func(tls.ConnectionState) error {
		seen = true
		return nil
	}})
	err = probe.HandshakeContext(ctx)
	return seen || err == nil
}

// dialer returns what kafka-go's older half connects with.
func (c *Client) dialer(tracked *conns) *kafka.Dialer {
	return &kafka.Dialer{
		ClientID: c.clientID, Timeout: dialTimeout, DialFunc: tracked.dial, TLS: c.security.tls, SASLMechanism: c.security.sasl,
	}
}
