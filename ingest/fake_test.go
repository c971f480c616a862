package ingest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
)

// limit bounds what a machine that is busy with other tests may take.
const limit = 2 * time.Minute

func verifyLeaks(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeKafka keeps what is produced. Its zero value takes everything at once.
type fakeKafka struct {
	limit int           // larger values are refused for good
	gate  chan struct{} // where not nil, each message takes a token
	tries chan struct{} // where not nil, gets a token for each call

	mu      sync.Mutex
	sent    map[string][]sentRow
	notes   map[string][]sentNote
	read    []string // of each row its dataset and user
	changed chan struct{}
	errs    []error
}

// sentRow is what the tests look at of an event.
type sentRow struct {
	Raw, Premises, Path, Peer, Labels string
	Seq                               uint64
	Epoch                             [16]byte
	Received, Time                    int64
}

// canceled returns a context that ends when k was called for the first time.
func canceled(t *testing.T, k *fakeKafka) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	k.tries = make(chan struct{}, 1)
	go func() {
		defer cancel()
		select {
		case <-k.tries:
		case <-t.Context().Done():
		}
	}()
	return ctx
}

// sentNote is a note as it was sent.
type sentNote struct {
	Epoch     [16]byte
	Note, Seq uint64
	Entries   []ledger.Entry
}

// all makes k the producer of every site.
func all(k Producer) func(string) Producer { return func(string) Producer { return k } }

func (k *fakeKafka) Produce(ctx context.Context, topic string, msgs ...bus.Message) (int64, error) {
	if k.tries != nil {
		select {
		case k.tries <- struct{}{}:
		default:
		}
	}
	if k.gate != nil {
		select {
		case <-k.gate:
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range msgs {
		if k.limit > 0 && len(m.Value) > k.limit {
			return 0, fmt.Errorf("%d bytes: %w", len(m.Value), bus.ErrTooLarge)
		}
		if err := k.keep(topic, m); err != nil {
			k.errs = append(k.errs, err)
		}
	}
	if k.changed != nil {
		close(k.changed)
		k.changed = nil
	}
	return 0, nil
}

func (k *fakeKafka) keep(topic string, m bus.Message) error {
	head, err := bus.ParseEnvelope(m.Headers)
	if err != nil {
		return err
	}
	if k.sent == nil {
		k.sent, k.notes = map[string][]sentRow{}, map[string][]sentNote{}
	}
	if head.IsNote {
		entries, err := ledger.Decode(m.Value)
		k.notes[topic] = append(k.notes[topic], sentNote{head.Epoch, head.Note, head.Seq0, entries})
		return err
	}
	b, err := event.Decode(bytes.Clone(m.Value))
	if err != nil {
		return err
	}
	if b.Rows() != int(head.N) || len(m.Value) != int(head.Size) || head.N == 0 {
		return fmt.Errorf("envelope %+v on %d rows in %d bytes", head, b.Rows(), len(m.Value))
	}
	for row := range b.Rows() {
		r := sentRow{
			Raw: b.Text(event.Raw, row), Premises: b.Text(event.Premises, row), Path: b.Text(event.LogFilePath, row),
			Peer: b.Text(event.LogSourceAddress, row), Seq: head.Seq0 + uint64(row), Epoch: head.Epoch,
			Received: b.Time(event.Received, row), Time: b.Time(event.Time, row),
		}
		k.read = append(k.read, b.Text(event.Dataset, row)+" "+b.Text(event.UserName, row))
		b.Labels(row, func(key, value string) bool {
			if key == "truncated" || key == "partial" || key == "bad_frame" {
				r.Labels += key + "=" + value + " "
			}
			return true
		})
		k.sent[topic] = append(k.sent[topic], r)
	}
	return nil
}

// wait returns the rows of a site's topic when there are n, or those there are in the end.
func (k *fakeKafka) wait(t *testing.T, site string, n int) []sentRow {
	t.Helper()
	deadline := time.After(limit)
	for {
		k.mu.Lock()
		rows := k.sent[bus.RawTopic(site)]
		if k.changed == nil {
			k.changed = make(chan struct{})
		}
		changed := k.changed
		for _, err := range k.errs {
			t.Error(err)
		}
		k.mu.Unlock()
		if len(rows) >= n {
			return rows
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("got %d rows of %s, want %d", len(rows), site, n)
		}
	}
}

func raws(rows []sentRow) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.Raw)
	}
	return out
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// start runs a collector until the test ends or the returned function is called.
func start(t *testing.T, c *Collector) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("collector ended with: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func collector(t *testing.T, k Producer, dir string, cfg Config) *Collector {
	t.Helper()
	if cfg.Linger == 0 {
		cfg.Linger = 2 * time.Millisecond
	}
	c, err := New(cfg, all(k), dir, quiet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func fileInput(path string) Input {
	return Input{Name: "f", Type: TypeFile, Site: "leeds", Paths: []string{path}, PollInterval: 10 * time.Millisecond}
}

// numbered returns lines first to last-1.
func numbered(first, last int) string {
	var b strings.Builder
	for i := first; i < last; i++ {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	return b.String()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
