package query

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"frontfoot/detect"
	"frontfoot/detect/decoy"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/ledger"
	"frontfoot/store"
)

var update = flag.Bool("update", false, "write what the commands print to testdata")

// fake is a store with an answer to everything, and its own connector.
type fake struct {
	incidents []store.Incident
	sites     []store.Site
	ledger    []store.LedgerTotal
	teachers  []store.Teacher
	verified  map[string]store.Verification
	filter    store.IncidentFilter
	format    string
	statement string
	closed    int

	messages []detect.Message // that a replay reads
	told     []store.Told
	runs     map[string]uint64
	written  detect.Output
	from     time.Time

	named     map[string]decoy.Decoys
	decoys    []store.Decoy
	suggested []store.Suggestion

	idle     bool          // no instance reads the log
	letters  []bus.Message // of site exeter
	produced []bus.Message
	asked    int // how often the log was asked for messages
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

func (f *fake) Ledger(_ context.Context, site string) (out []store.LedgerTotal, _ error) {
	for _, l := range f.ledger {
		if site == "" || site == l.Site {
			out = append(out, l)
		}
	}
	return out, nil
}

func (f *fake) Verify(_ context.Context, site string, opt store.VerifyOptions) (*store.Verification, error) {
	if opt.Progress != nil {
		opt.Progress(1, 2)
	}
	v := f.verified[site]
	v.Site = site
	return &v, nil
}

// run runs a command line and returns what it prints. It must close what it connects to.
func run(t *testing.T, f *fake, args ...string) (string, error) {
	t.Helper()
	closed := f.closed
	out, err := runOnly(t, f, args...)
	if f.closed != closed+1 {
		t.Errorf("%v closed the store %d times", args, f.closed-closed)
	}
	return out, err
}

func runOnly(t *testing.T, f *fake, args ...string) (string, error) {
	t.Helper()
	var commands Commands
	var out bytes.Buffer
	parser, err := kong.New(&commands, kong.BindTo(t.Context(), (*context.Context)(nil)), kong.BindTo(f, (*Connector)(nil)), kong.BindTo(f, (*LogConnector)(nil)), kong.BindTo(f, (*Models)(nil)), kong.BindTo(fakeNames(f.named), (*Named)(nil)), kong.Bind(Command("frontfoot --data there")), kong.BindTo(&out, (*io.Writer)(nil)))
	if err != nil {
		t.Fatal(err)
	}
	k, err := parser.Parse(args)
	if err != nil {
		return "", err
	}
	err = k.Run()
	return out.String(), err
}

// hostile is what an attacker may put into a line: colours, a title, a bell, a line end, a turned direction, no UTF-8.
const hostile = "user \x1b[31mroot\x1b]0;owned\a\r\nnext\tline \u202Etxt.exe \xff \u0085 naïve 日本"

func example() *fake {
	at := time.Date(2026, 3, 7, 2, 14, 5, 0, time.UTC)
	return &fake{
		teachers: exampleTeachers(),
		incidents: []store.Incident{
			{
				ID: "exe-7f3a9c", Site: "exeter", Number: 3, First: at, Last: at.Add(37*time.Minute + 17*time.Second), Raised: at.Add(time.Minute),
				Severity: "critical", Score: 31.24, Title: "192.0.2.7 tried 214 accounts over ssh, then logged in as svc-backup",
				Entities: []string{"source.ip=192.0.2.7", "user.name=svc-backup", "user.name=" + hostile},
				Reasons:  []string{"192.0.2.7 has never been seen here; seen 214 times in 37 minutes", "svc-backup logs in from 10.1.0.0/16; seen from 192.0.2.7"},
				Tactics:  []string{"TA0006", "TA0001"}, NextStep: "Block 192.0.2.7, then change the password of svc-backup.", Findings: 1214, EvidenceRows: 3,
				Losses: []store.Loss{
					{Kind: ledger.KernelDrop, Input: "firewall", Rows: 1420, First: at.Add(-time.Minute), Last: at.Add(time.Minute)},
					{Kind: ledger.Damaged, Reason: hostile, First: at, Last: at},
				},
				Evidence: []store.Evidence{
					{Time: at, Score: 14.13, Field: "source.ip", Expected: "one of 31 addresses", Seen: "192.0.2.7", Raw: "<38>Mar  7 02:14:05 web1 sshd[811]: Failed password for root"},
					{Time: at.Add(time.Second), Score: 2, Raw: hostile},
					{Time: at.Add(time.Minute), Score: 9, Raw: "third"},
				},
			},
			{
				ID: "tru-0001", Site: "truro", Premises: "corner-shop", Raised: at.Add(-26 * time.Hour), First: at.Add(-26 * time.Hour), Last: at.Add(-26 * time.Hour),
				Severity: "low", Score: 3, Title: hostile, Findings: 1, Verdict: "benign", Author: "ann", Note: "the new printer",
				Verdicts: []store.Said{
					{Time: at, Verdict: "suppressed", Author: "bob", Entities: []string{"source.ip=10.0.0.1"}, Reasons: []string{"user.name", "destination.port", "user.name"}, Until: at.AddDate(0, 0, 7)},
					{Time: at.Add(time.Hour), Author: "bob", Note: hostile},
					{Time: at.Add(2 * time.Hour), Verdict: "benign", Author: "ann", Entities: []string{"source.ip=10.0.0.1"}, Reasons: []string{"user.name"}, Note: "the new printer"},
				},
			},
		},
		sites: []store.Site{
			{Name: "exeter", Events: 1_204_117, First: at.AddDate(0, 0, -6), Last: at, LastReceived: at.Add(3 * time.Second), Unparsed: 400, Findings: 317, Incidents: 4, OpenIncidents: 3},
			{Name: "penzance", Events: 812, First: at.AddDate(0, 0, -3), Last: at, LastReceived: at, Unparsed: 812},
			{Name: "st-ives", Events: 90_000, First: at.Add(-3 * time.Hour), Last: at, LastReceived: at, Unparsed: 900},
			{Name: "truro"},
			{
				Name: "wells", Events: 9_000_000, First: at.AddDate(0, 0, -9), Last: at, LastReceived: at.Add(-3 * time.Hour), Asked: at, Taken: 9_000_000, Late: 8_000, Skewed: 1_000,
				Lost: 1_000_142, LostRecently: 142, LostHow: ledger.KernelDrop, LostAt: "firewall\x1b", DeadLetters: 2, LostLog: true,
			},
			{Name: "yeovil", Events: 9_000, First: at.AddDate(0, 0, -9), Last: at, LastReceived: at.Add(-30 * time.Hour), Asked: at, LastCanary: at.Add(-20 * time.Minute)},
			{Name: "zennor", First: time.Unix(0, 0), Asked: at, LastCanary: at.Add(-20 * time.Minute)},
		},
		ledger: []store.LedgerTotal{
			{Site: "exeter", Input: "firewall", Kind: ledger.Taken, Rows: 1_204_117, Recent: 90_000, Entries: 900, First: at.AddDate(0, 0, -6), Last: at},
			{Site: "exeter", Kind: ledger.Gap, Rows: 12, Recent: 0, Entries: 1, First: at, Last: at, Reason: hostile},
			{Site: "wells", Input: "firewall", Kind: ledger.KernelDrop, Rows: 142, Recent: 142, Entries: 3, First: at, Last: at, Reason: "the socket's buffer was full"},
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
		{"incidents-limit", example(), []string{"incidents", "--limit", "1"}},
		{"incidents-none", &fake{}, []string{"incidents"}},
		{"incidents-json", example(), []string{"incidents", "--json"}},
		{"show", example(), []string{"incidents", "show", "exe-7f3a9c", "--evidence", "2"}},
		{"show-benign", example(), []string{"incidents", "show", "tru-0001"}},
		{"show-json", example(), []string{"incidents", "show", "tru-0001", "--json"}},
		{"sites", example(), []string{"sites"}},
		{"sites-none", &fake{}, []string{"sites"}},
		{"sites-json", example(), []string{"sites", "--json"}},
		{"sites-one", example(), []string{"sites", "--site", "wells"}},
		{"ledger", example(), []string{"sites", "--ledger"}},
		{"ledger-one", example(), []string{"sites", "--site", "wells", "--ledger"}},
		{"ledger-json", example(), []string{"sites", "--ledger", "--json"}},
		{"ledger-none", &fake{}, []string{"sites", "--ledger"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := golden(t, c.from, c.name, c.args...); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// golden compares what a command prints with the file of that name, and returns its error.
func golden(t *testing.T, f *fake, name string, args ...string) error {
	t.Helper()
	got, failed := run(t, f, args...)
	sameFile(t, name, got)
	return failed
}

// sameFile compares a text with the file of that name.
func sameFile(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
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
}

func TestIncidentNotFound(t *testing.T) {
	_, err := run(t, example(), "incidents", "show", "nothing")
	var hint interface{ HintText() string }
	if !errors.Is(err, store.ErrNotFound) || !errors.As(err, &hint) {
		t.Errorf("got %v, want ErrNotFound with a hint", err)
	}
}

func TestUnknownSite(t *testing.T) {
	for _, args := range [][]string{
		{"sites"},
		{"sites", "--ledger"},
		{"verify"},
		{"incidents", "list"},
		{"incidents", "list", "--json"},
		{"decoys", "list"},
		{"decoys", "suggest"},
	} {
		f := example()
		f.incidents = nil
		_, err := run(t, f, append(args, "--site", "nowhere")...)
		var hint interface{ HintText() string }
		if !errors.As(err, &hint) || !strings.Contains(err.Error(), `"nowhere"`) {
			t.Errorf("%v: got %v, want an error with the name and a hint", args, err)
		}
	}
}

// TestQuietSite checks that a site of which nothing is to be told is no unknown one.
func TestQuietSite(t *testing.T) {
	for _, args := range [][]string{{"incidents", "list"}, {"decoys", "list"}, {"decoys", "suggest"}} {
		f := example()
		f.incidents = nil
		if got, err := run(t, f, append(args, "--site", "truro")...); err != nil || got == "" {
			t.Errorf("%v: got %q, %v", args, got, err)
		}
	}
}

func TestFilter(t *testing.T) {
	f := &fake{sites: example().sites}
	if _, err := run(t, f, "incidents", "--site", "exeter", "--since", "2026-03-02", "--limit", "5"); err != nil {
		t.Fatal(err)
	}
	want := store.IncidentFilter{Site: "exeter", Since: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Limit: 6}
	if diff := cmp.Diff(f.filter, want); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
	if _, err := runOnly(t, f, "incidents", "--since", "yesterday"); err == nil {
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

// A day ago is 24 hours ago, also where the clocks were put forward meanwhile.
func TestSinceKnowsNoSummerTime(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Skip("no time zones: ", err)
	}
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, london)
	if got, err := since("1d", now); err != nil || now.Sub(got) != 24*time.Hour {
		t.Errorf("got %v, %v, want 24 hours before %v", got, err, now)
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

// A person sees the names of the columns, unless another format is asked for.
func TestQueryFormatOnTerminal(t *testing.T) {
	for want, c := range map[string]SQL{"PrettyCompact": {}, "JSONEachRow": {JSON: true}, "CSV": {Format: "CSV", JSON: true}} {
		if got := c.format(terminal{interactive: true}); got != want {
			t.Errorf("%+v: got %s, want %s", c, got, want)
		}
	}
}
