// Package bus is frontfoot's Kafka: messages out, messages in, and the lease on
// lanes. It is the only importer of kafka-go.
//
// Use Client.Produce to send a batch, Client.Fetch or Client.Poll to read from
// recorded offsets, and Client.RunGroup to hold lanes and to commit intents
// under their fence. It does not decode events, choose batches, save offsets of
// its own or create topics unasked. Readers and Writers of kafka-go are not used
// at all: they lose, reorder and skip.
//
// Every method takes its time limit from its context and from the request
// timeout of 20 s, whichever ends first, except Produce and RunGroup, which try
// until their context ends.
package bus

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"
	"github.com/sourcegraph/conc"

	"frontfoot/ingest/hint"
)

const (
	requestTimeout = 20 * time.Second
	dialTimeout    = 5 * time.Second
	// metadataTTL bounds how long a moved leader or a new topic stays unknown.
	metadataTTL = 2 * time.Second
)

// Config says which Kafka to use.
type Config struct {
	// Brokers are host:port of one or more brokers to begin with.
	Brokers []string
	// ClientID is shown in the broker's logs and quotas. Empty means frontfoot.
	ClientID string
	// TLS and SASL are how the client proves who it is; their zero values are for brokers that ask nobody.
	TLS  TLSConfig
	SASL SASLConfig
	// Local says that the brokers are on this machine, where processor time is
	// dearer than bytes: batches are compressed with snappy instead of zstd.
	Local bool
}

// Client speaks to one Kafka cluster. Its methods may be called concurrently.
type Client struct {
	brokers   []string
	clientID  string
	logger    *slog.Logger
	metrics   *metrics
	conns     *conns
	security  security
	transport *kafka.Transport
	rounds    kafka.RoundTripper // the transport, with retries
	kafka     *kafka.Client
	codec     kafka.Compression
	session   time.Duration // of a group's members
	stop      context.CancelFunc
	watching  conc.WaitGroup
	away      atomic.Bool // the last attempt to produce found nobody
	refusals  refusals
	turn      atomic.Uint32 // first position of the next Poll
}

// New returns a client without connecting: Ping tells whether Kafka is there.
// The metrics go to reg, which may be nil.
func New(cfg Config, logger *slog.Logger, reg prometheus.Registerer) (*Client, error) {
	if err := checkBrokers(cfg.Brokers); err != nil {
		return nil, err
	}
	if cfg.ClientID == "" {
		cfg.ClientID = "frontfoot"
	}
	codec := kafka.Zstd
	if cfg.Local {
		codec = kafka.Snappy
	}
	sec, err := newSecurity(cfg.TLS, cfg.SASL)
	if err != nil {
		return nil, err
	}
	installCodecs()
	ctx, stop := context.WithCancel(context.Background())
	conns := newConns()
	transport := &kafka.Transport{
		Dial:        conns.dial,
		DialTimeout: dialTimeout,
		MetadataTTL: metadataTTL,
		ClientID:    cfg.ClientID,
		Context:     ctx,
		TLS:         sec.tls,
		SASL:        sec.sasl,
	}
	c := &Client{
		brokers:   cfg.Brokers,
		clientID:  cfg.ClientID,
		codec:     codec,
		session:   sessionTimeout,
		logger:    logger,
		metrics:   newMetrics(reg),
		conns:     conns,
		security:  sec,
		transport: transport,
		rounds:    retrier{transport},
		kafka:     &kafka.Client{Addr: kafka.TCP(cfg.Brokers...), Timeout: requestTimeout, Transport: retrier{transport}},
		stop:      stop,
	}
	if len(sec.files) > 0 {
		c.watching.Go(func() { c.watchCredentials(ctx, credentialPoll) })
	}
	return c, nil
}

func checkBrokers(brokers []string) error {
	if len(brokers) == 0 {
		return &hint.Error{Err: errNoBrokers, Hint: "name at least one broker as host:port"}
	}
	for _, b := range brokers {
		if _, _, err := net.SplitHostPort(b); err != nil {
			return &hint.Error{Err: err, Hint: "write each broker as host:port, for example 127.0.0.1:9092"}
		}
	}
	return nil
}

// Close ends the connections; requests under way fail. End RunGroup first.
func (c *Client) Close() error {
	c.stop()
	c.watching.Wait()
	c.transport.CloseIdleConnections()
	return c.conns.close()
}

// Ping asks a broker for its version. Its error is an ErrUnavailable or an
// ErrUnauthenticated.
func (c *Client) Ping(ctx context.Context) error {
	if _, err := c.kafka.ApiVersions(ctx, &kafka.ApiVersionsRequest{}); err != nil {
		if derr := c.diagnose(ctx, ""); derr != nil {
			return derr
		}
		return c.unavailable(err)
	}
	return nil
}

// addresses names the brokers in messages for people.
func (c *Client) addresses() string { return strings.Join(c.brokers, ", ") }
