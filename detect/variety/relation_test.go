package variety

import (
	"fmt"
	"strings"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/ingest/event"
)

// A row is what a line says.
type row struct {
	set    map[event.Column]string
	labels map[string]string
	status uint64
}

// take gives a row to a model.
func take(m *Model, events *feature.Events, now int64, x *row) *sequence.Finding {
	b := event.NewBuilder()
	b.SetTime(event.Time, now)
	b.SetString(event.Dataset, "test")
	for c, text := range x.set {
		b.SetString(c, text)
	}
	for key, text := range x.labels {
		b.Label(key, []byte(text))
	}
	if x.status > 0 {
		b.SetUint(event.HTTPStatus, x.status)
	}
	b.End()
	batch := b.Batch()
	var r feature.Row
	events.Begin(batch)
	m.Begin(batch)
	events.Row(0, &r)
	if r.Message != "" {
		r.Values[m.layout.Shape] = feature.Value{Hash: 99, Text: "shape"}
	}
	line := &sequence.Row{Row: &r, Batch: batch, Now: now, Daily: 10_000}
	f := m.Take(line)
	m.Learn(line, false)
	return f
}

// TestWhatIsSaid checks of each relation what is counted with what, who is spoken of and the words, and what is not counted: what was refused, and what comes
// again.
func TestWhatIsSaid(t *testing.T) {
	text := func(columns map[event.Column]string) *row { return &row{set: columns} }
	for name, x := range map[string]struct {
		row      func(key string, thing int) *row
		said     string
		entities int
	}{
		"records": {func(key string, thing int) *row {
			return &row{set: map[event.Column]string{event.UserName: key}, labels: map[string]string{"ref": fmt.Sprint("CT", thing)}}
		}, "known opened ", 1},
		"pages": {func(key string, thing int) *row {
			return text(map[event.Column]string{event.UserName: key, event.URLPath: fmt.Sprint("/", thing), event.HostHostname: "web1"})
		}, "known opened ", 1},
		"refused": {func(key string, thing int) *row {
			return &row{set: map[event.Column]string{event.UserName: key, event.URLPath: fmt.Sprint("/", thing), event.HostHostname: "web1"}, status: 403}
		}, "", 0},
		"pages outside": {func(key string, thing int) *row {
			return text(map[event.Column]string{event.UserName: key, event.URLPath: fmt.Sprint("/", thing), event.DestinationIP: "203.0.113.9"})
		}, "", 0},
		"addresses": {func(key string, thing int) *row {
			return &row{set: map[event.Column]string{event.DNSQuestionName: key + ".example", event.DestinationIP: "10.1.2.3"}, labels: map[string]string{"dns.answers": fmt.Sprint("203.0.113.", thing)}}
		}, "known.example had ", 2},
		"deeds": {func(key string, thing int) *row {
			return text(map[event.Column]string{event.ProcessCommandLine: "run " + key + "2", event.HostHostname: fmt.Sprint("srv", thing), event.UserName: fmt.Sprint("u", thing)})
		}, `"run known2" was seen on `, 2},
		"lines": {func(key string, thing int) *row {
			return text(map[event.Column]string{event.Message: key + " was stopped", event.HostHostname: fmt.Sprint("srv", thing)})
		}, `"known was stopped" was seen on `, 1},
		"of others": {func(key string, thing int) *row {
			return text(map[event.Column]string{event.Message: key + " has an address", event.HostHostname: fmt.Sprint("pc", thing), event.ObserverHostname: "fw1"})
		}, "", 0},
		"visitors": {func(key string, thing int) *row {
			return text(map[event.Column]string{event.URLPath: "/" + key, event.HostHostname: "web1", event.SourceIP: fmt.Sprint("203.0.113.", thing)})
		}, "/known was opened by ", 2},
		"sources": {func(key string, thing int) *row {
			return text(map[event.Column]string{event.UserName: key, event.SourceIP: fmt.Sprint("10.1.3.", thing)})
		}, "known came from ", 2},
		"sources of guesses": { // what nobody was let in by says nothing of whose account it is
			func(key string, thing int) *row {
				return text(map[event.Column]string{event.UserName: key, event.SourceIP: fmt.Sprint("203.0.113.", thing), event.EventAction: "ssh_disconnect"})
			}, "", 0,
		},
		"machines": {func(key string, thing int) *row {
			return text(map[event.Column]string{event.UserName: key, event.HostHostname: fmt.Sprint("srv", thing)})
		}, "known was on ", 1},
	} {
		events := feature.NewEvents(testKey())
		m, now := New(testKey(), events.Layout()), start
		for range 5 * 24 {
			now += hour
			for key := range 4 {
				for thing := range 1 + key%3 {
					take(m, events, now, x.row(fmt.Sprint("key", string(rune('a'+key))), thing))
				}
			}
			take(m, events, now, x.row("known", 1))
			take(m, events, now, x.row("known", 2))
		}
		var last *sequence.Finding
		for thing := range 60 {
			if f := take(m, events, now, x.row("known", thing)); f != nil {
				last = f
			}
		}
		switch {
		case last == nil:
			if x.said != "" {
				t.Errorf("%s: nothing is said", name)
			}
		case x.said == "" || !strings.HasPrefix(last.Seen, x.said) || !strings.Contains(last.Seen, " different "):
			t.Errorf("%s: said %q, want %q", name, last.Seen, x.said)
		case len(last.Entities) != x.entities || last.Expected != "at most 3 in an hour in the last two weeks" && last.Expected != "at most 2 in an hour in the last two weeks":
			t.Errorf("%s: %d entities, expected %q", name, len(last.Entities), last.Expected)
		}
	}
}

// TestPageOfNobody checks that a page is counted only where there is something to name: a machine or at least a kind of log.
func TestPageOfNobody(t *testing.T) {
	events := feature.NewEvents(testKey())
	m := New(testKey(), events.Layout())
	for dataset, want := range map[string]bool{"": false, "web": true} {
		b := event.NewBuilder()
		b.SetTime(event.Time, start)
		b.SetString(event.Dataset, dataset)
		b.SetString(event.URLPath, "/")
		b.SetString(event.SourceIP, "203.0.113.9")
		b.End()
		var r feature.Row
		events.Begin(b.Batch())
		m.Begin(b.Batch())
		events.Row(0, &r)
		row := &sequence.Row{Row: &r, Batch: b.Batch()}
		m.sight = sight{page: m.page(row)}
		if key, _ := pageVisitors(m, row); (key != 0) != want {
			t.Errorf("of kind %q: counted as %x", dataset, key)
		}
	}
}
