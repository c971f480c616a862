package influence

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontfoot/detect/sketch"
)

// A life is a book on its way through days.
type life struct {
	*Book
	day uint32
}

const floor = 10

// sends lets a source send so many events on the present day and returns how much of them was learned.
func (l *life) sends(name string, events int) (taught float32) {
	l.Pass(l.day, nil)
	key := sketch.NewKey([16]byte{})
	e := Event{Source: key.Hash(1, name), Name: name, Second: l.day * young, Floor: floor}
	for range events {
		taught += l.Admit(&e)
	}
	return taught
}

// settled is a book of a week in which one source sent a thousand events a day and another ten.
func settled() *life {
	l := &life{New(), 20_000}
	for range 7 {
		l.sends("proxy", 1000)
		l.sends("desk", 10)
		l.day++
	}
	return l
}

func TestWhoIsBusyIsLearned(t *testing.T) {
	l := settled()
	for range 30 {
		if got := l.sends("proxy", 1000); got != 1000 {
			t.Fatalf("of 1,000 events as on every day %.0f were learned", got)
		}
		l.day++
	}
}

func TestFloodIsBounded(t *testing.T) {
	for name, limit := range map[string]float32{"proxy": 1000, "desk": floor, "nobody": floor} {
		l := settled()
		if got := l.sends(name, 1_000_000); got < limit || got >= 2*limit {
			t.Errorf("a million events of %s: %.1f were learned, want %.0f to twice as much", name, got, limit)
		}
	}
}

// TestManyNamesAreBounded floods a book with as many names as events.
func TestManyNamesAreBounded(t *testing.T) {
	l, got := settled(), float32(0)
	for i := range 50_000 {
		got += l.sends(fmt.Sprint("x", i), 1)
	}
	if past := float32(1010) / 64; got >= 2*past+floor {
		t.Errorf("50,000 names taught %.1f events, all newcomers before %.1f", got, past)
	}
	if got := l.sends("proxy", 1000); got != 1000 {
		t.Errorf("behind the names %.0f of 1,000 events were learned of who comes every day", got)
	}
}

// TestWhoGrowsIsLearnedInTime lets a source that sent little become busy.
func TestWhoGrowsIsLearnedInTime(t *testing.T) {
	l := settled()
	for day, before := 0, float32(floor); ; day++ {
		got := l.sends("desk", 1000)
		if got >= 999 {
			if day < 6 {
				t.Errorf("all is learned after %d days", day)
			}
			return
		}
		if got > 2*before || got < before || day > 10 {
			t.Fatalf("day %d: %.0f were learned, and %.0f the day before", day, got, before)
		}
		before = got
		l.day++
	}
}

func TestWhoTaughtIsTold(t *testing.T) {
	l := settled()
	l.sends("flood", 5000)
	for i := range 2 * told {
		l.sends(fmt.Sprint("desk ", i), 1)
	}
	l.sends("proxy", 1000)
	l.sends("desk", 12)
	var got []Lesson
	l.Pass(l.day+1, &got)
	sum := Lesson{}
	for _, x := range got {
		sum.Events, sum.Taught = sum.Events+x.Events, sum.Taught+x.Taught
	}
	if first := (Lesson{Day: int64(l.day), Source: "proxy", Events: 1000, Taught: 1000}); got[0] != first || got[1].Source != "flood" || got[1].Taught >= 2*floor {
		t.Errorf("told first: %+v", got[:2])
	}
	if n := len(got); n != told+1 || got[n-1].Source != "" || sum.Events != 6012+2*told {
		t.Errorf("%d are told of, of %d events in all: %+v", n, sum.Events, got)
	}
	if l.Pass(l.day+1, &got); len(got) != told+1 {
		t.Error("a day is told of twice")
	}
}

// TestReturn puts a book back to one of a day before: what sources were allowed then, and no day told twice.
func TestReturn(t *testing.T) {
	l := settled()
	var e sketch.Encoder
	l.Encode(&e)
	past := New()
	if err := past.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		l.sends("desk", 1000)
		l.day++
	}
	kept := l.Kept()
	l.Return(past)
	if got := l.sends("desk", 1000); got >= 2*floor || l.Kept() <= kept {
		t.Errorf("%.0f were learned, %d held back and %d before", got, l.Kept(), kept)
	}
	var lessons []Lesson
	l.Pass(l.day+1, &lessons)
	if want := int64(l.day); len(lessons) != 1 || lessons[0].Day != want {
		t.Errorf("told %+v of day %d", lessons, want)
	}
}

func TestDecode(t *testing.T) {
	l := settled()
	l.sends("flood", 300)
	var e, again sketch.Encoder
	l.Encode(&e)
	b := New()
	if err := b.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	if b.Encode(&again); !bytes.Equal(again.Buf, e.Buf) {
		t.Error("it reads back as another book")
	}
	two := &life{b, l.day}
	if diff := cmp.Diff(l.sends("flood", 300), two.sends("flood", 300)); diff != "" {
		t.Error(diff)
	}
	for n := range e.Buf {
		if err := New().Decode(sketch.NewDecoder(e.Buf[:n])); err == nil {
			t.Fatalf("%d of %d bytes are a book", n, len(e.Buf))
		}
	}
}

func TestFullBookIsBounded(t *testing.T) {
	l := settled()
	for i := range 200_000 {
		l.sends(fmt.Sprintf("%0100d", i), 1)
	}
	var e sketch.Encoder
	if l.Encode(&e); len(e.Buf) > 256<<10 || l.Bytes() > 512<<10 {
		t.Errorf("%d bytes saved, %d in memory", len(e.Buf), l.Bytes())
	}
}
