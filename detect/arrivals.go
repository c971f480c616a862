package detect

import (
	"slices"

	"frontfoot/detect/sketch"
	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/ledger"
)

const (
	maxEpochs  = 64   // followed at a time; see retire for who leaves
	maxHoles   = 64   // kept of an epoch; the oldest is given up
	maxRetired = 1024 // remembered of those that left
)

// arrivals is what a site knows of the numbers of its collectors' events: what came, what came again, and what never did. It is part of the site's
// state, and so a function of the log.
type arrivals struct {
	epochs   []*epoch     // least recently heard of first
	retired  []*epoch     // that left, in that order, without their holes
	begun    bool         // something has come
	late     bool         // the log had begun before: the first epoch that comes may have, too
	received int64        // when the newest event was taken by its collector
	again    ledger.Entry // duplicates not yet told; Rows is 0 where there are none
	ticks    ledger.Entry // ticks since the last canary, the same way
	claim    string       // what a message last claimed its site to be
	claimed  int64        // and the site's time of the last finding about it
}

// An epoch is one run of a collector.
type epoch struct {
	id    string
	next  uint64 // number of the next event
	note  uint64 // and of the next note
	holes []span // ascending, none touches another
	ended bool   // its collector said so
}

// A span is the numbers from one up to but not including another.
type span struct{ from, to uint64 }

// begin notes that a message at an offset has come.
func (a *arrivals) begin(offset int64) {
	if !a.begun {
		a.begun, a.late = true, offset > 0
	}
}

// of returns an epoch and makes it the most recently heard of. seq is the number that it begins with where the site came in late.
func (a *arrivals) of(id string, seq uint64) *epoch {
	last := len(a.epochs) - 1
	if last >= 0 && a.epochs[last].id == id {
		return a.epochs[last]
	}
	i := slices.IndexFunc(a.epochs, func(e *epoch) bool { return e.id == id })
	if i < 0 {
		e := a.back(id)
		if e == nil {
			e = &epoch{id: id}
			if a.late {
				a.late, e.next = false, seq
				e.note = unknownNote
			}
		}
		if len(a.epochs) == maxEpochs {
			a.retire()
		}
		a.epochs = append(a.epochs, e)
		return e
	}
	e := a.epochs[i]
	a.epochs = append(slices.Delete(a.epochs, i, i+1), e)
	return e
}

// retire makes room for an epoch: the one leaves that is over and whole, or else over, or else has not been heard of for longest, as where a collector was
// installed anew and nobody said that the one before is over. How far it had come stays known, so that what comes of it again is not taken twice; what
// was missing of it is not waited for any more.
func (a *arrivals) retire() {
	i := slices.IndexFunc(a.epochs, func(e *epoch) bool { return e.ended && len(e.holes) == 0 })
	if i < 0 {
		i = max(0, slices.IndexFunc(a.epochs, func(e *epoch) bool { return e.ended }))
	}
	e := a.epochs[i]
	e.holes = nil
	a.epochs = slices.Delete(a.epochs, i, i+1)
	if len(a.retired) == maxRetired {
		a.retired = slices.Delete(a.retired, 0, 1)
	}
	a.retired = append(a.retired, e)
}

// back returns an epoch that had left, nil where none is known.
func (a *arrivals) back(id string) *epoch {
	i := slices.IndexFunc(a.retired, func(e *epoch) bool { return e.id == id })
	if i < 0 {
		return nil
	}
	e := a.retired[i]
	a.retired = slices.Delete(a.retired, i, i+1)
	return e
}

// unknownNote stands for the number of the next note where any may come.
const unknownNote = 1<<64 - 1

// skip opens a hole up to seq where the numbers between never came, and reports it.
func (e *epoch) skip(seq uint64) (span, bool) {
	if seq <= e.next {
		return span{}, false
	}
	gap := span{e.next, seq}
	e.open(gap)
	e.next = seq
	return gap, true
}

// open adds a hole.
func (e *epoch) open(s span) {
	i, _ := slices.BinarySearchFunc(e.holes, s.from, func(h span, from uint64) int {
		if h.to < from {
			return -1
		}
		return 1
	})
	j := i
	for j < len(e.holes) && e.holes[j].from <= s.to { // those that it touches become one with it
		s.from, s.to = min(s.from, e.holes[j].from), max(s.to, e.holes[j].to)
		j++
	}
	e.holes = slices.Replace(e.holes, i, j, s)
	if len(e.holes) > maxHoles {
		e.holes = slices.Delete(e.holes, 0, 1)
	}
}

// fill closes the part of the holes that lies within s and returns what was open, ascending.
func (e *epoch) fill(s span) []span {
	var filled, left []span
	for _, h := range e.holes {
		f := span{max(h.from, s.from), min(h.to, s.to)}
		if f.from >= f.to {
			left = append(left, h)
			continue
		}
		filled = append(filled, f)
		if h.from < f.from {
			left = append(left, span{h.from, f.from})
		}
		if f.to < h.to {
			left = append(left, span{f.to, h.to})
		}
	}
	if len(filled) == 0 {
		return nil
	}
	if len(left) > maxHoles {
		left = left[1:]
	}
	e.holes = left
	return filled
}

// A part is a stretch of a message's events.
type part struct {
	span
	fresh, filled bool // not seen before; and it was reported missing
}

// admit tells which events of s are fresh, in order, and takes them for seen. A gap before them is reported in gap.
func (e *epoch) admit(s span) (parts []part, gap span, missing bool) {
	if s.from == e.next { // as nearly always
		e.next = s.to
		return []part{{s, true, false}}, gap, false
	}
	if failpoint.Off("dedup") {
		e.next = max(e.next, s.to)
		return []part{{s, true, false}}, gap, false
	}
	if gap, missing = e.skip(s.from); missing {
		e.next = s.to
		return []part{{s, true, false}}, gap, true
	}
	at, end := s.from, min(s.to, e.next)
	for _, f := range e.fill(span{at, end}) {
		if at < f.from {
			parts = append(parts, part{span{at, f.from}, false, false})
		}
		parts = append(parts, part{f, true, true})
		at = f.to
	}
	if at < end {
		parts = append(parts, part{span{at, end}, false, false})
	}
	if end < s.to {
		parts = append(parts, part{span{end, s.to}, true, false})
		e.next = s.to
	}
	return parts, gap, false
}

// repeat counts duplicates; those that follow each other are told as one.
func (a *arrivals) repeat(epoch string, s span, at int64, out *[]ledger.Entry) {
	if d := &a.again; d.Rows > 0 && d.Epoch == epoch && d.Seq+d.Rows == s.from {
		d.Rows += s.to - s.from
		d.Last = max(d.Last, at)
		return
	}
	a.tell(out)
	a.again = ledger.Entry{
		Kind: ledger.Duplicate, Reason: "came again", First: at, Last: at, Epoch: epoch, Seq: s.from, Rows: s.to - s.from,
	}
}

// tell appends the duplicates that were not told yet.
func (a *arrivals) tell(out *[]ledger.Entry) {
	if a.again.Rows > 0 {
		*out = append(*out, a.again)
		a.again = ledger.Entry{}
	}
}

func (a *arrivals) encode(e *sketch.Encoder) {
	e.Bool(a.begun)
	e.Bool(a.late)
	e.Int(a.received)
	encodeEntry(e, &a.again)
	encodeEntry(e, &a.ticks)
	e.Text(a.claim)
	e.Int(a.claimed)
	e.Uint(uint64(len(a.epochs)))
	for _, x := range a.epochs {
		e.Text(x.id)
		e.Uint(x.next)
		e.Uint(x.note)
		e.Uint(uint64(len(x.holes)))
		for _, h := range x.holes {
			e.Uint(h.from)
			e.Uint(h.to)
		}
	}
	for _, x := range a.epochs {
		e.Bool(x.ended)
	}
	e.Uint(uint64(len(a.retired)))
	for _, x := range a.retired {
		e.Text(x.id)
		e.Uint(x.next)
		e.Uint(x.note)
		e.Bool(x.ended)
	}
}

func (a *arrivals) decode(d *sketch.Decoder) {
	a.begun, a.late, a.received = d.Bool(), d.Bool(), d.Int()
	decodeEntry(d, &a.again, ledger.Duplicate, "came again")
	decodeEntry(d, &a.ticks, ledger.Tick, "")
	a.claim, a.claimed = d.Text(maxClaim), d.Int()
	a.epochs = nil
	for range d.Count(maxEpochs) {
		x := &epoch{id: d.Text(64), next: d.Uint(), note: d.Uint()}
		for range d.Count(maxHoles) {
			x.holes = append(x.holes, span{d.Uint(), d.Uint()})
		}
		a.epochs = append(a.epochs, x)
	}
	for _, x := range a.epochs {
		x.ended = d.Bool()
	}
	a.retired = nil
	for range d.Count(maxRetired) {
		a.retired = append(a.retired, &epoch{id: d.Text(maxEpochName), next: d.Uint(), note: d.Uint(), ended: d.Bool()})
	}
}

// encodeEntry writes what changes of an entry that is being counted.
func encodeEntry(e *sketch.Encoder, x *ledger.Entry) {
	e.Uint(x.Rows)
	if x.Rows > 0 {
		e.Text(x.Epoch)
		e.Uint(x.Seq)
		e.Int(x.First)
		e.Int(x.Last)
	}
}

func decodeEntry(d *sketch.Decoder, x *ledger.Entry, kind ledger.Kind, reason string) {
	*x = ledger.Entry{}
	if rows := d.Uint(); rows > 0 {
		*x = ledger.Entry{Kind: kind, Reason: reason, Rows: rows, Epoch: d.Text(64), Seq: d.Uint(), First: d.Int(), Last: d.Int()}
	}
}
