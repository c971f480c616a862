package detect

import (
	"bytes"
	"errors"
	"testing"

	"frontfoot/detect/sketch"
)

// oldSnapshot writes what a site knows as formats 1 to 4 did.
func oldSnapshot(s *Site, format byte) []byte {
	e := sketch.Encoder{Buf: append([]byte(snapshotMagic), format)}
	e.Uint(modelVersion)
	e.Uint(s.features())
	e.Text(s.name)
	e.Uint(s.fingerprint())
	s.clock.encode(&e)
	e.Uint(s.seen)
	s.engine.encode(&e)
	s.fusion.encode(&e)
	s.tracker.Encode(&e)
	if format >= 2 {
		e.Buf = append(e.Buf, encodeArrivals(&s.arrivals)...)
	}
	if format >= 3 {
		s.tracker.EncodeMarks(&e)
		s.book.Encode(&e)
		s.decoys.Encode(&e)
	}
	if format >= 4 {
		s.tracker.EncodeCounted(&e)
		s.sequences.encode(&e)
	}
	return e.Buf
}

// A snapshot of the format before is read, and tells which events had come also where its models are others.
func TestRestoreReadsFormat4(t *testing.T) {
	f := newFeeder(t)
	f.events("a", 0, 5)
	f.events("a", 7, 2)
	state := oldSnapshot(f.site, 4)
	g := newFeeder(t)
	if err := g.site.Restore(state); err != nil || !bytes.Equal(g.site.Snapshot(), f.site.Snapshot()) {
		t.Errorf("what was restored differs, or %v", err)
	}
	state[4] = modelVersion + 1
	foreign, ok := errors.AsType[*foreignError](g.site.Restore(state))
	if !ok || !bytes.Equal(encodeArrivals(&foreign.arrivals), encodeArrivals(&f.site.arrivals)) {
		t.Errorf("of other models: %+v", foreign)
	}
}
