// Package broker runs a Kafka broker inside the process: franz-go's kfake with
// a data folder and synced writes, spoken to over loopback like any broker.
//
// Use it where one machine does everything and nobody wants to run Kafka. It
// is one node without authentication, so it listens on loopback alone. It does
// not replicate, does not compact and applies no retention by time: the log is
// kept short by Trim and by MaxLogBytes. Programs talk to it through package
// bus; this package imports nothing else of frontfoot.
//
// # What survives
//
// Every acknowledged message and every offset commit with its metadata has been
// written and fsynced, and is there again after a kill. Three things of kfake
// shape the rest of this package:
//
//   - The end of a partition is known only from its last batch. A partition
//     emptied by retention or DeleteRecords would start at offset 0 again after
//     a restart, so Trim keeps the last batch and retention is never passed on.
//   - Compaction removes the old segments before it writes the new ones, so a
//     kill in between would lose the topic: cleanup.policy is not passed on.
//     Whoever writes a keyed topic rewrites what is still needed and trims.
//   - The start of a partition after Trim is written at a clean stop only. After
//     a kill, trimmed messages of the oldest segment may be readable again.
//
// Data stays in files; memory holds about 100 bytes a batch. At start after a
// kill the log is in memory once, and the memory is given back at once.
package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"syscall"

	"github.com/sourcegraph/conc"
	"github.com/twmb/franz-go/pkg/kfake"
)

// Config says where the broker keeps its log and where it listens.
type Config struct {
	// Dir is the broker's own folder. It is made with mode 0700 when missing.
	Dir string
	// Listen is a loopback address such as 127.0.0.1:9092. An empty address or
	// port 0 takes any free port; Addr tells which.
	Listen string
	// MaxLogBytes bounds what all raw topics hold together. Above it producing to
	// them is refused until Trim has made room, so that a slow worker slows
	// collectors down and nothing is dropped. It is looked at once a second, so a
	// second's messages may come on top. 0 means 256 MiB.
	MaxLogBytes int64
	// SegmentBytes is the size at which a segment file ends; Trim removes whole
	// segments. 0 means 1 MiB.
	SegmentBytes int64
}

const (
	defaultListen       = "127.0.0.1:0"
	defaultMaxLogBytes  = 256 << 20
	defaultSegmentBytes = 1 << 20
)

func (cfg Config) withDefaults() Config {
	if cfg.Listen == "" {
		cfg.Listen = defaultListen
	}
	if cfg.MaxLogBytes <= 0 {
		cfg.MaxLogBytes = defaultMaxLogBytes
	}
	if cfg.SegmentBytes <= 0 {
		cfg.SegmentBytes = defaultSegmentBytes
	}
	return cfg
}

// Broker is a running embedded broker. Its methods may be called concurrently.
type Broker struct {
	cfg     Config
	cluster *kfake.Cluster
	addr    string
	lock    *os.File
	log     *logAdapter

	stop context.CancelFunc // ends the guard
	wg   conc.WaitGroup

	closeOnce sync.Once
	closeErr  error
}

// Start locks the folder, recovers what is in it and begins to listen. A taken
// port, a folder in use and a damaged folder are each an *Error with a hint.
func Start(cfg Config, logger *slog.Logger) (*Broker, error) {
	cfg = cfg.withDefaults()
	lock, err := openDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	b := &Broker{cfg: cfg, lock: lock, log: &logAdapter{logger: logger}}
	if err := b.start(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	logger.Info("embedded broker started", "address", b.addr, "dir", cfg.Dir)
	return b, nil
}

func (b *Broker) start() error {
	ln, err := listen(b.cfg.Listen)
	if err != nil {
		return err
	}
	b.addr = ln.Addr().String()
	b.cluster, err = kfake.NewCluster(
		kfake.NumBrokers(1),
		kfake.ClusterID("frontfoot"),
		kfake.DataDir(b.cfg.Dir),
		kfake.SyncWrites(),
		kfake.ListenFn(func(string, string) (net.Listener, error) { return ln, nil }),
		kfake.WithLogger(b.log),
		kfake.BrokerConfigs(map[string]string{
			"log.segment.bytes":         strconv.FormatInt(b.cfg.SegmentBytes, 10),
			"log.retention.ms":          "-1",
			"log.retention.bytes":       "-1",
			"offsets.retention.minutes": "5256000", // 10 years: an intent never expires
		}),
	)
	if err != nil {
		_ = ln.Close() // kfake may have closed it already
		return damaged(b.cfg.Dir, err)
	}
	debug.FreeOSMemory() // kfake read the whole log: up to MaxLogBytes are garbage now
	g := &guard{cluster: b.cluster, dir: b.cfg.Dir, max: b.cfg.MaxLogBytes, logger: b.log.logger}
	g.install()
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	b.wg.Go(func() { g.run(ctx) })
	return nil
}

// listen opens the address, which must be on loopback.
func listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &Error{Err: fmt.Errorf("reading broker address: %w", err), Hint: "write it as host:port, for example 127.0.0.1:9092"}
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, &Error{
			Err:  fmt.Errorf("broker address %s is not on loopback", address),
			Hint: "the embedded broker has no passwords: let it listen on 127.0.0.1, or run Apache Kafka for other machines",
		}
	}
	ln, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, &Error{
			Err:  fmt.Errorf("listening for the embedded broker: %w", err),
			Hint: "another program listens on " + address + ": stop it, or choose another address or port 0",
		}
	}
	if err != nil {
		return nil, fmt.Errorf("listening for the embedded broker: %w", err)
	}
	return ln, nil
}

// Addr returns the host:port that clients connect to.
func (b *Broker) Addr() string { return b.addr }

// Close writes what a quick start needs, stops the broker and unlocks the
// folder. Clients see their connections end. A second call does nothing more.
func (b *Broker) Close() error {
	b.closeOnce.Do(func() {
		b.stop()
		b.wg.Wait()
		b.log.collect()
		b.cluster.Close()
		b.closeErr = errors.Join(b.log.collected(), b.lock.Close())
	})
	return b.closeErr
}
