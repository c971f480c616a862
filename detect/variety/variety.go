// Package variety finds what is seen with more different others than ever: somebody who opens one record after the other, a name that leads to another address at each
// call, a command given on all servers within minutes, a page of yesterday that everybody visits. None of these needs to be rare by itself, nor many in number.
// Use it to tell of each row; it answers how improbable it is that a key (an account, a name, a deed, a page) is seen with so many within an hour or a day.
//
// It is for different things what excess is for their number. A key that is known is held against the most it came to in its last two weeks: by how many half
// octaves others of its kind went beyond theirs is a life table (sketch.Life), to which each window that ended counts. A key that is new is held against what
// others came to when they were. What was there from the beginning is neither until it has a past: it would teach that what is new is busy.
//
// Most of what there is is seen with one thing alone, and kept out by a door (door.go); what is seen with two has a seat. What is counted with what is a list
// of relations (relation.go). It does not know what things are: many that are all right are as many that are not, and so are few of the wrong ones.
package variety

import (
	"math/bits"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	windows   = 2
	chosen    = 1                // bits: the more telling of two windows is chosen
	dim       = 0.125            // the weight of a window of somebody in an open incident
	alone     = 1                // the step of a window with one thing: nothing can be shown by it, so it is no trial
	settled   = 4                // windows after which one is known
	enough    = 32               // windows of others from which it is known what is usual
	beginning = 4 * 24 * 60 * 60 // seconds in which what comes was there before
	fewest    = 128              // seats
	slots     = 4096
	day       = 24 * time.Hour
)

// spans holds the lengths of the windows, in seconds.
var spans = [windows]uint32{60 * 60, 24 * 60 * 60}

// A Verdict is what is known of a key that was seen with another thing.
type Verdict struct {
	Bits   float32       // -log2 of the chance of so many; 0 where that is usual
	Window time.Duration // in which it shows
	With   uint32        // different things in the window
	Fresh  bool          // the key is new: Usual is what one in ten of others came to when they were
	Usual  uint32        // most that it came to before
}

// A Model knows with how many different things what a site has is seen. It is for one goroutine.
type Model struct {
	key       sketch.Key
	layout    *feature.Layout
	relations []relation
	tallies   sketch.Shelf[tally]
	kinds     sketch.Kinds[kind]
	door      door
	trials    sequence.Trials // windows begun, since the midnight before the first row
	sight     sight           // of the row taken last
	taken     []uint64        // its tallies
}

// New returns a Model that knows nothing, for rows of the layout of events.
func New(key sketch.Key, layout *feature.Layout) *Model {
	return &Model{key: key, layout: layout, relations: relations(), tallies: sketch.NewShelf[tally](fewest, slots), kinds: sketch.NewKinds[kind](maxKinds)}
}

// Pass moves the site's time forward to t. Windows that are over are learned then.
func (m *Model) Pass(t int64) {
	hour, fortnight := m.trials.Turn(t, t-t%int64(day))
	if !hour {
		return
	}
	for s := range m.tallies.All() {
		s.Thing.end(s.Last, m.trials.Seconds(), m.kinds.Of(int(s.Thing.kind)))
	}
	if fortnight {
		for k := range m.kinds.All() {
			k.halve()
		}
	}
	m.tallies.Rest()
}

// Count takes up that a key of a kind was seen with a thing, all keyed hashes, and returns what is known of it.
func (m *Model) Count(key, thing, of uint64, now int64) Verdict {
	m.Pass(now)
	at, number := m.trials.Seconds(), m.kinds.Number(of)
	k := m.kinds.Of(number)
	key = sketch.Mix(key, of)
	s := m.tallies.Known(key)
	if s == nil {
		if s = m.enter(key, thing, number, at); s == nil {
			return Verdict{}
		}
	}
	m.taken = append(m.taken, key)
	t := &s.Thing
	t.end(s.Last, at, k)
	t.turn(s.Last, at)
	s.Last = at
	var v Verdict
	more := !s.Taken()
	for w := range spans {
		was := t.seen[w]
		if !t.seen[w].Add(thing) {
			continue
		}
		n := t.seen[w].Len()
		before, step := reach(was.Len()), reach(n)
		if step == before || step == alone {
			continue
		}
		more = true
		if before == alone {
			m.trials.Make()
			k.made++
		}
		b, fresh := t.bits(w, step, &k.of[w])
		if b == 0 {
			continue // what is usual is so wherever there is little of it
		}
		if b += m.trials.Share(k.made, m.kinds.Len()) - chosen; b > v.Bits {
			v = Verdict{Bits: b, Window: time.Duration(spans[w]) * time.Second, With: n, Fresh: fresh, Usual: t.usual(w, &k.of[w])}
		}
	}
	if more { // what is seen with few things gives way to what is seen with many
		s.Use(at)
	}
	return v
}

// enter gives a seat to a key of a kind that is seen with a second thing; nil where it is not, or where there is no room.
func (m *Model) enter(key, thing uint64, kind int, at uint32) *sketch.Seat[tally] {
	k := m.kinds.Of(kind)
	first, in, other := m.door.pass(key, thing)
	if !in {
		if other && at >= beginning {
			for w := range spans {
				k.of[w].fresh().Came(0, alone, 1)
			}
		}
		return nil
	}
	s, _ := m.tallies.Find(key, at)
	if s == nil {
		return nil
	}
	if s.Taken() {
		s.Thing.end(s.Last, 1<<32-1, m.kinds.Of(int(s.Thing.kind)))
	}
	t := tally{kind: uint8(kind)}
	if at < beginning {
		t.flags = old
	}
	for w := range spans {
		t.seen[w].Add(first)
	}
	s.Place(key, at, t)
	return s
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return m.tallies.Bytes() + m.kinds.Bytes() + 2*doors }

// reach is the step of a count: 1 of one, 2 of two, and from there on one each half octave.
func reach(n uint32) uint8 {
	if n < 2 {
		return uint8(n)
	}
	octave := bits.Len32(n) - 1
	return uint8(2*octave) + uint8(n>>(octave-1)&1)
}

// most is the largest count of a step.
func most(step uint8) uint32 {
	if step < 2 {
		return uint32(step)
	}
	return uint32(3+step&1)<<(step/2-1) - 1
}
