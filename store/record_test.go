package store

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"pgregory.net/rapid"

	"frontfoot/detect"
	"frontfoot/ingest/event"
)

// drawMessage makes a message in which any column may be filled in any row.
func drawMessage(t *rapid.T) *message {
	b := event.NewBuilder()
	rows := rapid.IntRange(1, 40).Draw(t, "rows")
	often := rapid.IntRange(0, 3).Draw(t, "often")
	filled := func(name string) bool { return rapid.IntRange(0, 3).Draw(t, name) < often }
	for range rows {
		b.SetTime(event.Received, t0)
		if filled("port") {
			b.SetUint(event.SourcePort, uint64(rapid.Uint16().Draw(t, "port")))
		}
		if filled("bytes") {
			b.SetUint(event.SourceBytes, rapid.Uint64().Draw(t, "bytes"))
		}
		if filled("action") {
			b.SetString(event.EventAction, rapid.SampledFrom([]string{"accept", "deny", "a", "ab", "aab"}).Draw(t, "action"))
		}
		if filled("message") {
			b.SetString(event.Message, rapid.String().Draw(t, "message"))
		}
		for i := range rapid.IntRange(0, often).Draw(t, "labels") {
			b.Label(fmt.Sprint("k", i), []byte(rapid.String().Draw(t, "label")))
		}
		b.End()
	}
	return newMessage(&detect.Scored{
		Message: detect.Message{Epoch: rapid.StringN(1, 3, -1).Draw(t, "epoch"), Seq0: rapid.Uint64Range(0, 1<<40).Draw(t, "seq"), Events: b.Batch()},
		Scores:  make([]float32, rows), Models: make([]detect.Model, rows),
	}, "exeter", 90)
}

// Whatever the messages hold, the record holds it too, row under row.
func TestRecordJoinsMessages(t *testing.T) {
	var mem arena
	rapid.Check(t, func(t *rapid.T) {
		mem.reset(1 << 20)
		messages := rapid.SliceOfN(rapid.Custom(drawMessage), 1, 6).Draw(t, "messages")
		r := eventRecord(messages, &mem)
		arrays := map[string]int{}
		for i, f := range r.fields {
			arrays[f.Name] = i
			if n := r.arrays[i].Len(); n != r.rows {
				t.Fatalf("%s has %d rows of %d", f.Name, n, r.rows)
			}
		}
		at := 0
		for _, m := range messages {
			for row := range m.Events.Rows() {
				for _, c := range []event.Column{event.SourcePort, event.SourceBytes, event.EventAction, event.Message, event.LabelsColumn, event.Epoch} {
					i, ok := arrays[c.Spec().Name]
					got := ""
					if ok {
						got = valueOf(r, i, at)
					}
					if want := wantOf(m, c, row); got != want {
						t.Fatalf("%s of row %d: got %q, want %q", c, at, got, want)
					}
				}
				at++
			}
		}
	})
}

func valueOf(r *record, i, row int) string {
	switch a := r.arrays[i].(type) {
	case *array.Uint16:
		if a.IsValid(row) {
			return strconv.FormatUint(uint64(a.Value(row)), 10)
		}
	case *array.Uint64:
		if a.IsValid(row) {
			return strconv.FormatUint(a.Value(row), 10)
		}
	case *array.Dictionary:
		return a.Dictionary().(*array.String).Value(a.GetValueIndex(row))
	case *array.String:
		return a.Value(row)
	case *array.Map:
		var out strings.Builder
		from, to := a.ValueOffsets(row)
		for j := int(from); j < int(to); j++ {
			out.WriteString(a.Keys().(*array.String).Value(j) + "=" + a.Items().(*array.String).Value(j) + ";")
		}
		return out.String()
	}
	return ""
}

func wantOf(m *message, c event.Column, row int) string {
	switch c {
	case event.Epoch:
		return m.Epoch
	case event.LabelsColumn:
		out := ""
		m.Events.Labels(row, func(key, value string) bool { out += key + "=" + value + ";"; return true })
		return out
	case event.SourcePort, event.SourceBytes:
		if v, ok := m.Events.Uint(c, row); ok {
			return strconv.FormatUint(v, 10)
		}
		return ""
	default:
		return m.Events.Text(c, row)
	}
}

// A column of more values than a dictionary names goes as text.
func TestRecordManyValues(t *testing.T) {
	b := event.NewBuilder()
	const rows = maxEntries + 10
	for i := range rows {
		b.SetString(event.EventAction, strconv.Itoa(i))
		b.End()
	}
	m := newMessage(&detect.Scored{Message: detect.Message{Events: b.Batch()}, Scores: make([]float32, rows), Models: make([]detect.Model, rows)}, "exeter", 90)
	r := eventRecord([]*message{m}, new(arena))
	for i, f := range r.fields {
		if f.Name == "event_action" {
			if got := valueOf(r, i, rows-1); got != strconv.Itoa(rows-1) {
				t.Errorf("got %q as the last value, want %d", got, rows-1)
			}
			return
		}
	}
	t.Error("the column is missing")
}

func TestExpiry(t *testing.T) {
	for _, c := range []struct {
		name     string
		received int64
		days     int
		want     int64
	}{
		{"kept 90 days", t0, 90, t0/day + 90},
		{"no received time", 0, 90, never},
		{"for ever", t0, 1 << 20, never},
	} {
		b := event.NewBuilder()
		if c.received > 0 {
			b.SetTime(event.Received, c.received)
		}
		b.SetString(event.Raw, "x")
		b.End()
		got := expiryDays(nil, newMessage(&detect.Scored{Message: detect.Message{Events: b.Batch()}}, "exeter", c.days))
		if day := int64(got[0]) | int64(got[1])<<8; len(got) != 2 || day != c.want {
			t.Errorf("%s: got day %d, want %d", c.name, day, c.want)
		}
	}
}

// A first row that does not say when it was received says nothing of the others.
func TestReceivedTimesStayWithoutTheFirst(t *testing.T) {
	b := event.NewBuilder()
	b.SetString(event.Raw, "x")
	b.End()
	b.SetTime(event.Received, t0)
	b.End()
	m := newMessage(&detect.Scored{Message: detect.Message{Events: b.Batch()}}, "exeter", 90)
	if got := m.received(1); got != t0 {
		t.Errorf("the second row was received at %d, want %d", got, t0)
	}
}
