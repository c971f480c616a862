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

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
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
	if _, err := s.Write(t.Context(), b); err != nil {
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

// A batch that is run again after its log was shortened lacks rows, and adds none of the others a second time.
func TestWriteAgainWithLess(t *testing.T) {
	s := open(t)
	entry := func(seq uint64) ledger.Entry {
		return ledger.Entry{Kind: ledger.Gap, First: t0, Last: t0, Epoch: "a", Seq: seq, Rows: 1}
	}
	b := &detect.Batch{Token: "less", Sites: []detect.Output{
		{Site: "ashford", Messages: []detect.Scored{scored(3, 1, "auth"), scored(3, 2, "auth")}, Ledger: []ledger.Entry{entry(1)}},
		{Site: "northmoor", Messages: []detect.Scored{scored(3, 1, "auth")}, Ledger: []ledger.Entry{entry(2)}},
	}}
	write(t, s, b)
	b.Sites[0].Messages, b.Sites[0].Ledger = b.Sites[0].Messages[1:], nil
	write(t, s, b)
	got := lines(t, s, "SELECT (SELECT count() FROM events), (SELECT count() FROM ingest_ledger)")
	if diff := cmp.Diff(got, []string{"9\t2"}); diff != "" {
		t.Errorf("got against want:\n%s", diff)
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

// names says what was rejected: the site and the offset of a message, -1 for other rows.
func names(rejected []detect.Rejection) []string {
	out := []string{}
	for _, r := range rejected {
		offset := int64(-1)
		if r.Message != nil {
			offset = r.Message.Offset
		}
		out = append(out, fmt.Sprintf("%s %d", r.Site, offset))
	}
	return out
}

// What the database will not have is found among what it takes, and the same again when the batch is tried again.
func TestWriteRejected(t *testing.T) {
	s := open(t)
	wrong := scored(2, 9, "auth")
	wrong.Scores = wrong.Scores[:1]
	// A check that fails says so of the whole insert, and its code is none that is worth another try.
	if err := s.conn.Exec(t.Context(), "ALTER TABLE events ADD COLUMN poison UInt8 MATERIALIZED toUInt8(if(dataset = 'poison', 'no number', '1'))"); err != nil {
		t.Fatal(err)
	}
	odd := func(id string) incident.Finding {
		return incident.Finding{ID: id, Site: "truro", Time: t0, Received: t0, Score: float32(math.NaN())}
	}
	b := &detect.Batch{Token: "r", Sites: []detect.Output{
		{Site: "exeter", Messages: []detect.Scored{scored(3, 1, "auth"), scored(2, 2, "poison"), scored(4, 3, "auth"), wrong}},
		{
			Site: "truro", Messages: []detect.Scored{scored(5, 1, "poison"), scored(6, 2, "auth")},
			Findings: []incident.Finding{{ID: "a", Time: t0, Received: t0}, odd("b"), {ID: "c", Time: t0, Received: t0}, odd("d")},
			Ledger:   []ledger.Entry{{Kind: ledger.Gap, First: t0, Last: t0 + 5, Epoch: "e", Seq: 7, Rows: 3}},
		},
	}}
	for range 3 {
		got, err := s.Write(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"exeter 9", "exeter 2", "truro 1", "truro -1"}
		if diff := cmp.Diff(names(got), want); diff != "" {
			t.Errorf("rejected, got against want:\n%s", diff)
		}
		if last := got[len(got)-1].Err.Error(); !strings.HasPrefix(last, "2 rows of findings: ") {
			t.Errorf("the findings' rejection says %q, want that it is about 2 rows", last)
		}
	}
	got := lines(t, s, "SELECT (SELECT count() FROM events), uniqExact(site, kafka_offset, kafka_row), (SELECT groupArray(id) FROM (SELECT id FROM findings ORDER BY id)) FROM events")
	if got[0] != "13\t13\t['a','c']" {
		t.Errorf("got %q, want 13 rows once and the findings a and c", got[0])
	}
	if got := lines(t, s, "SELECT site, epoch, kind, toUnixTimestamp64Nano(time), toUnixTimestamp64Nano(received), seq, rows FROM ingest_ledger"); got[0] != fmt.Sprintf("truro\te\tgap\t%d\t%d\t7\t3", t0, t0+5) || len(got) != 1 {
		t.Errorf("got ledger %q", got)
	}
}

// A message that cannot be put into a record costs the others nothing.
func TestWriteOfABrokenColumn(t *testing.T) {
	s := open(t)
	good, bad := scored(3, 1, "auth"), scored(3, 2, "auth")
	messages := []*message{newMessage(&good, "ashford", s.cfg.RetentionDays), newMessage(&bad, "ashford", s.cfg.RetentionDays)}
	messages[1].columns[event.Raw] = array.NewData(arrow.BinaryTypes.Binary, 3, []*memory.Buffer{nil, nil, nil}, nil, 0, 0)
	w := eventWriter{s, &encoder{}, "broken", 0, messages}
	rejected, err := w.write(t.Context(), 0, 2)
	if err != nil || len(rejected) != 1 || rejected[0].Message != &bad {
		t.Errorf("got %v, error %v", rejected, err)
	}
	if diff := cmp.Diff(lines(t, s, "SELECT count() FROM events"), []string{"3"}); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
}

// A message of which the first rows had come already keeps its rows' numbers.
func TestWriteRow0(t *testing.T) {
	s := open(t)
	m := scored(3, 4, "auth")
	m.Row0 = 7
	write(t, s, &detect.Batch{Token: "a", Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{m}}}})
	if diff := cmp.Diff(lines(t, s, "SELECT seq, kafka_row FROM events ORDER BY seq"), []string{"4000\t7", "4001\t8", "4002\t9"}); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
}

// One insert is one part a day, however many rows it has: only then it is there as a whole or not at all.
func TestWriteIsOneBlock(t *testing.T) {
	s := open(t)
	if err := s.conn.Exec(t.Context(), "SYSTEM STOP MERGES events"); err != nil {
		t.Fatal(err)
	}
	b := event.NewBuilder()
	const n = 99_000
	for i := range int64(n) {
		b.SetTime(event.Received, t0+i%3*day)
		b.SetString(event.Raw, strings.Repeat("x", 100))
		b.End()
	}
	m := detect.Scored{Message: detect.Message{Events: b.Batch()}, Scores: make([]float32, n), Models: make([]detect.Model, n)}
	write(t, s, &detect.Batch{Token: "block", Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{m}}}})
	got := lines(t, s, "SELECT partition, count(), sum(rows) FROM system.parts WHERE database = currentDatabase() AND table = 'events' GROUP BY partition ORDER BY partition")
	want := []string{"2026-03-02\t1\t33000", "2026-03-03\t1\t33000", "2026-03-04\t1\t33000"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("parts, got against want:\n%s", diff)
	}
}

// A made-up message cannot make a part for each of its rows, nor a batch of such messages an insert that never ends.
func TestWriteAbsurdDays(t *testing.T) {
	s := open(t)
	b := event.NewBuilder()
	const n = 3000
	for i := range int64(n) {
		b.SetTime(event.Received, t0+(i*i)%20_000*day-10_000*day*(i%2))
		b.End()
	}
	batch := &detect.Batch{Token: "absurd", Sites: []detect.Output{{Site: "exeter"}}}
	for i := range int64(4) {
		batch.Sites[0].Messages = append(batch.Sites[0].Messages, detect.Scored{
			Message: detect.Message{Offset: i, Events: b.Batch()}, Scores: make([]float32, n), Models: make([]detect.Model, n),
		})
	}
	write(t, s, batch)
	write(t, s, batch)
	got := lines(t, s, "SELECT count(), uniqExact(kafka_offset, kafka_row), uniq(toDate(received)) <= 63, min(received) >= '2026-01-30', max(received) <= '2026-04-02' FROM events")
	if got[0] != "12000\t12000\t1\t1\t1" {
		t.Errorf("got %s, want 12,000 rows once on at most 63 days around the first", got[0])
	}
	inserts, _ := s.messages(batch)
	for _, messages := range inserts {
		days := map[int64]bool{}
		for _, m := range messages {
			m.addDays(days)
		}
		if len(days) > maxDays+2*spanDays+1 {
			t.Errorf("an insert has %d days", len(days))
		}
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
	if _, err := through.Write(ctx, &detect.Batch{Token: "y", Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{scored(1, 2, "auth")}}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: got %v, want context.Canceled", err)
	}
}
