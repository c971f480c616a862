package query

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/detect"
	"frontfoot/detect/decoy"
	"frontfoot/ingest/event"
	"frontfoot/store"
)

func (f *fake) NewSite(_ context.Context, site string) (*detect.Site, error) {
	return detect.NewSite(site, [16]byte{1}, detect.DefaultConfig()), nil
}

func (f *fake) Replay(_ context.Context, _ string, from, to time.Time, fn func(*detect.Message) error) error {
	f.from = from
	for i := range f.messages {
		m := &f.messages[i]
		if at := time.Unix(0, m.Events.Time(event.Received, 0)); at.Before(from) || at.After(to) {
			continue
		}
		if err := fn(m); err != nil {
			return err
		}
	}
	return nil
}

func (f *fake) WriteRun(_ context.Context, run, token string, out *detect.Output) error {
	if !strings.Contains(token, run) || f.runs[token] > 0 {
		return fmt.Errorf("token %q of run %q came %d times", token, run, f.runs[token])
	}
	f.runs[token]++
	f.written.Findings = append(f.written.Findings, out.Findings...)
	f.written.Incidents = append(f.written.Incidents, out.Incidents...)
	return nil
}

func (f *fake) RunRows(_ context.Context, _, run string) (uint64, error) { return f.runs[run], nil }

func (f *fake) CompareRun(context.Context, string, string, time.Time, time.Time) ([]store.Comparison, error) {
	return []store.Comparison{{What: "findings", Old: 1_317, New: 1_204, Both: 1_100}, {What: "incidents", Old: 4, New: 5, Both: 4}}, nil
}

// busy is a store of three days of events, of which the last has something new in it.
func busy() *fake {
	f := &fake{runs: map[string]uint64{"taken": 3}}
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for hour := range 72 {
		b := event.NewBuilder()
		at := start.Add(time.Duration(hour) * time.Hour)
		for i := range 100 {
			b.SetTime(event.Time, at.UnixNano()+int64(i))
			b.SetTime(event.Received, at.UnixNano()+int64(i))
			b.SetString(event.Dataset, "auth")
			user := fmt.Sprint("user", i%7)
			if i == 50 && (hour == 20 || hour == 60) {
				user = fmt.Sprint("stranger", hour)
			}
			b.SetString(event.UserName, user)
			b.End()
		}
		f.messages = append(f.messages, detect.Message{Epoch: "e", Seq0: uint64(hour) * 100, Offset: int64(hour), Events: b.Batch()})
	}
	return f
}

func TestReplay(t *testing.T) {
	f := busy()
	if err := golden(t, f, "replay", "replay", "--site", "exeter", "--from", "2026-03-04", "--to", "2026-03-05", "--warm", "36h", "--run", "second"); err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC); !f.from.Equal(want) {
		t.Errorf("read from %v, want %v: 36 hours before", f.from, want)
	}
	if len(f.written.Findings) == 0 {
		t.Error("nothing was found")
	}
	for _, x := range f.written.Findings {
		if x.Offset < 48 {
			t.Errorf("a finding of message %d, from before the time that was asked for", x.Offset)
		}
	}
	if err := golden(t, busy(), "replay-json", "replay", "--site", "exeter", "--from", "2026-03-04", "--to", "2026-03-05", "--run", "second", "--json"); err != nil {
		t.Error(err)
	}
}

func TestReplayErrors(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want error
	}{
		"name":    {[]string{"--from", "7d", "--run", "it's"}, errRun},
		"taken":   {[]string{"--from", "7d", "--run", "taken"}, errHasRun},
		"period":  {[]string{"--from", "2026-03-02", "--to", "2026-03-01"}, errPeriod},
		"nothing": {[]string{"--from", "2026-03-20"}, errNone},
	} {
		_, err := runOnly(t, busy(), append([]string{"replay", "--site", "exeter"}, c.args...)...)
		var hint interface{ HintText() string }
		if !errors.Is(err, c.want) || !errors.As(err, &hint) {
			t.Errorf("%s: got %v, want %v with a hint", name, err, c.want)
		}
	}
}

// What people said holds in a replay from where it held live.
func TestReplayHearsWhatWasSaid(t *testing.T) {
	f := busy()
	named := detect.Control{Decoys: &detect.Decoys{Decoys: decoy.Decoys{Accounts: []string{"stranger60", "user3"}}}}
	f.told = []store.Told{{Before: 60, Control: named}, {Before: 61, Offset: 1, Control: detect.Control{Decoys: &detect.Decoys{}}}}
	if _, err := run(t, f, "replay", "--site", "exeter", "--from", "2026-03-04", "--to", "2026-03-05", "--run", "third"); err != nil {
		t.Fatal(err)
	}
	met := map[string]int{}
	for _, x := range f.written.Findings {
		if x.Model == "decoy" {
			met[fmt.Sprint(x.Value, " in message ", x.Offset)]++
		}
	}
	if diff := cmp.Diff(map[string]int{"stranger60 in message 60": 1, "user3 in message 60": 1}, met); diff != "" {
		t.Error(diff)
	}
}

func (f *fake) Told(context.Context, string) ([]store.Told, error) { return f.told, nil }
