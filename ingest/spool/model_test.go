package spool

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"frontfoot/ingest/ledger"
	"frontfoot/ingest/line"
)

// A spool does what a list does: whatever is appended, committed, acknowledged, killed and opened again in whatever order, what is read is
// what was appended and not acknowledged, in order, under the numbers it was given, and the position is that of the last append.
func TestSpoolIsAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(memory(), "spool") //nolint:usetesting // in memory
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		m := model{dir: dir}
		m.reopen(t)
		t.Repeat(map[string]func(*rapid.T){
			"append": m.append,
			"note":   m.note,
			"commit": func(t *rapid.T) { m.must(t, m.s.Commit()) },
			"read":   m.read,
			"ack":    m.ack,
			"kill": func(t *rapid.T) {
				m.s.mu.Lock()
				m.s.failed = errClosed
				m.must(t, m.s.release())
				m.s.mu.Unlock()
				m.reopen(t)
			},
			"close": func(t *rapid.T) {
				m.must(t, m.s.Close())
				m.reopen(t)
			},
		})
		m.read(t)
		m.must(t, m.s.Close())
	})
}

type model struct {
	dir      string
	s        *Spool
	r        *Reader
	seq      uint64
	n        int
	list     []event // not acknowledged
	acks     []Ack   // one for each event that was read: it and what was before
	position string
}

func (m *model) must(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

func (m *model) reopen(t *rapid.T) {
	if m.r != nil {
		m.r.Close()
	}
	s, err := tryOpen(m.dir, nil)
	m.must(t, err)
	m.s, m.r, m.seq, m.acks = s, s.Reader(), 0, nil
	got := ""
	for _, p := range s.Positions() {
		got += p.Key + string(p.Value)
	}
	if want := m.position; got != want {
		t.Fatalf("positions are %q, want %q", got, want)
	}
}

func (m *model) append(t *rapid.T) {
	c := &line.Chunk{Droppable: true}
	for range rapid.IntRange(0, 5).Draw(t, "lines") {
		raw := fmt.Sprintf("%d %s", m.n, strings.Repeat("x", rapid.IntRange(0, 3000).Draw(t, "length")))
		c.Lines = append(c.Lines, line.Line{Raw: []byte(raw)})
		m.n++
	}
	position := m.position
	switch rapid.IntRange(0, 5).Draw(t, "position") {
	case 0:
		c.Position, position = line.Position{Key: "k"}, ""
	case 1, 2:
		c.Position = line.Position{Key: "k", Value: []byte(strconv.Itoa(m.n))}
		position = "k" + strconv.Itoa(m.n)
	}
	_, err := m.s.Append(t.Context(), Source{Input: "in"}, c)
	if errors.Is(err, ErrFull) {
		t.Skip("full")
	}
	m.must(t, err)
	m.position = position
	for _, l := range c.Lines {
		m.list = append(m.list, event{m.s.Epoch(), m.seq, string(l.Raw)})
		m.seq++
	}
}

func (m *model) note(t *rapid.T) {
	_, err := m.s.AppendNote(ledger.Entry{Kind: ledger.Canary})
	m.must(t, err)
}

// read goes on reading and compares.
func (m *model) read(t *rapid.T) {
	m.must(t, m.s.Commit())
	for {
		f, ok, err := m.r.Next()
		m.must(t, err)
		if !ok {
			break
		}
		if f.IsNote {
			entries, err := ledger.Decode(f.Entries)
			m.must(t, err)
			for _, e := range entries {
				if e.Kind == ledger.Damaged {
					t.Fatalf("reported %+v", e)
				}
			}
			continue
		}
		f.Lines(func(i int, l line.Line) bool {
			want := m.list[len(m.acks)]
			if diff := cmp.Diff(want, event{f.Epoch, f.Seq + uint64(i), string(l.Raw)}); diff != "" {
				t.Fatalf("event (-want +got):\n%.300s", diff)
			}
			a := Ack{At: f.At, Epoch: f.Epoch, Seq: f.Seq + uint64(i) + 1, Note: f.NextNote}
			if a.At.Line = uint32(i + 1); i+1 == f.N {
				a.At = f.End
			}
			m.acks = append(m.acks, a)
			return true
		})
	}
	if len(m.acks) != len(m.list) {
		t.Fatalf("%d events are there, want %d", len(m.acks), len(m.list))
	}
}

func (m *model) ack(t *rapid.T) {
	if len(m.acks) == 0 {
		t.Skip("nothing was read")
	}
	n := rapid.IntRange(1, len(m.acks)).Draw(t, "events")
	m.must(t, m.s.Acknowledge(m.acks[n-1], n))
	m.acks, m.list = m.acks[n:], m.list[n:]
}
