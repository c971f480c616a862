package detect

import (
	"bytes"
	"errors"
	"testing"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect/influence"
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
	encodeThreeViews(s.fusion, &e)
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

// encodeThreeViews writes what a fusion knows as formats before twoViews did.
func encodeThreeViews(f *fusion, e *sketch.Encoder) {
	e.Uint(uint64(len(f.names)))
	for i, c := range f.classes {
		e.Fixed64(f.names[i])
		c.views[rareValues].Encode(e)
		c.sum.Encode(e) // as good as any
		c.views[newPairs].Encode(e)
		c.sum.Encode(e)
		c.alarm.Encode(e)
	}
}

// A fusion of three views keeps two of them, and does not compare its scores with what three were.
func TestRestoreReadsThreeViews(t *testing.T) {
	s := NewSite("northmoor", ScoreKey(), DefaultConfig())
	var y say
	y.feed(s, councilWeek(t, 2, 2000, gen.Quiet), 0)
	again := NewSite("northmoor", ScoreKey(), DefaultConfig())
	if err := again.Restore(oldSnapshot(s, 4)); err != nil {
		t.Fatal(err)
	}
	for i, c := range s.fusion.classes {
		got := again.fusion.classes[i]
		for v := range c.views {
			if got.views[v].Total() != c.views[v].Total() {
				t.Errorf("class %d: %v events in view %d, want %v", i, got.views[v].Total(), v, c.views[v].Total())
			}
		}
		if got.sum.Total() != 0 || got.alarm != newClass().alarm {
			t.Errorf("class %d: %v scores and %+v of three views", i, got.sum.Total(), got.alarm)
		}
	}
}

// A snapshot of the format before is read, and tells which events had come also where its models are others.
func TestRestoreReadsFormat4(t *testing.T) {
	f := newFeeder(t)
	f.events("a", 0, 5)
	f.events("a", 7, 2)
	state := oldSnapshot(f.site, 4)
	for _, c := range f.site.fusion.classes { // all but what scores of three views were
		c.sum, c.alarm = sketch.Tail{}, newClass().alarm
	}
	f.site.influence = influence.New()
	f.site.influence.Pass(f.site.clock.day(), nil)
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
