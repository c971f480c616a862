package detect_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/sourcegraph/conc"
	"go.uber.org/goleak"

	"frontfoot/detect"
	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// region is an embedded broker, a client of it, and a worker's dependencies with a sink that keeps what it is given.
type region struct {
	broker *broker.Broker
	bus    *bus.Client
	sink   *sink
	dep    detect.Dependencies
}

func newRegion(t testing.TB, sites ...string) *region {
	t.Helper()
	logger := slog.New(slog.DiscardHandler)
	b, err := broker.Start(broker.Config{Dir: t.TempDir()}, logger)
	if err != nil {
		t.Fatal(err)
	}
	c, err := bus.New(bus.Config{Brokers: []string{b.Addr()}}, logger, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), b.Close()); err != nil {
			t.Error(err)
		}
	})
	specs := bus.SharedSpecs(4)
	for _, site := range sites {
		specs = append(specs, bus.SiteSpecs(site)...)
	}
	if err := c.EnsureTopics(t.Context(), specs...); err != nil {
		t.Fatal(err)
	}
	s := &sink{rows: map[string]int{}, tokens: map[string]bool{}, changed: make(chan struct{}, 1)}
	return &region{broker: b, bus: c, sink: s, dep: detect.Dependencies{
		Bus: c, Sink: s, Logger: logger, Registerer: prometheus.NewRegistry(), Trim: b.Trim,
		NewSite: func(site string) (*detect.Site, error) {
			return detect.NewSite(site, [16]byte{1}, detect.DefaultConfig()), nil
		},
	}}
}

// produce sends n messages of 10 events each for a site, numbered from seq on.
func (r *region) produce(t testing.TB, site string, seq uint64, n int) {
	t.Helper()
	for i := range n {
		first := seq + uint64(10*i)
		b := event.NewBuilder()
		for k := range uint64(10) {
			b.SetTime(event.Time, int64(first+k)*int64(time.Second))
			b.SetString(event.Dataset, "test")
			b.SetString(event.UserName, fmt.Sprint("user", (first+k)%7))
			b.SetString(event.Raw, fmt.Sprint(site, " line ", first+k))
			b.End()
		}
		var value bytes.Buffer
		if err := event.Encode(&value, b.Batch()); err != nil {
			t.Fatal(err)
		}
		r.send(t, site, first, 10, value.Bytes())
	}
}

func (r *region) send(t testing.TB, site string, seq uint64, n uint32, value []byte) {
	t.Helper()
	env := bus.Envelope{Epoch: [16]byte{7}, Seq0: seq, N: n, Size: uint32(len(value))}
	if _, err := r.bus.Produce(t.Context(), bus.RawTopic(site), bus.Message{Headers: env.Headers(), Value: value}); err != nil {
		t.Fatal(err)
	}
}

// work runs a worker until the sink has so many rows in all, then stops it cleanly.
func (r *region) work(t *testing.T, rows int) {
	t.Helper()
	cfg := detect.DefaultWorkerConfig()
	cfg.BatchAge = 10 * time.Millisecond
	r.dep.Registerer = prometheus.NewRegistry()
	w := detect.NewWorker(cfg, r.dep)
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	var wg conc.WaitGroup
	wg.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	r.sink.await(ctx, t, rows)
	stop()
	wg.Wait()
}

// A sink keeps how often each row was written, and the scores.
type sink struct {
	mu      sync.Mutex
	rows    map[string]int // "site/epoch/seq" to how often
	scores  map[string]float32
	changed chan struct{}
	fail    func(*detect.Batch) error // before the rows are kept
	after   func(*detect.Batch) error // once they are
	reject  func(*detect.Scored) bool
	tokens  map[string]bool
}

func (s *sink) Write(_ context.Context, b *detect.Batch) ([]detect.Rejection, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(b); err != nil {
			return nil, err
		}
	}
	if s.tokens[b.Token] {
		return nil, nil
	}
	s.tokens[b.Token] = true
	var rejections []detect.Rejection
	for i := range b.Sites {
		site := &b.Sites[i]
		for k := range site.Messages {
			m := &site.Messages[k]
			if s.reject != nil && s.reject(m) {
				rejections = append(rejections, detect.Rejection{Site: site.Site, Message: m, Err: errors.New("not this one")})
				continue
			}
			for row := range m.Events.Rows() {
				key := fmt.Sprintf("%s/%s/%d", site.Site, m.Epoch, m.Seq0+uint64(row))
				if want := fmt.Sprint(site.Site, " line ", m.Seq0+uint64(row)); m.Events.Text(event.Raw, row) != want {
					return nil, fmt.Errorf("row %s holds %q", key, m.Events.Text(event.Raw, row))
				}
				s.rows[key]++
				if s.scores != nil {
					s.scores[key] = m.Scores[row]
				}
			}
		}
	}
	select {
	case s.changed <- struct{}{}:
	default:
	}
	if s.after != nil {
		return rejections, s.after(b)
	}
	return rejections, nil
}

func (s *sink) await(ctx context.Context, t testing.TB, rows int) {
	t.Helper()
	for {
		s.mu.Lock()
		n := len(s.rows)
		s.mu.Unlock()
		if n >= rows {
			return
		}
		select {
		case <-s.changed:
		case <-ctx.Done():
			t.Errorf("the sink has %d rows, want %d", n, rows)
			return
		}
	}
}

func (s *sink) check(t *testing.T, want int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rows) != want {
		t.Errorf("got %d different rows, want %d", len(s.rows), want)
	}
	for key, n := range s.rows {
		if n != 1 {
			t.Errorf("row %s was written %d times", key, n)
		}
	}
}

func TestWorkerWritesEveryRowAndGoesOnAfterARestart(t *testing.T) {
	r := newRegion(t, "ashford", "northmoor", "saltmarsh")
	total := 0
	for round := range 3 {
		for _, site := range []string{"ashford", "northmoor", "saltmarsh"} {
			r.produce(t, site, uint64(round*200), 20)
			total += 200
		}
		r.work(t, total)
	}
	r.sink.check(t, total)
}

// States must be the same whether a worker ran through or was stopped and started: the scores tell.
func TestRestartScoresAsIfNeverStopped(t *testing.T) {
	scores := func(rounds int) map[string]float32 {
		r := newRegion(t, "ashford")
		r.sink.scores = map[string]float32{}
		for round := range rounds {
			n := 60 / rounds
			r.produce(t, "ashford", uint64(round*n*10), n)
			r.work(t, (round+1)*n*10)
		}
		return r.sink.scores
	}
	if diff := cmp.Diff(scores(1), scores(4)); diff != "" {
		t.Errorf("scores differ (-through +restarted):\n%s", diff)
	}
}

func TestNewSiteIsFoundWithoutARestart(t *testing.T) {
	r := newRegion(t, "ashford")
	r.produce(t, "ashford", 0, 1)
	cfg := detect.DefaultWorkerConfig()
	cfg.BatchAge, cfg.Refresh = 10*time.Millisecond, 50*time.Millisecond
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	var wg conc.WaitGroup
	defer wg.Wait()
	defer stop()
	wg.Go(func() {
		if err := detect.NewWorker(cfg, r.dep).Run(ctx); err != nil {
			t.Error(err)
		}
	})
	r.sink.await(ctx, t, 10)
	if err := r.bus.EnsureTopics(ctx, bus.SiteSpecs("late-comer")...); err != nil {
		t.Fatal(err)
	}
	r.produce(t, "late-comer", 0, 1)
	r.sink.await(ctx, t, 20)
	r.sink.check(t, 20)
}

func TestUnreadableMessageIsSetAside(t *testing.T) {
	r := newRegion(t, "ashford")
	r.produce(t, "ashford", 0, 1)
	r.send(t, "ashford", 10, 1, []byte("no Arrow"))
	r.produce(t, "ashford", 11, 1)
	r.work(t, 20)
	r.sink.check(t, 20)
	letter := r.letters(t, "ashford", 1)[0]
	if string(letter.Value) != "no Arrow" || header(letter, "kind") != "unreadable" {
		t.Errorf("the dead letter is %q of kind %q", letter.Value, header(letter, "kind"))
	}
	if env, err := bus.ParseEnvelope(letter.Headers); err != nil || env.Seq0 != 10 {
		t.Errorf("the letter's envelope is %+v, error %v", env, err)
	}
}

// While the store refuses, nothing is committed; the same rows come again to the next lease.
func TestRowsOfAFailedWriteComeAgain(t *testing.T) {
	r := newRegion(t, "ashford")
	r.produce(t, "ashford", 0, 5)
	failures := 1
	r.sink.fail = func(*detect.Batch) error {
		if failures > 0 {
			failures--
			return errors.New("refused")
		}
		return nil
	}
	r.work(t, 50)
	r.sink.check(t, 50)
}

// A message that the store will never take costs the others of its batch nothing.
func TestRejectedMessageIsSetAside(t *testing.T) {
	r := newRegion(t, "ashford")
	r.produce(t, "ashford", 0, 5)
	r.sink.reject = func(m *detect.Scored) bool { return m.Seq0 == 20 }
	r.work(t, 40)
	r.sink.check(t, 40)
	letters := r.letters(t, "ashford", 1)
	letter, err := event.Decode(letters[0].Value)
	if err != nil || letter.Text(event.Raw, 0) != "ashford line 20" {
		t.Errorf("got %v and error %v, want the events from line 20 on", letter, err)
	}
	if env, err := bus.ParseEnvelope(letters[0].Headers); err != nil || env.Seq0 != 20 || env.N != 10 {
		t.Errorf("the letter's envelope is %+v, error %v", env, err)
	}
	if got := header(letters[0], "kind"); got != "rejected" {
		t.Errorf("the letter is of kind %q", got)
	}
	// Replayed, it finds its place; another copy does not.
	r.sink.reject = nil
	for range 2 {
		if _, err := r.bus.Produce(t.Context(), bus.RawTopic("ashford"), letters[0]); err != nil {
			t.Fatal(err)
		}
	}
	r.work(t, 50)
	r.sink.check(t, 50)
}

// letters returns the dead letters of a site, of which there must be so many.
func (r *region) letters(t *testing.T, site string, want int) []bus.Message {
	t.Helper()
	got, err := r.bus.Fetch(t.Context(), bus.DLQTopic(site), 0, bus.FetchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Messages) != want {
		t.Fatalf("the dead-letter topic holds %d messages, want %d", len(got.Messages), want)
	}
	return got.Messages
}

func header(m bus.Message, key string) string {
	for _, h := range m.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

func TestMetricsAreSound(t *testing.T) {
	reg := prometheus.NewRegistry()
	detect.NewWorker(detect.DefaultWorkerConfig(), detect.Dependencies{Registerer: reg})
	problems, err := testutil.GatherAndLint(reg)
	if err != nil || len(problems) > 0 {
		t.Errorf("metrics: %v %v", problems, err)
	}
}
