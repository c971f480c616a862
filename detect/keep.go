package detect

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// A Kept state is all that a site knew once, kept for people to go back to: about one a day of the site's own time.
type Kept struct {
	Time     int64  // the site's own, nanoseconds since 1970 UTC
	Offset   int64  // of the first message of the site's topic that it does not hold
	Model    uint64 // version of the models: another one cannot use it
	Snapshot []byte
}

// ErrNoState is wrapped by the error of whoever is asked for a kept state that is not there.
var ErrNoState = errors.New("no such state is kept")

// Bounds of what is kept. Stamps, which others write, make a state due; but without as many events or as much time of reception behind it none is kept.
const (
	keepEvery  = 24 * time.Hour // of the site's own time
	keepTime   = 20 * time.Hour // of reception since the last, or
	keepEvents = 10_000         // so many events
	keepBytes  = 16 << 20       // of one batch, beyond which no more are kept of it
)

// keeping is what a site knows of the states that were due to be kept.
type keeping struct {
	days     int64  // number of the last
	received int64  // when its last event was received
	seen     uint64 // and how many there were by then

	now bool // one is due since the batch began; no part of a snapshot
}

// mark notes, at an event, whether a state is due: as in all that a site knows, how events are put together to messages and batches has no say in it.
// Each site has an hour of its own, so that not all are kept at once.
func (s *Site) mark(b *event.Batch, row int) {
	k := &s.keeping
	days := (int64(s.clock.age()) + s.keepAt) / int64(keepEvery)
	if days <= k.days {
		return
	}
	if received := b.Time(event.Received, row); s.seen-k.seen >= keepEvents || received-k.received >= int64(keepTime) {
		*k = keeping{days, received, s.seen, true}
	}
}

// keep adds the state behind a batch to what is to be written, where one became due in it.
func (s *Site) keep(next int64, out *Output) {
	if s.keeping.now {
		s.keeping.now = false
		out.Kept = &Kept{Time: s.clock.now, Offset: next, Model: modelVersion, Snapshot: s.Snapshot()}
	}
}

func (k *keeping) encode(e *sketch.Encoder) {
	e.Int(k.days)
	e.Int(k.received)
	e.Uint(k.seen)
}

func (k *keeping) decode(d *sketch.Decoder) {
	k.days, k.received, k.seen = d.Int(), d.Int(), d.Uint()
}

// A Rollback puts what the models of a site know back to a kept state, where they learned what they should not have: an attack that lasted, or chaff
// that somebody fed them. What came is still there, and so is what people said; incidents go on as they are.
type Rollback struct {
	To     int64 // the state's time, nanoseconds since 1970 UTC
	State  int64 // and offset, as Kept has them
	SHA256 [sha256.Size]byte
	Note   string // why
	Author string
	Time   int64 // when it was said, nanoseconds since 1970 UTC
}

var errLater = errors.New("the state is of later than the site's own time")

// rollBack puts the models back to a snapshot, for all messages from offset next on. Where it cannot be used nothing changes.
func (s *Site) rollBack(r *Rollback, snapshot []byte, offset, next int64, out *Output) error {
	past, err := s.past(snapshot)
	if err != nil {
		return err
	}
	s.engine, s.fusion, s.sequences = past.engine, past.fusion, past.sequences
	s.influence.Return(past.influence)
	if s.clock.first != past.clock.first || !s.clock.set { // learned anew in between
		s.seen, s.keeping = past.seen, past.keeping
		s.clock.first = past.clock.first
	}
	if !s.clock.set {
		s.clock = past.clock
	}
	to := time.Unix(0, past.clock.now).UTC().Format(time.DateTime)
	out.Site = s.name
	out.Verdicts = append(out.Verdicts, Verdict{
		Verdict: kindRollback, Note: fmt.Sprintf("to %s UTC: %s", to, r.Note), Author: r.Author, Time: r.Time, Offset: offset, At: next,
	})
	return nil
}

// past returns what a snapshot of the site says.
func (s *Site) past(snapshot []byte) (*state, error) {
	past := &Site{name: s.name, cfg: s.cfg, key: s.key, events: s.events}
	if err := past.Restore(snapshot); err != nil {
		return nil, err
	}
	if s.clock.set && past.clock.now > s.clock.now {
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, errLater)
	}
	return &past.state, nil
}

// Check returns an error, which wraps ErrSnapshot, where the site could not be put back to a snapshot. The site stays as it is.
func (s *Site) Check(snapshot []byte) error {
	_, err := s.past(snapshot)
	return err
}
