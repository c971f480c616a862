package detect

import (
	"fmt"

	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/ledger"
)

// A Note is a message of ledger entries in place of events.
type Note struct {
	Epoch   string // collector's run, 32 hex digits
	Number  uint64 // of the note within its epoch, from 0 without gaps
	Seq     uint64 // number of the next event
	Offset  int64  // on the site's topic
	Entries []ledger.Entry
}

// Broken is a message that cannot be read.
type Broken struct {
	Offset   int64
	Reason   string // why, in a few words
	Numbered bool   // its envelope could be read: the fields that follow hold
	Epoch    string
	Seq0     uint64
	N        uint32
	IsNote   bool
	Note     uint64
}

// Note takes what a collector counted. Ticks move the site's clock and are told with the next canary; everything else is told at once.
func (s *Site) Note(n Note, out *Output) {
	out.Site = s.name
	s.hear()
	s.at = position{n.Offset, wholeMessage}
	a := &s.arrivals
	a.begin(n.Offset)
	e := a.of(n.Epoch, n.Seq)
	if !s.nextNote(e, n.Number, out) || s.skip != nil && s.skip(s.at) {
		return
	}
	a.tell(&out.Ledger)
	if gap, missing := e.skip(n.Seq); missing {
		s.gap(n.Epoch, gap, a.received, out)
	}
	for i := range n.Entries {
		s.entry(&n.Entries[i], out)
	}
}

// nextNote reports whether a note is new, and tells those missing before it.
func (s *Site) nextNote(e *epoch, number uint64, out *Output) bool {
	missing := number - e.note
	switch {
	case e.note == unknownNote || number == e.note:
	case number < e.note:
		return false
	default:
		out.Ledger = append(out.Ledger, ledger.Entry{
			Kind: ledger.Gap, Reason: fmt.Sprintf("%d notes of the collector never came", missing),
			First: s.arrivals.received, Last: s.arrivals.received, Epoch: e.id, Seq: e.next,
		})
	}
	e.note = number + 1
	return true
}

func (s *Site) entry(x *ledger.Entry, out *Output) {
	a := &s.arrivals
	switch x.Kind {
	case ledger.Tick:
		s.pass(x.Last, out)
		if t := &a.ticks; t.Rows > 0 {
			t.First, t.Last = min(t.First, x.First), max(t.Last, x.Last)
			t.Rows++
		} else {
			*t = ledger.Entry{Kind: ledger.Tick, First: x.First, Last: x.Last, Rows: 1}
		}
		return
	case ledger.Canary:
		s.pass(x.Last, out)
		out.Ledger = append(out.Ledger, *x)
		if a.ticks.Rows > 0 {
			out.Ledger = append(out.Ledger, a.ticks)
			a.ticks = ledger.Entry{}
		}
		return
	case ledger.EpochEnd:
		if len(x.Epoch) <= maxEpochName {
			e := a.of(x.Epoch, x.Seq)
			if gap, missing := e.skip(x.Seq); missing {
				s.gap(x.Epoch, gap, a.received, out)
			}
			e.ended = true
		}
	default:
	}
	out.Ledger = append(out.Ledger, *x)
}

// maxEpochName is the longest name of an epoch, in bytes.
const maxEpochName = 64

// gap tells events that never came.
func (s *Site) gap(epoch string, gap span, until int64, out *Output) {
	if failpoint.Off("gap") {
		return
	}
	out.Ledger = append(out.Ledger, ledger.Entry{
		Kind: ledger.Gap, Reason: "numbered by the collector and not in the log",
		First: min(s.arrivals.received, until), Last: until, Epoch: epoch, Seq: gap.from, Rows: gap.to - gap.from,
	})
}

// Broken takes a message that cannot be read. Its events are holes, so that they are welcome when they come after all.
func (s *Site) Broken(b Broken, out *Output) {
	out.Site = s.name
	s.at = position{b.Offset, wholeMessage}
	a := &s.arrivals
	a.begin(b.Offset)
	a.tell(&out.Ledger)
	x := ledger.Entry{Kind: ledger.DeadLetter, Reason: short(b.Reason), First: s.clock.now, Last: s.clock.now}
	if b.Numbered {
		e := a.of(b.Epoch, b.Seq0)
		if b.IsNote {
			_ = s.nextNote(e, b.Note, out)
		}
		if gap, missing := e.skip(b.Seq0); missing {
			s.gap(b.Epoch, gap, a.received, out)
		}
		x.Epoch, x.Seq = b.Epoch, b.Seq0
		if end := b.Seq0 + uint64(b.N); end > e.next {
			x.Seq, x.Rows = e.next, end-e.next
			e.skip(end)
		}
	}
	out.Ledger = append(out.Ledger, x)
}

// Refused takes back events that the store will never take: they are holes again, so that a corrected message of them is welcome.
func (s *Site) Refused(epoch string, seq, n uint64) {
	if e := s.arrivals.of(epoch, seq); seq+n <= e.next {
		e.open(span{seq, seq + n})
	}
}

// Lost tells of messages that the log no longer has.
func (s *Site) Lost(from, to int64, reason string, out *Output) {
	out.Site = s.name
	out.Ledger = append(out.Ledger, ledger.Entry{
		Kind: ledger.LostLog, Reason: fmt.Sprintf("messages %d to %d: %s", from, to-1, reason),
		First: s.clock.now, Last: s.clock.now, Rows: uint64(to - from),
	})
}

// short cuts a reason to what an entry may hold.
func short(reason string) string {
	const most = 200
	if len(reason) > most {
		return reason[:most]
	}
	return reason
}
