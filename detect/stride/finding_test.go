package stride

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
	b.End()
	batch := b.Batch()
	var r feature.Row
	events.Begin(batch)
	m.Begin(batch)
	events.Row(0, &r)
	line := &sequence.Row{Row: &r, Batch: batch, Now: now, Daily: 10_000}
	f := m.Take(line)
	m.Learn(line, false)
	return f
}

// TestWhatIsSaid checks what is read off a line, who is spoken of and in what words, and that what was refused or is of a machine outside is nothing.
func TestWhatIsSaid(t *testing.T) {
	for name, x := range map[string]struct {
		row  func(who string, number int) *row
		said string
	}{
		"a record": {func(who string, number int) *row {
			return &row{map[event.Column]string{event.UserName: who}, map[string]string{"ref": fmt.Sprintf("CT%07d", number)}}
		}, "w3 opened "},
		"a page": {func(who string, number int) *row {
			return &row{set: map[event.Column]string{event.UserName: who, event.URLPath: fmt.Sprintf("/claims/%d/letter", number)}}
		}, "w3 opened "},
		"a file, of nobody": {func(who string, number int) *row {
			return &row{set: map[event.Column]string{event.SourceIP: strings.Replace(who, "w", "10.1.0.", 1), event.FilePath: fmt.Sprintf("/scans/%d.tif", number)}}
		}, "10.1.0.3 opened "},
		"refused": {func(who string, number int) *row {
			return &row{set: map[event.Column]string{event.UserName: who, event.EventOutcome: "failure", event.FilePath: fmt.Sprintf("/scans/%d.tif", number)}}
		}, ""},
		"outside": {func(who string, number int) *row {
			return &row{set: map[event.Column]string{event.UserName: who, event.DestinationIP: "203.0.113.9", event.URLPath: fmt.Sprintf("/item/%d", number)}}
		}, ""},
	} {
		events := feature.NewEvents(testKey())
		w := world{New(testKey(), events.Layout()), newWorld(1).r, start}
		for range 2000 {
			w.now += minute
			if f := take(w.Model, events, w.now, x.row(fmt.Sprint("w", w.r.IntN(20)), w.r.IntN(500_000))); f != nil {
				t.Errorf("%s: told of an ordinary day: %s", name, f.Seen)
			}
		}
		said := ""
		for i := range 8 {
			w.now += minute
			if f := take(w.Model, events, w.now, x.row("w3", 240_000+7*i)); f != nil && said == "" {
				said = f.Seen + ", " + f.Expected
			}
		}
		if !strings.HasPrefix(said, x.said) || (said == "") != (x.said == "") || said != "" && !strings.Contains(said, " records whose numbers lie close together, of records opened here one in 64 is within ") {
			t.Errorf("%s: %q, want %q", name, said, x.said)
		}
	}
}
