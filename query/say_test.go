package query

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/detect/verdict"
	"frontfoot/store"
)

func (*fake) Scope(_ context.Context, site, _ string) (incident.Scope, error) {
	if site != "exeter" {
		return incident.Scope{}, store.ErrNotFound
	}
	return incident.Scope{Entities: []string{"source.ip=192.0.2.7", "user.name=svc-backup"}, Reasons: []incident.Reason{
		{Field: "source.ip", Values: []uint64{1}, Weak: true}, {Field: "user.name + source.ip", Values: []uint64{2, 1 << 63}},
	}}, nil
}

func (*fake) Now(context.Context, string) (time.Time, error) {
	return time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC), nil
}

// TestSay checks what is sent to the site's control topic.
func TestSay(t *testing.T) {
	all, _ := (*fake)(nil).Scope(t.Context(), "exeter", "")
	wide := func(who []string, fields ...string) (c incident.Scope) {
		c.Entities = who
		for _, f := range fields {
			c.Reasons = append(c.Reasons, incident.Reason{Field: f, Any: true, Weak: f == "source.ip"})
		}
		return c
	}
	day := func(n int) int64 { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC).UnixNano() }
	for _, c := range []struct {
		args string
		want detect.Verdict
	}{
		{"confirm exe-7f3a9c", detect.Verdict{Verdict: verdict.Confirmed, Scope: all}},
		{"benign exe-7f3a9c --note=known", detect.Verdict{Verdict: verdict.Benign, Note: "known", Scope: all}},
		{"undo exe-7f3a9c", detect.Verdict{}},
		{"suppress exe-7f3a9c", detect.Verdict{
			Verdict: verdict.Suppressed, Until: day(14), Scope: wide(all.Entities, "source.ip", "user.name + source.ip"),
		}},
		{"suppress exe-7f3a9c --entity=source.ip=192.0.2.7 --reason=2 --until=24h", detect.Verdict{
			Verdict: verdict.Suppressed, Until: day(8), Scope: wide([]string{"source.ip=192.0.2.7"}, "user.name + source.ip"),
		}},
		{"suppress exe-7f3a9c --reason=source.ip --until=2026-03-09", detect.Verdict{
			Verdict: verdict.Suppressed, Until: time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC).UnixNano(), Scope: wide(all.Entities, "source.ip"),
		}},
	} {
		t.Run(c.args, func(t *testing.T) {
			f := example()
			f.incidents[0].Verdicts = []store.Said{{Verdict: verdict.Confirmed}}
			if _, err := runOnly(t, f, append([]string{"incidents"}, append(strings.Fields(c.args), "--author=ann")...)...); err != nil {
				t.Fatal(err)
			}
			if len(f.produced) != 1 || f.closed != 2 {
				t.Fatalf("%d records sent, %d of store and log closed", len(f.produced), f.closed)
			}
			got, err := detect.DecodeControl(f.produced[0].Value)
			if err != nil {
				t.Fatal(err)
			}
			c.want.Incident, c.want.Author, c.want.Time = "exe-7f3a9c", "ann", got.Verdict.Time
			if diff := cmp.Diff(&c.want, got.Verdict); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSayWrongly(t *testing.T) {
	for _, c := range []struct {
		args string
		want error
	}{
		{"benign nothing", store.ErrNotFound},
		{"undo exe-7f3a9c", errUnsaid},
		{"suppress exe-7f3a9c --entity=10.0.0.1", errEntity},
		{"suppress exe-7f3a9c --entity=foo=bar", errEntity},
		{"suppress exe-7f3a9c --entity=source.ip=10.0.0.1", errEntity},
		{"suppress exe-7f3a9c --reason=3", errReason},
		{"suppress exe-7f3a9c --reason=user.name", errReason},
		{"suppress exe-7f3a9c --until=yesterday", errUntil},
		{"suppress exe-7f3a9c --until=2026-03-07", errUntil},
		{"suppress exe-7f3a9c --until=0d", errUntil},
		{"suppress exe-7f3a9c --until=2300-01-01", errUntil},
		{"suppress exe-7f3a9c --until=2500000h", errUntil},
	} {
		f := example()
		_, err := runOnly(t, f, append([]string{"incidents"}, strings.Fields(c.args)...)...)
		var hint interface{ HintText() string }
		if !errors.Is(err, c.want) || !errors.As(err, &hint) || len(f.produced) > 0 {
			t.Errorf("%s: got %v, %d records; want %v with a hint", c.args, err, len(f.produced), c.want)
		}
	}
}

// TestEntityHint checks that whoever names an entity wrongly is told the incident's own, with no colours of the attacker's.
func TestEntityHint(t *testing.T) {
	_, err := runOnly(t, example(), "incidents", "suppress", "exe-7f3a9c", "--entity=foo=bar")
	var hint interface{ HintText() string }
	if !errors.As(err, &hint) || !strings.Contains(hint.HintText(), "source.ip=192.0.2.7, user.name=svc-backup, ") || strings.Contains(hint.HintText(), "\x1b") {
		t.Errorf("got %v", err)
	}
}

// TestUndoOnce takes back what only the log has yet. A second time there is nothing left.
func TestUndoOnce(t *testing.T) {
	f := example()
	for _, args := range []string{"benign exe-7f3a9c", "undo exe-7f3a9c"} {
		if _, err := runOnly(t, f, append([]string{"incidents"}, strings.Fields(args)...)...); err != nil {
			t.Fatalf("%s: %v", args, err)
		}
	}
	if _, err := runOnly(t, f, "incidents", "undo", "exe-7f3a9c"); !errors.Is(err, errUnsaid) || len(f.produced) != 2 || f.closed != 6 {
		t.Errorf("again: got %v, %d records, %d closed; want errUnsaid, 2 and 6", err, len(f.produced), f.closed)
	}
}

// A suppression is shown with its end, and as over once it is.
func TestStanding(t *testing.T) {
	until := time.Date(2026, 3, 14, 2, 14, 5, 0, time.UTC)
	for _, c := range []struct {
		name          string
		in            store.Incident
		listed, shown string
	}{
		{"nobody has said", store.Incident{Until: time.Unix(0, 0)}, "open", "open"},
		{"benign", store.Incident{Verdict: "benign", Author: "ann", Note: "a printer", Until: time.Unix(0, 0)}, "benign", "benign by ann: a printer"},
		{"taken back", store.Incident{Author: "bob", Until: time.Unix(0, 0)}, "open", "open (taken back by bob)"},
		{
			"suppressed",
			store.Incident{Verdict: verdict.Suppressed, Author: "ann", Note: "a trial", Until: until},
			"suppressed", "suppressed by ann until 2026-03-14 02:14:05 UTC: a trial",
		},
		{
			"over",
			store.Incident{Author: "ann", Note: "a trial", Until: until},
			"open (was suppressed until 2026-03-14 02:14)", "open (was suppressed by ann until 2026-03-14 02:14:05 UTC: a trial)",
		},
	} {
		if got := [2]string{standing(&c.in), said(&c.in)}; got != [2]string{c.listed, c.shown} {
			t.Errorf("%s: got %q, want %q and %q", c.name, got, c.listed, c.shown)
		}
	}
}

// Two reasons about the same fields are named once.
func TestDistinct(t *testing.T) {
	if got := strings.Join(distinct([]string{"a + b", "c", "a + b"}), ", "); got != "a + b, c" {
		t.Errorf("got %q", got)
	}
}

// TestSaid checks what the commands print.
func TestSaid(t *testing.T) {
	for name, args := range map[string]string{
		"say-confirm": "confirm exe-7f3a9c", "say-benign": "benign exe-7f3a9c --note=x", "say-undo": "undo exe-7f3a9c",
		"say-suppress": "suppress exe-7f3a9c --reason=2", "say-json": "suppress exe-7f3a9c --json --note=loud",
		"say-idle": "benign exe-7f3a9c", "say-idle-json": "benign exe-7f3a9c --json",
	} {
		t.Run(name, func(t *testing.T) {
			f := example()
			f.idle = strings.HasPrefix(name, "say-idle")
			f.incidents[0].Verdicts = []store.Said{{Verdict: verdict.Confirmed}}
			got, err := runOnly(t, f, append([]string{"incidents"}, append(strings.Fields(args), "--author=ann")...)...)
			if err != nil {
				t.Fatal(err)
			}
			sameFile(t, name, got)
		})
	}
}
