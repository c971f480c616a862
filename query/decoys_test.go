package query

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"frontfoot/detect"
	"frontfoot/detect/decoy"
	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
	"frontfoot/store"
)

// fakeNames are a configuration's decoys.
type fakeNames map[string]decoy.Decoys

func (f fakeNames) Decoys() (map[string]decoy.Decoys, error) { return f, nil }

func (f *fake) Decoys(context.Context, string) ([]store.Decoy, error) { return f.decoys, nil }

func (f *fake) SuggestDecoys(context.Context, string) ([]store.Suggestion, error) {
	return f.suggested, nil
}

func withDecoys() *fake {
	return &fake{
		decoys: []store.Decoy{
			{Site: "exeter", Kind: "address", Decoy: "10.1.9.9", Met: 1204, Last: time.Date(2026, 3, 7, 2, 14, 5, 0, time.UTC)},
			{Site: "exeter", Kind: "host", Decoy: hostile, Last: time.Unix(0, 0)},
		},
		suggested: []store.Suggestion{
			{Kind: "addresses", Decoy: "10.1.4.7", Why: "free among 5 addresses of 10.1.4.0/24 that are in use on most days"},
			{Kind: "hosts", Decoy: "srv-file03", Why: "the next after " + hostile},
			{Kind: "hosts", Decoy: hostile, Why: "beside x"},
		},
	}
}

func TestDecoyOutput(t *testing.T) {
	for name, c := range map[string]struct {
		from *fake
		args string
	}{
		"decoys":              {withDecoys(), "decoys"},
		"decoys-json":         {withDecoys(), "decoys list --json"},
		"decoys-none":         {&fake{}, "decoys list"},
		"decoys-suggest":      {withDecoys(), "decoys suggest --site exeter"},
		"decoys-suggest-json": {withDecoys(), "decoys suggest --site exeter --json"},
		"decoys-suggest-none": {&fake{sites: example().sites}, "decoys suggest --site exeter"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := golden(t, c.from, name, strings.Fields(c.args)...); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestTellWithoutDecoys(t *testing.T) {
	var out strings.Builder
	err := (&DecoyTell{Author: "ann"}).Run(t.Context(), fakeNames{}, &fake{}, &out)
	var hint interface{ HintText() string }
	if !errors.Is(err, errNoDecoys) || !errors.As(err, &hint) {
		t.Errorf("got %v, want errNoDecoys with a hint", err)
	}
}

// TestTellDecoys tells a real broker, which is told nothing twice.
func TestTellDecoys(t *testing.T) {
	b, err := broker.Start(broker.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	log, err := bus.New(bus.Config{Brokers: []string{b.Addr()}, Local: true}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if err := log.EnsureTopics(t.Context(), bus.SiteSpecs("exeter")...); err != nil {
		t.Fatal(err)
	}
	one, two := decoy.Decoys{Hosts: []string{"old1"}}, decoy.Decoys{Hosts: []string{"old1"}, Accounts: []string{"svc-x"}}
	for i, c := range []struct {
		decoys  decoy.Decoys
		changed bool
	}{{decoy.Decoys{}, false}, {one, true}, {one, false}, {two, true}, {two, false}, {decoy.Decoys{}, true}, {decoy.Decoys{}, false}} {
		changed, err := TellDecoys(t.Context(), log, "exeter", "ann", c.decoys)
		if err != nil || changed != c.changed {
			t.Errorf("step %d: told %v, %v", i, changed, err)
		}
		verdict := detect.Verdict{Incident: "between"}
		value, err := verdict.Encode()
		if err == nil {
			_, err = log.Produce(t.Context(), bus.CtlTopic("exeter"), bus.Message{Value: value})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
