package store

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/ledger"
)

// story writes events of which two are findings of one incident in two versions, and an incident of another site.
func story(t *testing.T, s *Store) {
	t.Helper()
	m := scored(20, 1, "auth")
	at := func(row int) int64 { return t0 - day + int64(row)*int64(time.Second) }
	version := func(n uint32) incident.Version {
		return incident.Version{
			ID: "ab12", Site: "exeter", Number: n, First: at(3), Last: at(5), Raised: at(4), Title: "user it's \\ new", Severity: "high", Score: 10 + float32(n),
			Entities: []string{"user.name=user4"}, Reasons: []string{"first \"time\""}, NextStep: "ask", Findings: n,
			Scope: incident.Scope{Entities: []string{"user.name=user4"}, Reasons: []incident.Reason{
				{Field: "user.name", Values: []uint64{1<<64 - 2}, Any: n > 1},
			}},
			Evidence: []incident.Row{{Epoch: m.Epoch, Seq: 1003}, {Epoch: m.Epoch, Seq: 1005}}[:n],
		}
	}
	finding := incident.Finding{
		ID: "f", Site: "exeter", Time: at(5), Received: t0, Epoch: m.Epoch, Seq: 1005, Offset: 1, Row: 5, Model: "pair", Score: 17,
		Field: "user.name", Value: "user4", Expected: "user0 to user3", Seen: "user4", Reason: "never seen here", Incident: "ab12",
	}
	write(t, s, &detect.Batch{Token: "1", Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{m}, Incidents: []incident.Version{version(1)}}}})
	write(t, s, &detect.Batch{Token: "2", Sites: []detect.Output{
		{Site: "exeter", Findings: []incident.Finding{finding}, Incidents: []incident.Version{version(2)}},
		{Site: "truro", Incidents: []incident.Version{{ID: "ab99", Site: "truro", Number: 1, Raised: at(0) - day, Severity: "low", Score: 3}}},
	}})
}

func said(t *testing.T, s *Store, verdict string, at int64) {
	t.Helper()
	sql := "INSERT INTO verdicts (site, incident, verdict, note, author, time) VALUES ('exeter', 'ab12', '" + verdict + "', 'seen it', 'ann', fromUnixTimestamp64Nano(" + nanoseconds(time.Unix(0, at)) + "))"
	if err := s.conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestIncidents(t *testing.T) {
	s := open(t)
	story(t, s)
	ids := func(f IncidentFilter) []string {
		t.Helper()
		list, err := s.Incidents(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		out := []string{}
		for _, in := range list {
			out = append(out, in.ID)
		}
		return out
	}
	for _, c := range []struct {
		name   string
		filter IncidentFilter
		want   []string
	}{
		{"all", IncidentFilter{}, []string{"ab12", "ab99"}},
		{"site", IncidentFilter{Site: "truro"}, []string{"ab99"}},
		{"a site that tries SQL", IncidentFilter{Site: "' OR 1 --\\"}, []string{}},
		{"since", IncidentFilter{Since: time.Unix(0, t0-day)}, []string{"ab12"}},
		{"limit", IncidentFilter{Limit: 1}, []string{"ab12"}},
	} {
		if diff := cmp.Diff(ids(c.filter), c.want); diff != "" {
			t.Errorf("%s, got against want:\n%s", c.name, diff)
		}
	}
}

func TestIncident(t *testing.T) {
	s := open(t)
	story(t, s)
	want := Incident{
		ID: "ab12", Site: "exeter", Number: 2, First: time.Unix(0, t0-day+3e9).UTC(), Last: time.Unix(0, t0-day+5e9).UTC(), Raised: time.Unix(0, t0-day+4e9).UTC(),
		Severity: "high", Score: 12, Title: "user it's \\ new", Entities: []string{"user.name=user4"}, Reasons: []string{"first \"time\""}, Tactics: []string{},
		NextStep: "ask", Findings: 2, EvidenceRows: 2, Until: time.Unix(0, 0).UTC(),
		Evidence: []Evidence{
			{Time: time.Unix(0, t0-day+3e9).UTC(), Epoch: strings.Repeat("0", 31) + "a", Seq: 1003, Dataset: "auth", Score: 1.5, Model: "template", Raw: "auth line 3 \x00\uFFFD"},
			{
				Time: time.Unix(0, t0-day+5e9).UTC(), Epoch: strings.Repeat("0", 31) + "a", Seq: 1005, Dataset: "auth", Score: 17, Model: "pair", Raw: "auth line 5 \x00\uFFFD",
				Field: "user.name", Expected: "user0 to user3", Seen: "user4", Reason: "never seen here",
			},
		},
	}
	got, err := s.Incident(t.Context(), "ab1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
	for _, id := range []string{"ab", "zz", ""} {
		if _, err := s.Incident(t.Context(), id); !errors.Is(err, ErrNotFound) {
			t.Errorf("id %q: got %v, want ErrNotFound", id, err)
		}
	}
}

// A verdict from the control topic stands with its incident, once.
func TestWriteVerdicts(t *testing.T) {
	s := open(t)
	story(t, s)
	b := &detect.Batch{Token: "v", Sites: []detect.Output{{Site: "exeter", Verdicts: []detect.Verdict{
		{
			Incident: "ab12", Verdict: "suppressed", Note: "the printer", Author: "ann", Time: t0, Offset: 3, Until: t0 + day, At: 17,
			Scope: incident.Scope{Entities: []string{"user.name=user4"}, Reasons: []incident.Reason{{Field: "user.name", Values: []uint64{7}}}},
		},
		{Incident: "ab12", Verdict: "confirmed", Note: "no printer", Author: "bob", Time: t0 + 1, Offset: 4},
	}}}}
	write(t, s, b)
	write(t, s, b)
	got, err := s.Incident(t.Context(), "ab12")
	if err != nil || got.Verdict != "confirmed" || got.Author != "bob" || got.Note != "no printer" {
		t.Errorf("got verdict %q of %q, %q, %v", got.Verdict, got.Author, got.Note, err)
	}
	told, err := s.Told(t.Context(), "exeter")
	if err != nil || len(told) != 2 || told[0].Before != 17 || told[1].Before != 0 || told[0].Control.Verdict.Until != t0+day ||
		!told[0].Control.Verdict.Scope.Reasons[0].Covers("user.name", 7) {
		t.Errorf("what detection was told: %+v, %v", told, err)
	}
	want := []Said{
		{
			Time: time.Unix(0, t0).UTC(), Verdict: "suppressed", Author: "ann", Note: "the printer", Entities: []string{"user.name=user4"},
			Reasons: []string{"user.name"}, Until: time.Unix(0, t0+day).UTC(),
		},
		{
			Time: time.Unix(0, t0+1).UTC(), Verdict: "confirmed", Author: "bob", Note: "no printer", Entities: []string{}, Reasons: []string{},
			Until: time.Unix(0, 0).UTC(),
		},
	}
	if diff := cmp.Diff(got.Verdicts, want); diff != "" {
		t.Errorf("what was said, got against want:\n%s", diff)
	}
	if n := lines(t, s, "SELECT count() FROM verdicts")[0]; n != "2" {
		t.Errorf("got %s verdicts, want 2", n)
	}
}

// What a verdict speaks of is read back as it was written, of the current version.
func TestScope(t *testing.T) {
	s := open(t)
	story(t, s)
	got, err := s.Scope(t.Context(), "exeter", "ab12")
	want := incident.Scope{Entities: []string{"user.name=user4"}, Reasons: []incident.Reason{{Field: "user.name", Values: []uint64{1<<64 - 2}, Any: true}}}
	if diff := cmp.Diff(got, want); diff != "" || err != nil {
		t.Errorf("error %v, got against want:\n%s", err, diff)
	}
	if _, err := s.Scope(t.Context(), "truro", "ab99"); !errors.Is(err, errNoScope) {
		t.Errorf("without a scope: got %v, want errNoScope", err)
	}
	if _, err := s.Scope(t.Context(), "truro", "ab12"); !errors.Is(err, ErrNotFound) {
		t.Errorf("at another site: got %v, want ErrNotFound", err)
	}
	if now, err := s.Now(t.Context(), "exeter"); err != nil || now.IsZero() {
		t.Errorf("the site's time is %s, %v", now, err)
	}
	if now, err := s.Now(t.Context(), "nowhere"); err != nil || !now.IsZero() {
		t.Errorf("without events the time is %s, %v", now, err)
	}
}

func TestVerdicts(t *testing.T) {
	s := open(t)
	story(t, s)
	for i, v := range []string{"benign", "confirmed", ""} {
		said(t, s, v, t0+int64(i))
		got, err := s.Incident(t.Context(), "ab12")
		if err != nil {
			t.Fatal(err)
		}
		if got.Verdict != v || got.Author != "ann" || got.Number != 2 {
			t.Errorf("after verdict %q: got %q of %q on version %d", v, got.Verdict, got.Author, got.Number)
		}
	}
	said(t, s, "late", t0-day) // said before the others, though it arrives after them
	if got, err := s.Incident(t.Context(), "ab12"); err != nil || got.Verdict != "" {
		t.Errorf("after a verdict of an earlier time: got %q, %v", got.Verdict, err)
	}
}

// What is suppressed is so until its end in the site's own time, which moves by its events and its collector's ticks alone.
func TestSuppressionEnds(t *testing.T) {
	s := open(t)
	story(t, s) // exeter's latest event is of t0 - day + 19 s
	now := t0 - day + int64(19*time.Second)
	suppress := func(until int64) {
		write(t, s, &detect.Batch{Token: nanoseconds(time.Unix(0, until)), Sites: []detect.Output{{Site: "exeter", Verdicts: []detect.Verdict{
			{Incident: "ab12", Verdict: "suppressed", Author: "ann", Time: t0 + until, Until: until},
		}}}})
	}
	check := func(when, want string, until int64) {
		t.Helper()
		got, err := s.Incident(t.Context(), "ab12")
		if err != nil || got.Verdict != want || got.Author != "ann" || !got.Until.Equal(time.Unix(0, until)) {
			t.Errorf("%s: got %q of %q until %s, %v; want %q", when, got.Verdict, got.Author, got.Until, err, want)
		}
	}
	suppress(now)
	check("at its end", "", now)
	suppress(now + 1)
	check("just before its end", "suppressed", now+1)
	ticked := now + int64(time.Hour)
	suppress(ticked)
	check("an hour before its end", "suppressed", ticked)
	write(t, s, &detect.Batch{Token: "tick", Sites: []detect.Output{{Site: "exeter", Ledger: []ledger.Entry{{Kind: ledger.Tick, First: now, Last: ticked, Rows: 1}}}}})
	check("after an hour without events", "", ticked)
	if got, err := s.Now(t.Context(), "exeter"); err != nil || !got.Equal(time.Unix(0, ticked)) {
		t.Errorf("the site's time is %s, %v, want that of its tick", got, err)
	}
	sites, err := s.Sites(t.Context())
	if err != nil || sites[0].OpenIncidents != 1 {
		t.Errorf("sites %+v, %v, want one open incident in the first", sites, err)
	}
}

func TestSites(t *testing.T) {
	s := open(t)
	story(t, s)
	said(t, s, "benign", t0)
	if err := s.conn.Exec(t.Context(), "INSERT INTO sites (name, title) VALUES ('exeter', 'Exeter City Council')"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Sites(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		got[i].Asked = time.Time{}
	}
	none := time.Unix(0, 0).UTC()
	want := []Site{
		{
			Name: "exeter", Title: "Exeter City Council", Events: 20, First: time.Unix(0, t0-day).UTC(), Last: time.Unix(0, t0-day+19e9).UTC(),
			LastReceived: time.Unix(0, t0+19e9).UTC(), Findings: 1, Incidents: 1,
		},
		{Name: "truro", First: none, Last: none, LastReceived: none, Incidents: 1, OpenIncidents: 1},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
}

func TestStream(t *testing.T) {
	s := open(t)
	for _, c := range []struct{ name, format, sql, want string }{
		{"TSV", "TSV", "SELECT 1, 'a\tb'", "1\ta\\tb\n"},
		{"its own format", "TSV", "SELECT 1 AS x FORMAT JSONEachRow ;\n", "{\"x\":1}\n"},
		{"the database by default", "TSV", "SELECT count() FROM events", "0\n"},
	} {
		var out bytes.Buffer
		if err := s.Stream(t.Context(), &out, c.format, c.sql, nil); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(out.String(), c.want); diff != "" {
			t.Errorf("%s, got against want:\n%s", c.name, diff)
		}
	}
}

func TestStreamError(t *testing.T) {
	s := open(t)
	var out bytes.Buffer
	err := s.Stream(t.Context(), &out, "TSV", "SELECT 1 FORM events", nil)
	var sql *SQLError
	if !errors.As(err, &sql) || sql.Code != 62 {
		t.Fatalf("got %v, want a SQLError with code 62", err)
	}
	for _, part := range []string{"Code: 62. DB::Exception: Syntax error", "position 15", "(SYNTAX_ERROR)"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q lacks %q", err, part)
		}
	}
}

// cancelWriter ends a context at the first bytes that it is given.
type cancelWriter struct{ cancel context.CancelFunc }

func (w cancelWriter) Write(p []byte) (int, error) {
	w.cancel()
	return len(p), nil
}

func TestStreamCancel(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Stream(ctx, cancelWriter{cancel}, "TSV", "SELECT number FROM system.numbers", nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	deadline, done := context.WithTimeout(t.Context(), limit)
	defer done()
	for running := "1"; running != "0"; {
		if deadline.Err() != nil {
			t.Fatal("the query goes on after it was cancelled")
		}
		running = lines(t, s, "SELECT count() FROM system.processes WHERE query LIKE '%system.numbers%' AND query NOT LIKE '%processes%'")[0]
	}
}

func TestInNet(t *testing.T) {
	s := open(t)
	got := lines(t, s, `SELECT address, inNet(address, '10.0.0.0/8'), inNet(address, '::/0'), inNet(address, 'fe80::/10')
		FROM values('address String', '10.1.2.3', '11.0.0.1', '', 'host', 'fe80::1')`)
	want := []string{"10.1.2.3\t1\t0\t0", "11.0.0.1\t0\t0\t0", "\t0\t0\t0", "host\t0\t0\t0", "fe80::1\t0\t1\t1"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
}

// Nanoseconds since 1970 begin in 1677 and end in 2262: a time outside of that is the first or the last of them, not one in the middle.
func TestNanosecondsDoNotRunOver(t *testing.T) {
	for at, want := range map[time.Time]string{
		{}: "-9223372036854775808",
		time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC): "-9223372036854775808",
		time.Unix(0, -1): "-1",
		time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC): "9223372036854775807",
	} {
		if got := nanoseconds(at); got != want {
			t.Errorf("%v: got %s, want %s", at, got, want)
		}
	}
}
