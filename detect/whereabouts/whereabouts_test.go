package whereabouts

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

const (
	start  = 1_772_409_600 * int64(time.Second)
	minute = int64(time.Minute)
	hour   = 60 * minute
)

// A site is a model, and a council's lines and time.
type site struct {
	*Model
	events *feature.Events
	r      *rand.Rand
	now    int64
	told   []string
}

func newSite(seed uint64) *site {
	key := sketch.NewKey([16]byte{9})
	events := feature.NewEvents(key)
	return &site{New(key, events.Layout()), events, rand.New(rand.NewPCG(seed, 1)), start, nil}
}

// take gives a row that a function fills in to the model.
func (s *site) take(held bool, fill func(*event.Builder)) *sequence.Finding {
	b := event.NewBuilder()
	b.SetTime(event.Time, s.now)
	b.SetString(event.Dataset, "fortinet.fortigate")
	fill(b)
	b.End()
	batch := b.Batch()
	var r feature.Row
	s.events.Begin(batch)
	s.Begin(batch)
	s.events.Row(0, &r)
	row := &sequence.Row{Row: &r, Batch: batch, Now: s.now, Daily: 10_000}
	f := s.Take(row)
	s.Learn(row, held)
	if f != nil {
		s.told = append(s.told, f.Seen)
	}
	return f
}

// come is a row of an account at an address.
func (s *site) come(user, from, outcome string) *sequence.Finding {
	return s.take(false, func(b *event.Builder) {
		b.SetString(event.SourceIP, from)
		b.SetString(event.UserName, user)
		b.SetString(event.EventOutcome, outcome)
	})
}

// pass is a line of a firewall that names the country of an address, and nobody.
func (s *site) pass(from, country string) {
	s.take(false, func(b *event.Builder) {
		b.SetString(event.SourceIP, from)
		b.SetString(event.SourceCountry, country)
	})
}

func name(who int) string { return fmt.Sprintf("user%d", who) }

// home is an address of somebody's home, or of a second one.
func home(who, which int) string { return fmt.Sprintf("81.%d.7.%d", 100+which*60+who, 1+who) }

// away is an address in this country where nobody lives.
func (s *site) away() string { return fmt.Sprintf("90.%d.%d.9", s.r.IntN(256), s.r.IntN(256)) }

// live plays days on which forty accounts are at work and come from home in the evening. Each fifth has two homes between which it changes all the time; one
// in twenty times somebody comes from elsewhere in this country. The firewall names countries of addresses, also of ones abroad.
func (s *site) live(days int) {
	for d := range days {
		for h := range 10 {
			for who := range 40 {
				s.now = start + int64(d)*int64(day) + int64(8+h)*hour + int64(who)*minute
				from := home(who, 0)
				switch {
				case s.r.IntN(20) == 0:
					from = s.away()
				case who%5 == 0:
					from = home(who, s.r.IntN(2))
				}
				s.come(name(who), fmt.Sprintf("10.1.2.%d", who), "")
				s.pass(from, "United Kingdom")
				s.pass(fmt.Sprintf("5.12.%d.9", who), "Romania")
				if s.r.IntN(3) == 0 {
					s.come(name(who), from, "success")
				}
			}
		}
	}
	s.now = start + int64(days)*int64(day) + 10*hour
}

// TestWhereabouts checks what is told, and that nothing is of ordinary life.
func TestWhereabouts(t *testing.T) {
	lived := newSite(1)
	lived.live(14)
	if len(lived.told) > 0 {
		t.Fatalf("told of ordinary life: %q", lived.told)
	}
	var state sketch.Encoder
	lived.Encode(&state)
	for title, x := range map[string]struct {
		do   func(s *site) *sequence.Finding
		said string
	}{
		"abroad while at work": {func(s *site) *sequence.Finding {
			s.come(name(7), "10.1.2.7", "")
			s.now += 4 * minute
			return s.come(name(7), "5.12.200.8", "success")
		}, "user7 came from 5.12.200.8 (Romania)"},
		"abroad as soon as from home": {func(s *site) *sequence.Finding {
			s.come(name(7), home(7, 0), "success")
			s.now += int64(20 * time.Second)
			return s.come(name(7), "5.12.200.8", "success")
		}, "user7 was at 81.107.7.8 (United Kingdom) and 20 seconds later at 5.12.200.8 (Romania)"},
		"somebody new from abroad": {func(s *site) *sequence.Finding {
			return s.come("xqzvtr", "5.12.200.8", "success")
		}, "xqzvtr came from 5.12.200.8 (Romania)"},
		"a wrong password from abroad":  {func(s *site) *sequence.Finding { return s.come(name(7), "5.12.200.8", "failure") }, ""},
		"somebody new from here":        {func(s *site) *sequence.Finding { return s.come("anew", s.away(), "success") }, ""},
		"somebody known from elsewhere": {func(s *site) *sequence.Finding { return s.come(name(7), s.away(), "success") }, ""},
		"abroad again": {func(s *site) *sequence.Finding {
			s.come(name(7), "5.12.200.8", "success")
			s.now += int64(day)
			return s.come(name(7), "5.12.3.4", "success")
		}, ""},
	} {
		s := newSite(1)
		if err := s.Decode(sketch.NewDecoder(state.Buf)); err != nil {
			t.Fatal(err)
		}
		s.now = lived.now
		switch f := x.do(s); {
		case f == nil:
			if x.said != "" {
				t.Errorf("%s: nothing is said", title)
			}
		case f.Seen != x.said || len(f.Entities) != 2 || f.Entities[0].Name != "user.name":
			t.Errorf("%s: said %q of %d, want %q", title, f.Seen, len(f.Entities), x.said)
		}
	}
}

// TestWhatMostTake checks that the time which nine in ten are said to take more of is one that they do take.
func TestWhatMostTake(t *testing.T) {
	a := account{seen: [ways]uint32{outside: 1}}
	for _, took := range []uint32{3, 64, 5000, 360_000, 900_000} {
		var s speed
		s.life().Came(0, a.steps(took)[outside], 100)
		if got, want := span(s.life().Usual()), time.Duration(took)*time.Second; got > want || got <= want/2 {
			t.Errorf("where all take %v, nine in ten take more than %v", want, got)
		}
	}
}

// TestNoCountries checks that somebody who comes from a place that no line names is no news for that.
func TestNoCountries(t *testing.T) {
	s := newSite(2)
	s.live(14)
	if f := s.come(name(7), "203.0.113.9", "success"); f != nil {
		t.Errorf("told %q", f.Seen)
	}
}

// TestLittleKnown checks that nobody is told of where few ever came.
func TestLittleKnown(t *testing.T) {
	s := newSite(3)
	s.pass("5.12.200.8", "Romania")
	s.pass(home(7, 0), "United Kingdom")
	for range enough / 2 {
		s.now += 2 * hour
		s.come(name(7), home(7, 0), "success")
	}
	if f := s.come(name(7), "5.12.200.8", "success"); f != nil {
		t.Errorf("told %q of %d arrivals", f.Seen, enough/2)
	}
}

// TestHeldCountsLittle checks that an arrival of one in an open incident counts an eighth.
func TestHeldCountsLittle(t *testing.T) {
	for held, want := range map[bool]float32{false: 1, true: dim} {
		s := newSite(4)
		s.pass("5.12.200.8", "Romania")
		s.take(held, func(b *event.Builder) {
			b.SetString(event.SourceIP, "5.12.200.8")
			b.SetString(event.UserName, "user7")
			b.SetString(event.EventOutcome, "success")
		})
		if n := s.habits.Of(0).from[0]; n != want {
			t.Errorf("held is %v: it counts %v, want %v", held, n, want)
		}
	}
}

// TestFading checks that arrivals count half after each week, and countries after each other one: also where no line came in the week at whose beginning they do.
func TestFading(t *testing.T) {
	s := newSite(9)
	s.now -= s.now % (2 * week)
	s.Pass(s.now)
	for _, x := range []struct {
		weeks          int64
		arrivals, from float32
	}{{1, 32, 64}, {2, 32, 32}, {1, 32, 32}, {2, 32, 32}, {3, 32, 32}, {0, 64, 64}} {
		h := s.habits.Of(s.habits.Number(5))
		h.arrivals, h.from[3] = 64, 64
		s.now += x.weeks * week
		if s.Pass(s.now); h.arrivals != x.arrivals || h.from[3] != x.from {
			t.Errorf("%v arrivals and %v of a country after %d weeks, want %v and %v", h.arrivals, h.from[3], x.weeks, x.arrivals, x.from)
		}
	}
}

// TestBounded checks that however many accounts, countries and networks there are, the memory stays within its bound, and that one who comes
// again and again is not forgotten for them.
func TestBounded(t *testing.T) {
	s := newSite(5)
	for i := range 30_000 {
		s.now += int64(time.Second)
		s.pass(fmt.Sprintf("%d.%d.3.4", 11+i%180, i/180%256), fmt.Sprintf("Country %d", i%500))
		s.come(fmt.Sprintf("user%d", i), fmt.Sprintf("%d.%d.3.4", 11+i%180, i/180%256), "success")
		if i%100 == 0 {
			s.come("jsmith", home(7, 0), "success")
		}
	}
	if got := s.say("5.6.7.8", maxCountries); got != "5.6.7.8" {
		t.Errorf("a country that shares its number with others is named: %q", got)
	}
	if n := s.Bytes(); n > 300<<10 {
		t.Errorf("%d bytes", n)
	}
	if s.accounts.Known(s.key.Hash(feature.User+1, "jsmith")) == nil {
		t.Error("whom is seen again and again is forgotten for those who come once")
	}
}

// TestAtlas checks that a network is known in its country, also with addresses of version 6, and one that was not told of is not.
func TestAtlas(t *testing.T) {
	s := newSite(6)
	s.pass("5.12.200.8", "Romania")
	s.pass("2001:db8:7::1", "Ireland")
	for address, want := range map[string]string{"5.12.3.4": "Romania", "5.13.3.4": "", "2001:db8:9::4": "Ireland", "2001:db9:7::1": ""} {
		got := ""
		if n := s.atlas.find(s.key.Hash(networks, prefix(address))); n > 0 {
			got = s.countries.Of(int(n - 1)).name
		}
		if got != want {
			t.Errorf("%s is in %q, want %q", address, got, want)
		}
	}
}

// TestRoundTrip checks that the same state has the same bytes, that what was restored goes on alike, and that damage is found.
func TestRoundTrip(t *testing.T) {
	s := newSite(7)
	s.live(10)
	var e, again sketch.Encoder
	s.Encode(&e)
	other := newSite(7)
	if err := other.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	other.Encode(&again)
	if !bytes.Equal(e.Buf, again.Buf) {
		t.Error("what was restored has other bytes")
	}
	other.now = s.now
	if a, b := s.come(name(7), "5.12.200.8", "success"), other.come(name(7), "5.12.200.8", "success"); a == nil || b == nil || a.Bits != b.Bits || a.Seen != b.Seen {
		t.Errorf("%+v, restored %+v", a, b)
	}
	if err := newSite(7).Decode(sketch.NewDecoder(e.Buf[:len(e.Buf)-1])); err == nil {
		t.Error("a state that was cut is read")
	}
	for x := range s.accounts.All() {
		x.Thing.countries[0] = maxCountries
	}
	var bad sketch.Encoder
	s.Encode(&bad)
	if err := newSite(7).Decode(sketch.NewDecoder(bad.Buf)); err == nil {
		t.Error("a country that there is not is read")
	}
}

// FuzzDecode checks that no bytes make Decode panic, nor what is done with a state that it accepts.
func FuzzDecode(f *testing.F) {
	s := newSite(8)
	s.live(2)
	var e sketch.Encoder
	s.Encode(&e)
	f.Add(e.Buf)
	f.Add([]byte{})
	f.Fuzz(func(_ *testing.T, state []byte) {
		s := newSite(8)
		if s.Decode(sketch.NewDecoder(state)) != nil {
			return
		}
		s.now += int64(30 * day)
		for range 3 {
			s.come(name(7), "10.1.2.7", "")
			s.come(name(7), s.away(), "success")
			s.pass("5.12.200.8", "Romania")
			s.come(name(7), "5.12.200.8", "success")
		}
		var again sketch.Encoder
		s.Encode(&again)
	})
}
