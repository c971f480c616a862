package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
)

// t0 is when the tests' first event is received: 2026-03-02 00:00 UTC.
const t0 = int64(1_772_409_600_000_000_000)

const day = int64(24 * time.Hour)

// scored makes a message of n events, whose values depend on their numbers; kind chooses which columns are filled.
func scored(n int, offset int64, kind string) detect.Scored {
	b := event.NewBuilder()
	for i := range n {
		at := t0 + int64(i)*int64(time.Second)
		b.SetTime(event.Time, at-day)
		b.SetTime(event.Received, at)
		b.SetString(event.Dataset, kind)
		b.SetString(event.Raw, fmt.Sprintf("%s line %d \x00\xff", kind, i))
		switch kind {
		case "firewall":
			b.SetAddr(event.SourceIP, netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))
			if i%3 != 0 {
				b.SetUint(event.SourcePort, uint64(i))
			}
			b.SetUint(event.SourceBytes, 1<<63+uint64(i))
		case "auth":
			if i%2 == 0 {
				b.SetString(event.UserName, fmt.Sprintf("user%d", i))
			}
			b.Label("tty", []byte("ssh"))
			b.Label("n", fmt.Append(nil, i))
		}
		b.End()
	}
	m := detect.Scored{
		Message: detect.Message{Epoch: strings.Repeat("0", 31) + "a", Seq0: uint64(offset) * 1000, Offset: offset, Events: b.Batch()},
		Scores:  make([]float32, n), Models: make([]detect.Model, n),
	}
	for i := range n {
		m.Scores[i], m.Models[i] = float32(i)/2, detect.Model(i%4)
	}
	return m
}

// lines runs a query and returns its rows as TSV.
func lines(t *testing.T, s *Store, query string) []string {
	t.Helper()
	r, err := s.conn.QueryFormat(t.Context(), "TSV", query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer r.Close()
	var out bytes.Buffer
	if _, err := out.ReadFrom(r); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func write(t *testing.T, s *Store, b *detect.Batch) {
	t.Helper()
	if err := s.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func TestWriteEvents(t *testing.T) {
	s := open(t)
	write(t, s, &detect.Batch{Token: "a", Sites: []detect.Output{
		{Site: "exeter", Messages: []detect.Scored{scored(5, 1, "firewall"), scored(13, 2, "auth"), scored(9, 3, "firewall")}},
		{Site: "truro", Messages: []detect.Scored{scored(3, 1, "bare")}},
	}})
	got := lines(t, s, `SELECT site, kafka_offset, kafka_row, seq, epoch = repeat('0', 31) || 'a', time, received, expires, dataset, source_ip, source_port,
		source_bytes, user_name, labels, hex(raw), score, model FROM events ORDER BY site, kafka_offset, kafka_row`)
	if len(got) != 30 {
		t.Fatalf("got %d rows, want 30", len(got))
	}
	hex := func(s string) string { return strings.ToUpper(fmt.Sprintf("%x", s)) }
	want := map[int]string{
		0: "exeter\t1\t0\t1000\t1\t2026-03-01 00:00:00.000000000\t2026-03-02 00:00:00.000000000\t2053-07-18\tfirewall\t10.0.0.0\t\\N\t9223372036854775808\t\t{}\t" +
			hex("firewall line 0 \x00\xff") + "\t0\t",
		4: "exeter\t1\t4\t1004\t1\t2026-03-01 00:00:04.000000000\t2026-03-02 00:00:04.000000000\t2053-07-18\tfirewall\t10.0.0.4\t4\t9223372036854775812\t\t{}\t" +
			hex("firewall line 4 \x00\xff") + "\t2\t",
		17: "exeter\t2\t12\t2012\t1\t2026-03-01 00:00:12.000000000\t2026-03-02 00:00:12.000000000\t2053-07-18\tauth\t\t\\N\t\\N\tuser12\t{'tty':'ssh','n':'12'}\t" +
			hex("auth line 12 \x00\xff") + "\t6\t",
		20: "exeter\t3\t2\t3002\t1\t2026-03-01 00:00:02.000000000\t2026-03-02 00:00:02.000000000\t2053-07-18\tfirewall\t10.0.0.2\t2\t9223372036854775810\t\t{}\t" +
			hex("firewall line 2 \x00\xff") + "\t1\tpair",
		29: "truro\t1\t2\t1002\t1\t2026-03-01 00:00:02.000000000\t2026-03-02 00:00:02.000000000\t2053-07-18\tbare\t\t\\N\t\\N\t\t{}\t" +
			hex("bare line 2 \x00\xff") + "\t1\tpair",
	}
	for i, w := range want {
		if diff := cmp.Diff(got[i], w); diff != "" {
			t.Errorf("row %d, got against want:\n%s", i, diff)
		}
	}
}

func TestWriteAgain(t *testing.T) {
	s := open(t)
	b := &detect.Batch{Token: "a", Sites: []detect.Output{{
		Site: "exeter", Messages: []detect.Scored{scored(10, 1, "auth")},
		Findings:  []incident.Finding{{ID: "f1", Site: "exeter", Time: t0, Received: t0}},
		Incidents: []incident.Version{{ID: "i1", Site: "exeter", Number: 1}},
	}}}
	for range 3 {
		write(t, s, b)
	}
	got := lines(t, s, "SELECT (SELECT count() FROM events), (SELECT count() FROM findings), (SELECT count() FROM incident_versions)")
	if diff := cmp.Diff(got, []string{"10\t1\t1"}); diff != "" {
		t.Errorf("after three writes of one batch, got against want:\n%s", diff)
	}
	b.Token = "b"
	write(t, s, b)
	if got := lines(t, s, "SELECT count() FROM events"); got[0] != "20" {
		t.Errorf("after a batch with another token got %s rows, want 20", got[0])
	}
}

// Old logs may bring many days at once, and a spool events that were received on several.
func TestWriteManyDays(t *testing.T) {
	s := open(t)
	b := event.NewBuilder()
	for d := range int64(120) {
		b.SetTime(event.Time, t0-d*day)
		b.SetTime(event.Received, t0-d/40*day)
		b.End()
	}
	m := detect.Scored{Message: detect.Message{Events: b.Batch()}, Scores: make([]float32, 120), Models: make([]detect.Model, 120)}
	batch := &detect.Batch{Token: "days", Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{m}}}}
	write(t, s, batch)
	write(t, s, batch)
	got := lines(t, s, "SELECT count(), uniq(toDate(time)), (SELECT uniq(partition) FROM system.parts WHERE database = currentDatabase() AND table = 'events') FROM events")
	if got[0] != "120\t120\t3" {
		t.Errorf("got %s, want 120 rows of 120 days in 3 partitions", got[0])
	}
}

// TestWriteAbsurdTimes checks that a finding of no possible time does not keep the findings of others out of the database.
func TestWriteAbsurdTimes(t *testing.T) {
	s := open(t)
	b := &detect.Batch{Token: "absurd", Sites: []detect.Output{{Site: "ashford-vale"}}}
	for i, at := range []int64{math.MinInt64, -1, t0, math.MaxInt64} {
		b.Sites[0].Findings = append(b.Sites[0].Findings, incident.Finding{ID: strconv.Itoa(i), Site: "ashford-vale", Time: at, Received: t0})
		b.Sites[0].Incidents = append(b.Sites[0].Incidents, incident.Version{ID: strconv.Itoa(i), Site: "ashford-vale", First: at, Last: at, Raised: at})
	}
	write(t, s, b)
	want := []string{"1900-01-01 00:00:00.000000000", "1969-12-31 23:59:59.999999999", "2026-03-02 00:00:00.000000000", "2262-04-11 23:47:16.854775807"}
	for _, query := range []string{"SELECT time FROM findings ORDER BY id", "SELECT raised FROM incidents ORDER BY id"} {
		if diff := cmp.Diff(lines(t, s, query), want); diff != "" {
			t.Errorf("%s: got against want:\n%s", query, diff)
		}
	}
}

func TestWriteRejected(t *testing.T) {
	s := open(t)
	m := scored(2, 1, "auth")
	m.Scores = m.Scores[:1]
	err := s.Write(t.Context(), &detect.Batch{Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{m}}}})
	if !errors.Is(err, detect.ErrRejected) {
		t.Errorf("two events with one score: got %v, want ErrRejected", err)
	}
	if err := s.conn.Exec(t.Context(), "ALTER TABLE events MODIFY COLUMN user_name UInt8"); err != nil {
		t.Fatal(err)
	}
	err = s.Write(t.Context(), &detect.Batch{Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{scored(2, 1, "auth")}}}})
	if !errors.Is(err, detect.ErrRejected) {
		t.Errorf("text for a number: got %v, want ErrRejected", err)
	}
	if errors.Is(err, detect.ErrFindingsRejected) {
		t.Errorf("text for a number: got %v, which is not about findings", err)
	}
	odd := incident.Finding{Site: "exeter", Score: float32(math.NaN())}
	err = s.Write(t.Context(), &detect.Batch{Sites: []detect.Output{{Site: "exeter", Findings: []incident.Finding{odd}}}})
	if !errors.Is(err, detect.ErrFindingsRejected) {
		t.Errorf("a finding without a score: got %v, want ErrFindingsRejected", err)
	}
}

// The database is away for a while: Write waits for it, and the rows are there once.
func TestWriteOutage(t *testing.T) {
	s := open(t)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	var failures atomic.Int32
	failures.Store(4)
	proxy := httputil.NewSingleHostReverseProxy(target)
	away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch n := failures.Add(-1); {
		case n >= 2:
			http.Error(w, "away", http.StatusBadGateway)
		case n == 1: // the rows arrive, the answer is lost
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	defer away.Close()
	cfg := s.cfg
	cfg.URL = away.URL
	var log bytes.Buffer
	through := openLogging(t, cfg, slog.New(slog.NewTextHandler(&log, nil)))
	write(t, through, &detect.Batch{Token: "x", Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{scored(7, 1, "auth")}}}})
	if got := lines(t, s, "SELECT count() FROM events"); got[0] != "7" {
		t.Errorf("got %s rows, want 7", got[0])
	}
	if n := testutil.ToFloat64(through.metrics.retries.WithLabelValues("events")); n < 3 {
		t.Errorf("got %v retries, want at least 3", n)
	}
	if said := strings.Count(log.String(), "does not take rows"); said != 1 || strings.Count(log.String(), "takes rows again") != 1 {
		t.Errorf("the outage and its end are not said once each:\n%s", log.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := through.Write(ctx, &detect.Batch{Token: "y", Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{scored(1, 2, "auth")}}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: got %v, want context.Canceled", err)
	}
}
