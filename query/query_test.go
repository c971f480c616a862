package query

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"frontfoot/store"
)

var update = flag.Bool("update", false, "write what the commands print to testdata")

// fake is a store with an answer to everything, and its own connector.
type fake struct {
	incidents []store.Incident
	sites     []store.Site
	filter    store.IncidentFilter
	format    string
	statement string
	closed    int
}

func (f *fake) Connect(context.Context) (Store, func() error, error) {
	return f, func() error { f.closed++; return nil }, nil
}

func (f *fake) Stream(_ context.Context, w io.Writer, format, statement string, _ map[string]any) error {
	f.format, f.statement = format, statement
	_, err := io.WriteString(w, "answer\n")
	return err
}

func (f *fake) Incidents(_ context.Context, filter store.IncidentFilter) ([]store.Incident, error) {
	f.filter = filter
	return f.incidents, nil
}

func (f *fake) Incident(_ context.Context, id string) (store.Incident, error) {
	for _, in := range f.incidents {
		if in.ID == id {
			return in, nil
		}
	}
	return store.Incident{}, store.ErrNotFound
}

func (f *fake) Sites(context.Context) ([]store.Site, error) { return f.sites, nil }

// run runs a command line and returns what it prints.
func run(t *testing.T, f *fake, args ...string) (string, error) {
	t.Helper()
	var commands Commands
	var out bytes.Buffer
	parser, err := kong.New(&commands, kong.BindTo(t.Context(), (*context.Context)(nil)), kong.BindTo(f, (*Connector)(nil)), kong.BindTo(&out, (*io.Writer)(nil)))
	if err != nil {
		t.Fatal(err)
	}
	k, err := parser.Parse(args)
	if err != nil {
		return "", err
	}
	closed := f.closed
	err = k.Run()
	if f.closed != closed+1 {
		t.Errorf("%v closed the store %d times", args, f.closed-closed)
	}
	return out.String(), err
}

// hostile is what an attacker may put into a line: colours, a title, a bell, a line end, a turned direction, no UTF-8.
const hostile = "user \x1b[31mroot\x1b]0;owned\a\r\nnext\tline \u202Etxt.exe \xff \u0085 naïve 日本"

func example() *fake {
	at := time.Date(2026, 3, 7, 2, 14, 5, 0, time.UTC)
	return &fake{
		incidents: []store.Incident{
			{
				ID: "exe-7f3a9c", Site: "exeter", Number: 3, First: at, Last: at.Add(37*time.Minute + 17*time.Second), Raised: at.Add(time.Minute),
				Severity: "critical", Score: 31.24, Title: "192.0.2.7 tried 214 accounts over ssh, then logged in as svc-backup",
				Entities: []string{"source.ip=192.0.2.7", "user.name=svc-backup", "user.name=" + hostile},
				Reasons:  []string{"192.0.2.7 has never been seen here; seen 214 times in 37 minutes", "svc-backup logs in from 10.1.0.0/16; seen from 192.0.2.7"},
				Tactics:  []string{"TA0006", "TA0001"}, NextStep: "Block 192.0.2.7, then change the password of svc-backup.", Findings: 1214, EvidenceRows: 3,
				Evidence: []store.Evidence{
					{Time: at, Score: 14.13, Field: "source.ip", Expected: "one of 31 addresses", Seen: "192.0.2.7", Raw: "<38>Mar  7 02:14:05 web1 sshd[811]: Failed password for root"},
					{Time: at.Add(time.Second), Score: 2, Raw: hostile},
					{Time: at.Add(time.Minute), Score: 9, Raw: "third"},
				},
			},
			{
				ID: "tru-0001", Site: "truro", Premises: "corner-shop", Raised: at.Add(-26 * time.Hour), First: at.Add(-26 * time.Hour), Last: at.Add(-26 * time.Hour),
				Severity: "low", Score: 3, Title: hostile, Findings: 1, Verdict: "benign", Author: "ann", Note: "the new printer",
			},
		},
		sites: []store.Site{
			{Name: "exeter", Events: 1_204_117, First: at.AddDate(0, 0, -6), Last: at, LastReceived: at.Add(3 * time.Second), Unparsed: 400, Findings: 317, Incidents: 4, OpenIncidents: 3},
			{Name: "penzance", Events: 812, First: at.AddDate(0, 0, -3), Last: at, LastReceived: at, Unparsed: 812},
			{Name: "st-ives", Events: 90_000, First: at.Add(-3 * time.Hour), Last: at, LastReceived: at, Unparsed: 900},
			{Name: "truro"},
		},
	}
}

func TestOutput(t *testing.T) {
	for _, c := range []struct {
		name string
		from *fake
		args []string
	}{
		{"incidents", example(), []string{"incidents"}},
		{"incidents-none", &fake{}, []string{"incidents"}},
		{"incidents-json", example(), []string{"incidents", "--json"}},
		{"show", example(), []string{"incidents", "show", "exe-7f3a9c", "--evidence", "2"}},
		{"show-benign", example(), []string{"incidents", "show", "tru-0001"}},
		{"show-json", example(), []string{"incidents", "show", "tru-0001", "--json"}},
		{"sites", example(), []string{"sites"}},
		{"sites-none", &fake{}, []string{"sites"}},
		{"sites-json", example(), []string{"sites", "--json"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := run(t, c.from, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", c.name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, string(want)); diff != "" {
				t.Errorf("got against %s (write it with -update):\n%s", file, diff)
			}
		})
	}
}

func TestIncidentNotFound(t *testing.T) {
	_, err := run(t, example(), "incidents", "show", "nothing")
	var hint interface{ HintText() string }
	if !errors.Is(err, store.ErrNotFound) || !errors.As(err, &hint) {
		t.Errorf("got %v, want ErrNotFound with a hint", err)
	}
}

func TestFilter(t *testing.T) {
	f := &fake{}
	if _, err := run(t, f, "incidents", "--site", "exeter", "--since", "2026-03-02", "--limit", "5"); err != nil {
		t.Fatal(err)
	}
	want := store.IncidentFilter{Site: "exeter", Since: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Limit: 5}
	if diff := cmp.Diff(f.filter, want); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
	if _, err := run(t, f, "incidents", "--since", "yesterday"); err == nil {
		t.Error("--since yesterday was understood")
	}
}

func TestSince(t *testing.T) {
	for _, c := range []struct {
		text string
		ago  time.Duration
	}{{"24h", 24 * time.Hour}, {"90m", 90 * time.Minute}, {"0d", 0}} {
		var s Since
		before := time.Now()
		if err := s.UnmarshalText([]byte(c.text)); err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if ago := before.Sub(s.Time); ago > c.ago || ago < c.ago-time.Minute {
			t.Errorf("%s: got %v ago", c.text, ago)
		}
	}
}

func TestQueryFormat(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"query", "SELECT 1"}, "TSV"},
		{[]string{"query", "SELECT 1", "--json"}, "JSONEachRow"},
		{[]string{"query", "--format", "Vertical", "SELECT 1"}, "Vertical"},
	} {
		f := &fake{}
		out, err := run(t, f, c.args...)
		if err != nil || f.format != c.want || f.statement != "SELECT 1" || out != "answer\n" {
			t.Errorf("%v: got format %q, statement %q, answer %q, error %v; want format %s", c.args, f.format, f.statement, out, err, c.want)
		}
	}
}
