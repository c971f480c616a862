package refusal

import (
	"bytes"
	"strings"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// row makes a row of a login at a server.
func row(outcome, from, user string, now int64) (*sequence.Row, *feature.Layout) {
	events := feature.NewEvents(testKey())
	b := event.NewBuilder()
	b.SetTime(event.Time, now)
	b.SetString(event.Dataset, "linux.sshd")
	b.SetString(event.EventOutcome, outcome)
	b.SetString(event.SourceIP, from)
	b.SetString(event.UserName, user)
	b.End()
	batch := b.Batch()
	var r feature.Row
	events.Begin(batch)
	events.Row(0, &r)
	return &sequence.Row{Row: &r, Batch: batch, Now: now, Daily: 10_000}, events.Layout()
}

// TestLetInAfterAll checks that a guess that succeeds is told of, in plain words, once, and not where the account is another one.
func TestLetInAfterAll(t *testing.T) {
	_, layout := row("failure", "192.0.2.1", "root", start)
	m, now := New(testKey(), layout), start
	take := func(outcome, from, user string) *sequence.Finding {
		now += 20 * second
		r, _ := row(outcome, from, user, now)
		f := m.Take(r)
		m.Learn(r, false)
		return f
	}
	for i := range 300 {
		from := "198.51.100." + string(rune('0'+i%10)) + string(rune('0'+i/10%10))
		take("failure", from, "user"+from)
		if f := take("success", from, "user"+from); f != nil {
			t.Fatalf("told of one who mistyped: %s", f.Seen)
		}
		now += hour
	}
	var said string
	for range 150 {
		if f := take("failure", "203.0.113.9", "jsmith"); f != nil {
			said = f.Seen
		}
	}
	if !strings.Contains(said, "203.0.113.9 was refused") || !strings.Contains(said, "at one account") {
		t.Errorf("said of the guesses: %q", said)
	}
	for _, x := range []struct {
		from, user string
		told       bool
	}{{"203.0.113.9", "user198.51.100.00", false}, {"203.0.113.8", "jsmith", false}, {"203.0.113.9", "jsmith", true}, {"203.0.113.9", "jsmith", false}} {
		f := take("success", x.from, x.user)
		if told := f != nil && f.Kind == entered; told != x.told {
			t.Errorf("%s let in as %s: told is %v, want %v", x.from, x.user, told, x.told)
		}
		if f != nil && !strings.Contains(f.Seen, "203.0.113.9 was let in as jsmith after it was refused 1") {
			t.Errorf("said %q", f.Seen)
		}
	}
}

// TestHeldCountsLittle checks that what somebody in an open incident does counts an eighth.
func TestHeldCountsLittle(t *testing.T) {
	for held, want := range map[bool]float32{false: 1, true: dim} {
		r, layout := row("failure", "203.0.113.9", "jsmith", start)
		m := New(testKey(), layout)
		m.Take(r)
		m.Learn(r, held)
		m.Pass(start + 3*day)
		for k := range m.kinds.All() {
			if n := k[0].n[1]; n != want {
				t.Errorf("held is %v: it counts %v, want %v", held, n, want)
			}
		}
		if m.kinds.Len() != 2 {
			t.Errorf("%d kinds, want that of the address and that of the account", m.kinds.Len())
		}
	}
}

// TestRoundTrip checks that the same state has the same bytes, and that what was restored goes on alike.
func TestRoundTrip(t *testing.T) {
	w := newWorld(8)
	w.live(10, 60, false)
	w.guess(999_999, 200, 40, 20*second)
	w.hot.add(&suspect{who: 1, class: 2, kind: 3, until: start, bits: 20})
	var e, again sketch.Encoder
	w.Encode(&e)
	other := &world{New(testKey(), nil), w.r, w.now}
	if err := other.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	other.Encode(&again)
	if !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	for i := range 200 {
		if a, b := w.refuse(999_998, i, minute, false), other.refuse(999_998, i, minute, false); a != b {
			t.Fatalf("refusal %d: %+v and %+v after a round trip", i, a, b)
		}
	}
	for n := range e.Buf {
		if n%97 == 0 && New(testKey(), nil).Decode(sketch.NewDecoder(e.Buf[:n])) == nil {
			t.Fatalf("no error of the first %d bytes of %d", n, len(e.Buf))
		}
	}
}

// FuzzDecode checks that no bytes make Decode panic, nor what is done with what it accepts, and that this is written as it was read.
func FuzzDecode(f *testing.F) {
	w := newWorld(9)
	w.guess(999_999, 100, 40, 20*second)
	w.hot.add(&suspect{who: 1, kind: 3, until: start, bits: 20})
	var e sketch.Encoder
	w.Encode(&e)
	f.Add(e.Buf)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, d := New(testKey(), nil), sketch.NewDecoder(data)
		if m.Decode(d) != nil {
			return
		}
		var e sketch.Encoder
		m.Encode(&e)
		var again sketch.Encoder // an older form is read, too, and written in today's
		same := New(testKey(), nil)
		if err := same.Decode(sketch.NewDecoder(e.Buf)); err != nil {
			t.Fatal(err)
		}
		if same.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
			t.Fatal("written otherwise than it was read")
		}
		for i := range 100 {
			m.Refuse(&Case{Who: hash(1, i%9), At: hash(2, i), Kind: hash(3, i%40), Now: start + int64(i)*hour})
		}
	})
}

func BenchmarkRefuse(b *testing.B) {
	w := newWorld(1)
	w.live(10, 60, false)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.refuse(i%500, i%40, second, false)
	}
}
