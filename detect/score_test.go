package detect

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect/incident"
	"frontfoot/ingest/parse"
)

const testSchema = `name: t
site: testham
time: when
columns:
  when: time
  host: categorical
  ip: ip
  port: port
  bytes: numeric
  what: text
`

func mustSchema(t *testing.T, text string) *Schema {
	t.Helper()
	s, err := ParseSchema("schema.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemaErrors checks that every mistake is told with its line.
func TestSchemaErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", "name: t\ncolums:\n  a: numeric\n", `s.yaml:2: colums: unknown key, known are name, site, source, licence, time, warmup and columns`},
		{"unknown kind", "columns:\n  a: number\n", `s.yaml:2: columns.a: "number" is no kind, use one of time, categorical, numeric, ip, port, text`},
		{"twice", "columns:\n  a: numeric\n  a: text\n", `s.yaml:3: columns.a: named twice`},
		{"time", "time: t\ncolumns:\n  a: numeric\n", `s.yaml:1: time: "t" is not among the columns of kind time`},
		{"warmup", "warmup: -1\ncolumns:\n  a: numeric\n", `s.yaml:1: warmup: must be 0 or a number of rows`},
		{"empty", "", `s.yaml:1: a schema is a map with the key columns`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseSchema("s.yaml", []byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestScoreErrors checks that bad rows are named by their line and say what to do.
func TestScoreErrors(t *testing.T) {
	const head = "when,host,ip,port,bytes,what\n"
	const good = "1772409600,a,10.0.0.1,22,10,hello\n"
	for _, c := range []struct{ name, rows, want string }{
		{"time", head + good + "soon,a,10.0.0.1,22,10,hello\n", `rows.csv:3: time "soon": use seconds since 1970 or 2026-03-02T09:00:00Z`},
		{"cells", head + good + good + "1772409600,a\n", `rows.csv:4: wrong number of fields: each row needs as many cells as the header`},
		{"quotes", head + `1772409600,a"b,10.0.0.1,22,10,hello` + "\n", `rows.csv:2: bare " in non-quoted-field: put cells with quotes into quotes`},
		{"unclosed", head + good + `"unclosed`, `rows.csv:3: `},
		{"column", "when,host,ip,port,bytes,what,more\n", `rows.csv:1: column "more" is not in the schema`},
		{"missing", "when,host,ip,port,bytes\n", `rows.csv:1: column "what" of the schema is not in the header`},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := ScoreOptions{Format: FormatCSV, Name: "rows.csv", Schema: mustSchema(t, testSchema), Key: ScoreKey(), Config: DefaultConfig()}
			err := Score(context.Background(), strings.NewReader(c.rows), io.Discard, nil, opt)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// table writes rows of three days of one quiet host, and among the last of them an attack by another.
func attackRows() string {
	var b strings.Builder
	b.WriteString("when,host,ip,port,bytes,what\n")
	at := int64(1_772_409_600)
	for i := range 12_000 {
		at += 20
		fmt.Fprintf(&b, "%d,srv%d,10.0.0.%d,%d,%d,user %d logged in\n", at, i%3, i%7, []int{22, 80, 443}[i%3], 500+i%400, i)
		if i > 11_500 && i < 11_512 {
			fmt.Fprintf(&b, "%d,vault,10.0.0.3,%d,%d,odd shell spawned by service %d\n", at, 4000+i, 90_000_000, i)
		}
	}
	return b.String()
}

type scoreLine struct {
	I     int     `json:"i"`
	Score float64 `json:"score"`
	Alert bool    `json:"alert"`
}

// TestScoreTable checks the form of what is written, that the attack stands out, and that it becomes an incident.
func TestScoreTable(t *testing.T) {
	rows := attackRows()
	var scores, incidents bytes.Buffer
	opt := ScoreOptions{Format: FormatCSV, Schema: mustSchema(t, testSchema), Key: ScoreKey(), Config: DefaultConfig()}
	if err := Score(context.Background(), strings.NewReader(rows), &scores, &incidents, opt); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(rows, "\n")[1:]
	r := bufio.NewScanner(&scores)
	n, alerts, hits := 0, 0, 0
	for ; r.Scan(); n++ {
		var l scoreLine
		if err := json.Unmarshal(r.Bytes(), &l); err != nil || l.I != n {
			t.Fatalf("line %d is %s: %v", n, r.Text(), err)
		}
		if l.Alert {
			alerts++
			if strings.Contains(lines[n], "odd shell") {
				hits++
			}
		}
	}
	if n != 12_011 || hits < 8 || alerts > 40 {
		t.Errorf("%d scores, %d alerts, %d of the 11 rows of the attack among them", n, alerts, hits)
	}
	var in scoreIncident
	if err := json.NewDecoder(&incidents).Decode(&in); err != nil {
		t.Fatalf("no incident: %v", err)
	}
	if in.Site != "testham" || in.Entity != "ip=10.0.0.3" || in.Rank < 20 || len(in.Rows) == 0 || !strings.Contains(lines[in.Rows[0]], "odd shell") {
		t.Errorf("incident %+v", in)
	}
}

// TestScoreWithoutTimes checks that a table without times is scored, without learning period, and refuses to tell incidents.
func TestScoreWithoutTimes(t *testing.T) {
	opt := ScoreOptions{Format: FormatCSV, Schema: mustSchema(t, "columns:\n  a: numeric\n  b: categorical\n"), Key: ScoreKey(), Config: DefaultConfig()}
	var out bytes.Buffer
	if err := Score(context.Background(), strings.NewReader("a,b\n1,x\nNaN,\ninf,y\n-3e9,\"\"\n"), &out, nil, opt); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "\n"); got != 4 {
		t.Errorf("%d scores of 4 rows", got)
	}
	err := Score(context.Background(), strings.NewReader("a,b\n1,x\n"), io.Discard, io.Discard, opt)
	if err == nil || !strings.Contains(err.Error(), "incidents need rows with times") {
		t.Errorf("got %v", err)
	}
}

// TestScoreLines checks log lines from a stream: a score each, empty, long and broken ones too, and the same as a second time.
func TestScoreLines(t *testing.T) {
	g, err := gen.New(gen.Config{Seed: 3, Sites: []string{"testham"}, Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Days: 1, EventsPerDay: 2000})
	if err != nil {
		t.Fatal(err)
	}
	var in bytes.Buffer
	n := 0
	for l := range g.Site(0) {
		in.Write(l.Text)
		in.WriteByte('\n')
		n++
	}
	for _, odd := range []string{"\n", "\x00\xff\xfe\n", strings.Repeat("x", 3<<20) + "\n", "no end"} {
		in.WriteString(odd)
		n++
	}
	run := func() string {
		var out bytes.Buffer
		opt := ScoreOptions{Key: ScoreKey(), Config: DefaultConfig()}
		if err := Score(context.Background(), bytes.NewReader(in.Bytes()), &out, io.Discard, opt); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	first := run()
	if got := strings.Count(first, "\n"); got != n {
		t.Errorf("%d scores of %d lines", got, n)
	}
	if diff := cmp.Diff(first, run()); diff != "" {
		t.Errorf("the second run differs: %.500s", diff)
	}
}

// TestScoreKeepsEveryIncident checks that an incident stays what it was when the versions' memory is used for the next.
func TestScoreKeepsEveryIncident(t *testing.T) {
	var incidents bytes.Buffer
	w := &scoreWriter{scores: bufio.NewWriter(io.Discard), incidents: bufio.NewWriter(&incidents), ended: map[string]*incident.Version{}}
	versions := make([]incident.Version, 1)
	for _, v := range []incident.Version{{ID: "a", Title: "first"}, {ID: "b", Title: "other"}, {ID: "a", Title: "last"}, {ID: "c", Title: "third"}} {
		versions[0] = v
		w.take(versions)
	}
	if err := w.flush(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(incidents.String()) {
		var o scoreIncident
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		got = append(got, o.Title)
	}
	if diff := cmp.Diff(got, []string{"last", "other", "third"}); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
}

// TestScoreReadsStampsInTheirZone checks that a day of lines whose stamps name no zone begins where they were written.
func TestScoreReadsStampsInTheirZone(t *testing.T) {
	first := func(zone *time.Location) string {
		var in, incidents bytes.Buffer
		for i := range 400 {
			fmt.Fprintf(&in, "Mar  %d %02d:30:00 web01 sshd[%d]: Accepted password for clerk from 10.0.0.5 port 4000 ssh2\n", 2+i/24, i%24, 900+i)
		}
		fmt.Fprint(&in, "Mar 20 09:00:00 web01 useradd[99]: new user: name=eve, UID=0, GID=0, home=/root, shell=/bin/sh, from=none\n")
		cfg := DefaultConfig()
		cfg.LearnFor, cfg.LearnEvents, cfg.LearnAtMost = time.Hour, 10, 0
		if err := Score(t.Context(), &in, io.Discard, &incidents, ScoreOptions{Key: ScoreKey(), Config: cfg, Lines: parse.Config{Zone: zone}}); err != nil {
			t.Fatal(err)
		}
		var v struct{ Time string }
		if err := json.Unmarshal(bytes.SplitN(incidents.Bytes(), []byte("\n"), 2)[0], &v); err != nil {
			t.Fatal(err)
		}
		return v.Time
	}
	utc, west := first(time.UTC), first(time.FixedZone("", -5*3600))
	if !strings.HasSuffix(utc, "T09:00:00Z") || !strings.HasSuffix(west, "T14:00:00Z") {
		t.Errorf("raised at %s and %s, want five hours apart", utc, west)
	}
}
