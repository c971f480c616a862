package incident

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/detect/sketch"
)

const start = int64(1_772_409_600_000_000_000) // Monday 2 March 2026, 00:00 UTC

// act is an observation of somebody at a minute, with kinds of so many bits, each of another side.
func act(who string, minute int, bits ...float32) *Observation {
	key := sketch.NewKey([16]byte{1})
	o := &Observation{
		Finding:  Finding{ID: who + strconv.Itoa(minute), Time: start + int64(minute)*int64(time.Minute), Epoch: "e", Seq: uint64(minute)},
		Entities: []Entity{{Hash: key.Hash(1, who), Name: "source.ip", Text: who, Actor: true}},
		Daily:    10_000,
		Busy:     15,
	}
	for i, b := range bits {
		o.Kinds = append(o.Kinds, Kind{Feature: i, Bits: b, Value: uint64(i), What: "thing " + strconv.Itoa(i), Side: uint8(i), Tactic: "TA0008"})
	}
	return o
}

// TestRaise says what is an incident and what is not.
func TestRaise(t *testing.T) {
	learning := act("10.0.0.1", 1, 16, 16, 16, 16)
	learning.Learning = true
	repeated := make([]*Observation, 50)
	for i := range repeated {
		repeated[i] = act("10.0.0.1", i, 16)
	}
	for _, c := range []struct {
		name string
		obs  []*Observation
		want int
	}{
		{"one rare thing", []*Observation{act("10.0.0.1", 1, 16)}, 0},
		{"four rare things", []*Observation{act("10.0.0.1", 1, 16, 16, 16, 16)}, 1},
		{"four rare things one after the other", []*Observation{act("10.0.0.1", 1, 16), act("10.0.0.1", 2, 16, 16), act("10.0.0.1", 3, 16, 16, 16, 16)}, 1},
		{"the same rare thing again and again", repeated, 0},
		{"while learning", []*Observation{learning}, 0},
		{"two who have nothing to do with each other", []*Observation{act("10.0.0.1", 1, 16, 16, 16, 16), act("10.0.0.2", 2, 16, 16, 16, 16)}, 2},
		{"the same one much later", []*Observation{act("10.0.0.1", 1, 16, 16, 16, 16), act("10.0.0.1", 1000, 16, 16, 16, 16)}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := NewTracker(Config{Site: "s", PerDay: 10})
			var out []Version
			for _, o := range c.obs {
				tr.Advance(o.Finding.Time, &out)
				tr.Observe(o, &out)
			}
			if got := len(ids(out)); got != c.want {
				t.Errorf("%d incidents, want %d", got, c.want)
			}
		})
	}
}

// TestWhole checks that what an event is as a whole counts instead of what is new about it, where it is more, and that stories it tells are held against
// stories of their own sort: a bar that many new things have raised is none for them.
func TestWhole(t *testing.T) {
	rare := func(who string, minute int, as float32) *Observation {
		o := act(who, minute, 12, 7)
		o.Kinds = append(o.Kinds, Kind{Feature: Whole, Bits: as, Value: 9, What: "all of it", Side: 253})
		return o
	}
	for _, c := range []struct {
		name    string
		o       *Observation
		crowded bool
		want    int
	}{
		{"little at once", rare("10.0.0.1", 1, 20), false, 0},
		{"much at once", rare("10.0.0.1", 1, 25), false, 1},
		{"much at once where many new things are usual", rare("10.0.0.1", 1, 25), true, 1},
		{"many new things where they are usual", act("10.0.0.1", 1, 12, 10, 10, 10), true, 0},
		{"many new things", act("10.0.0.1", 1, 12, 10, 10, 10), false, 1},
		{"neither adds to the other", rare("10.0.0.1", 1, 22), false, 0},
	} {
		tr := NewTracker(Config{Site: "s", PerDay: 10})
		var out []Version
		for i := range 400 {
			if c.crowded {
				tr.Advance(start+int64(i-2000)*int64(time.Minute), &out)
				tr.Observe(act("10.1.0."+strconv.Itoa(i), i-2000, 12, 12, 12, 12), &out)
			}
		}
		tr.Advance(c.o.Finding.Time, &out)
		before := len(ids(out))
		tr.Observe(c.o, &out)
		if got := len(ids(out)) - before; got != c.want {
			t.Errorf("%s: %d incidents, want %d", c.name, got, c.want)
		}
	}
}

// TestWholeOfWhatIsQuiet checks that a story is worth the same whether or not people want to hear of what tells most of it: others are held against it.
func TestWholeOfWhatIsQuiet(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		tr := NewTracker(Config{Site: "s", PerDay: 10})
		var out []Version
		for i, bits := range []float32{30, 25} {
			o := act("10.0.0.1", i, 12)
			o.Kinds = append(o.Kinds, Kind{Feature: Whole, Bits: bits, Value: 9, What: "all of it", Side: 253, Quiet: quiet && i == 0})
			tr.Observe(o, &out)
		}
		if got := tr.open[0].rank(); got != 30 {
			t.Errorf("quiet is %v: %v bits, want those of the most unusual event, 30", quiet, got)
		}
	}
}

func ids(versions []Version) []string {
	var out []string
	for _, v := range versions {
		if !slices.Contains(out, v.ID) {
			out = append(out, v.ID)
		}
	}
	return out
}

// TestBudget checks that a day has no more incidents than allowed, and the next day has its own.
func TestBudget(t *testing.T) {
	tr := NewTracker(Config{Site: "s", PerDay: 3})
	var out []Version
	for day := range 2 {
		for i := range 20 {
			tr.Observe(act("10.0.0."+strconv.Itoa(20*day+i), day*1440+i, 30, 30, 30, 30), &out)
		}
		if got, want := len(ids(out)), 3*(day+1); got != want {
			t.Fatalf("%d incidents after day %d, want %d", got, day+1, want)
		}
	}
}

// TestYoung checks that of a site with a short past so much less is asked for as it lacks, but not in its first week, nor where nothing fades.
func TestYoung(t *testing.T) {
	const fortnight = 14 * 24 * time.Hour
	for _, c := range []struct {
		name     string
		halfLife time.Duration
		days     int
		bits     float32
		want     int
	}{
		{"after a week", fortnight, 7, 22.5, 1},
		{"after ten weeks", fortnight, 70, 22.5, 0},
		{"much after ten weeks", fortnight, 70, 23.5, 1},
		{"after a week where nothing fades", 0, 7, 22.5, 0},
		{"little after a week", fortnight, 7, 21, 0},
		{"within the first week", fortnight, 6, 22.5, 0},
		{"much within the first week", fortnight, 6, 23.5, 1},
	} {
		tr := NewTracker(Config{Site: "s", PerDay: 10, HalfLife: c.halfLife})
		var out []Version
		tr.Observe(act("10.0.0.1", 0, 7), &out)
		o := act("10.0.0.2", 1+c.days*24*60, c.bits)
		tr.Advance(o.Finding.Time, &out)
		tr.Observe(o, &out)
		if got := len(ids(out)); got != c.want {
			t.Errorf("%s: %d incidents, want %d", c.name, got, c.want)
		}
	}
}

// TestEachIsAsBusyAsItIs checks that what a seldom seen account shows counts as of that one where a stranger from outside joins its story, of whom there are hundreds a day,
// and what the stranger shows as of those.
func TestEachIsAsBusyAsItIs(t *testing.T) {
	account := func(side uint8, bits float32) *Observation {
		o := act("ann", 1, bits)
		o.Kinds[0].Feature, o.Kinds[0].Side, o.Busy = int(side), side, 3
		return o
	}
	stranger := account(2, 9)
	stranger.Entities = append(stranger.Entities, Entity{Hash: 99, Name: "source.ip", Text: "203.0.113.9", Actor: true})
	stranger.Busy = 1023
	for _, last := range []*Observation{nil, stranger} {
		s := &story{}
		s.take(account(0, 12))
		s.take(account(1, 10))
		if last != nil {
			s.take(last)
		}
		if got, want := s.rank(), float32(12+10-2); max(got-want, want-got) > 0.01 {
			t.Errorf("the rank is %v, want %v", got, want)
		}
	}
}

// TestMovement checks that what a victim does within an hour joins the story of the one who came to it, and what it does as on any day hours later is another.
func TestMovement(t *testing.T) {
	tr := NewTracker(Config{Site: "s", PerDay: 10})
	var out []Version
	first := act("10.0.0.1", 1, 16, 16, 16, 16)
	first.Entities = append(first.Entities, Entity{Hash: 7, Name: "destination.ip", Text: "10.0.0.2"})
	second := act("10.0.0.2", 30, 16)
	tr.Observe(first, &out)
	tr.Observe(second, &out)
	if first.Finding.Incident == "" || second.Finding.Incident != first.Finding.Incident {
		t.Errorf("the victim's act is of incident %q, the attack of %q", second.Finding.Incident, first.Finding.Incident)
	}
	tr = NewTracker(Config{Site: "s", PerDay: 10})
	later := act("10.0.0.2", 121, 16)
	tr.Observe(first, &out)
	tr.Observe(later, &out)
	if later.Finding.Incident == first.Finding.Incident {
		t.Error("what the victim does two hours later is of the attack's incident")
	}
}

// A title counts what else is told of, and not what nobody wants to hear of.
func TestTitle(t *testing.T) {
	told, quiet := kind{Kind: Kind{What: "thing 0"}}, kind{Kind: Kind{What: "thing 1", Quiet: true}}
	for _, c := range []struct {
		kinds []kind
		want  string
	}{
		{nil, "unusual events of this site"},
		{[]kind{quiet, told}, "thing 0"},
		{[]kind{told, quiet, told}, "thing 0, and one more unusual thing"},
		{[]kind{told, told, told}, "thing 0, and 2 more unusual things"},
	} {
		if got := (&story{kinds: c.kinds}).title(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestVersions checks the words and that a story is not told anew with every finding.
func TestVersions(t *testing.T) {
	tr := NewTracker(Config{Site: "s", PerDay: 10})
	var out []Version
	for i := range 64 {
		tr.Observe(act("10.0.0.1", i, 16, 15, 14, 13), &out)
	}
	tr.Close(&out)
	if len(out) < 3 || len(out) > 9 {
		t.Fatalf("%d versions of 64 findings", len(out))
	}
	v := out[len(out)-1]
	got := Version{Number: v.Number, Title: v.Title, Findings: v.Findings, Entities: v.Entities, Tactics: v.Tactics, Reasons: v.Reasons[:1]}
	want := Version{
		Number: uint32(len(out)), Title: "thing 0, and 3 more unusual things", Findings: 64, Entities: []string{"source.ip=10.0.0.1"},
		Tactics: []string{"TA0008"}, Reasons: []string{"thing 0; seen 64 times in 1 hour"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(v.Evidence) != 64 || v.ID != out[0].ID || v.Raised != start {
		t.Errorf("evidence %d, id %s then %s, raised %d", len(v.Evidence), out[0].ID, v.ID, v.Raised)
	}
}

// TestTrackerRoundTrip checks that a tracker goes on after a snapshot as if nothing had happened.
func TestTrackerRoundTrip(t *testing.T) {
	a := NewTracker(Config{Site: "s", PerDay: 10})
	var out []Version
	for i := range 40 {
		a.Observe(act("10.0.0."+strconv.Itoa(i%7), i, 16, float32(i%5)+10, 12), &out)
	}
	var e sketch.Encoder
	a.Encode(&e)
	b := NewTracker(Config{Site: "s", PerDay: 10})
	d := sketch.NewDecoder(e.Buf)
	if err := b.Decode(d); err != nil || d.Left() > 0 {
		t.Fatal(err, d.Left())
	}
	var again sketch.Encoder
	b.Encode(&again)
	if !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	var fromA, fromB []Version
	for i := 40; i < 80; i++ {
		a.Observe(act("10.0.0."+strconv.Itoa(i%9), i, 17, 16, 12), &fromA)
		b.Observe(act("10.0.0."+strconv.Itoa(i%9), i, 17, 16, 12), &fromB)
	}
	a.Close(&fromA)
	b.Close(&fromB)
	if diff := cmp.Diff(fromA, fromB); diff != "" {
		t.Error(diff)
	}
}

// TestSpan checks how lengths of time are said.
func TestSpan(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "1 second"},
		{59 * time.Second, "59 seconds"},
		{59*time.Second + 600*time.Millisecond, "1 minute"},
		{109 * time.Second, "2 minutes"},
		{59*time.Minute + 40*time.Second, "1 hour"},
		{8*time.Hour + 20*time.Minute, "8 hours"},
		{23*time.Hour + 50*time.Minute, "1 day"},
		{31 * 24 * time.Hour, "31 days"},
	} {
		if got := Span(c.d); got != c.want {
			t.Errorf("Span(%v) = %q, want %q", c.d, got, c.want)
		}
	}
	if got := Count(3e38); strings.Contains(got, "-") || len(got) < len("999,999,999,999,999,999") {
		t.Errorf("Count(3e38) = %q", got)
	}
	if got := Count(38112); got != "38,112" {
		t.Errorf("Count(38112) = %q", got)
	}
}

// TestNoMoreValuesThanTimes checks that no reason tells of more values than events: how many values there were is an estimate.
func TestNoMoreValuesThanTimes(t *testing.T) {
	k := kind{Kind: Kind{What: "10.0.0.1 scans"}, count: 44, values: 1<<33 - 1}
	if k.different() <= 44 {
		t.Fatalf("the estimate is %v: the test is of no use", k.different())
	}
	if got, want := k.reason(), "10.0.0.1 scans; seen 44 times with about 44 different values in 1 second"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFutureStampsLeaveTheBudget checks that records dated a century ahead use up the budget of the present day alone, and that their
// stories end.
func TestFutureStampsLeaveTheBudget(t *testing.T) {
	const century = 100 * 365 * 24 * 60 // minutes
	tr := NewTracker(Config{Site: "s", PerDay: 2})
	var out []Version
	for i := range 10 {
		o := act("10.9.0."+strconv.Itoa(i), century, 30, 30, 30, 30)
		o.Now = start + int64(i)*int64(time.Minute)
		tr.Observe(o, &out)
	}
	if got := len(ids(out)); got != 2 {
		t.Errorf("%d incidents from the future, want the day's 2", got)
	}
	tomorrow := start + int64(24*time.Hour)
	tr.Advance(tomorrow, &out)
	if n := tr.Open(); n != 0 {
		t.Errorf("%d stories from the future go on", n)
	}
	o := act("10.0.0.1", 24*60, 30, 30, 30, 30)
	o.Now = tomorrow
	tr.Observe(o, &out)
	if got := len(ids(out)); got != 3 {
		t.Errorf("%d incidents in all, want that of the next day too", got)
	}
}
