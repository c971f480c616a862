package incident

import (
	"math"
	"slices"
	"time"

	"frontfoot/detect/sketch"
)

// An Entity is somebody or something that a finding is about.
type Entity struct {
	Hash  uint64
	Name  string // ECS field
	Text  string
	Actor bool // did it, rather than suffered it
}

// A Kind is one kind of novelty that a finding shows.
type Kind struct {
	Feature  int     // what is new: two findings with the same feature are of one kind
	Bits     float32 // how surprising it is here
	Value    uint64  // hash of the value or values
	What     string  // a clause: "10.1.4.7 has never spoken to port 4444"
	Expected string  // a clause: "in 5 days and 38,112 events"
	Tactic   string  // ATT&CK tactic it hints at, or ""
	Side     uint8   // what of an event it tells: kinds of one side are one piece of evidence
	Weak     bool    // it is only that somebody is new, or when, not that something new is done
}

// An Observation is a finding with what an incident needs to know of it.
type Observation struct {
	Finding  Finding
	Entities []Entity // most telling first
	Kinds    []Kind   // loudest first
	Daily    float32  // events a day at this site
	Busy     float32  // and of the one who acts
	Learning bool     // the site is too young to raise incidents
	Now      int64    // the site's own time, beyond which a stamp is doubted; 0 where there is none but the finding's
}

// day is the time that an observation counts for: a stamp from the future must not use up the budgets until then.
func (o *Observation) day() int64 {
	if o.Now == 0 {
		return o.Finding.Time
	}
	return min(o.Finding.Time, o.Now)
}

// Config is what a Tracker goes by.
type Config struct {
	Site    string
	PerDay  int            // most incidents raised a day
	Zone    *time.Location // where days begin; nil is UTC
	MaxOpen int            // most stories followed at a time, 0 for 128
}

const (
	gap     = 6 * time.Hour  // a story that is quiet for so long has ended
	longest = 24 * time.Hour // and so has one that began so long ago
	margin  = 10             // bits by which evidence must exceed what a day brings by chance
	enough  = 30             // ended stories from which their ranks say what is usual
)

// A Tracker makes incidents of observations. A story begins with a finding and takes up every later one that shares an entity with it
// and comes within six hours. It becomes an incident when its evidence is stronger than chance and this site's everyday stories explain, and
// the day's budget is not used up. Memory is bounded; a Tracker is for one goroutine.
type Tracker struct {
	cfg       Config
	open      []*story // oldest first
	incidents []*story // those of them that are incidents
	usual     sketch.Tail
	ended     float32 // stories ended so far
	since     int64   // when the first one began
	day       int64   // the local day that raised counts
	raised    int     // incidents raised on it
}

// NewTracker returns a Tracker without stories.
func NewTracker(cfg Config) *Tracker {
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.MaxOpen == 0 {
		cfg.MaxOpen = 128
	}
	return &Tracker{cfg: cfg}
}

// Observe takes up a finding, names its story in it unless the site still learns, and appends the versions that follow from it.
func (t *Tracker) Observe(o *Observation, out *[]Version) {
	s := t.find(o)
	if s == nil {
		s = t.begin(o, out)
	}
	s.take(o)
	rank := s.rank()
	switch {
	case s.number > 0:
		if s.grown(rank) {
			t.publish(s, rank, out)
		}
	case !o.Learning && rank >= t.need(o):
		if t.spend(o.day()) {
			s.raised, s.need = max(o.Finding.Time, s.last), chance(o)
			t.publish(s, rank, out)
		}
	}
	if !o.Learning {
		o.Finding.Incident = s.id
	}
}

// find returns the story that an observation belongs to: the oldest raised one that shares an entity, else the oldest.
func (t *Tracker) find(o *Observation) *story {
	var best *story
	for _, s := range t.open {
		if s.fits(o) && (best == nil || best.number == 0 && s.number > 0) {
			best = s
		}
	}
	return best
}

func (t *Tracker) begin(o *Observation, out *[]Version) *story {
	if len(t.open) == t.cfg.MaxOpen {
		least := 0
		for i, s := range t.open {
			if s.rank() < t.open[least].rank() {
				least = i
			}
		}
		t.end(least, out)
	}
	s := &story{id: storyID(t.cfg.Site, o.Finding.ID), premises: o.Finding.Premises, first: o.Finding.Time, last: o.Finding.Time}
	t.open = append(t.open, s)
	if t.since == 0 {
		t.since = o.day()
	}
	return s
}

// need returns the rank from which a story is an incident: what a day's events bring by chance, and a margin; what this site's everyday
// stories reach more often than a tenth of the budget; and more for each incident the day already has, so that the budget cannot be
// filled with trifles in front of what matters.
func (t *Tracker) need(o *Observation) float32 {
	need := chance(o)
	if t.ended >= enough && o.day() > t.since {
		days := max(1, float32(float64(o.day()-t.since)/float64(24*time.Hour)))
		aDay := t.ended / days
		want := sketch.Log2(max(1, aDay/max(0.25, float32(t.cfg.PerDay)/10)))
		if want > 0 {
			need = max(need, t.rankAt(want))
		}
	}
	if t.day == t.localDay(o.day()) {
		need += float32(t.raised)
	}
	return need
}

// chance is what a day's events bring by chance, and a margin.
func chance(o *Observation) float32 { return sketch.Log2(max(o.Daily, 1)) + margin }

// rankAt returns the lowest rank that has so many bits among the ended stories.
func (t *Tracker) rankAt(bits float32) float32 {
	lo, hi := float32(0), float32(1<<12)
	for hi-lo > 1.0/16 {
		if mid := (lo + hi) / 2; t.usual.Bits(mid) >= bits {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// spend takes one incident from the budget of the day of ns and reports whether there was one left. A day is never gone back to: late
// records are on the budget of the latest day.
func (t *Tracker) spend(ns int64) bool {
	if day := t.localDay(ns); day > t.day || t.raised == 0 && t.day == 0 {
		t.day, t.raised = day, 0
	}
	if t.raised >= t.cfg.PerDay {
		return false
	}
	t.raised++
	return true
}

func (t *Tracker) localDay(ns int64) int64 {
	local := time.Unix(0, ns).In(t.cfg.Zone)
	_, offset := local.Zone()
	return int64(math.Floor(float64(ns/int64(time.Second)+int64(offset)) / 86400))
}

func (t *Tracker) publish(s *story, rank float32, out *[]Version) {
	if s.number++; s.number == 1 {
		t.incidents = append(t.incidents, s)
	}
	s.told, s.toldRank = s.findings, rank
	*out = append(*out, s.version(t.cfg.Site, rank))
}

// Advance ends the stories that have been quiet for six hours, or gone on for a day, at the site's time now, and those that lie more than a
// day ahead of it: they would never end.
func (t *Tracker) Advance(now int64, out *[]Version) {
	for i := 0; i < len(t.open); {
		if s := t.open[i]; now-s.last > int64(gap) || now-s.first > int64(longest) || s.first-now > int64(longest) {
			t.end(i, out)
			continue
		}
		i++
	}
}

// Close ends all stories, at the end of a file.
func (t *Tracker) Close(out *[]Version) {
	for len(t.open) > 0 {
		t.end(0, out)
	}
}

// end takes a story out, remembers how usual its rank was, and tells its end where something was added since it was last told.
func (t *Tracker) end(i int, out *[]Version) {
	s := t.open[i]
	t.open = slices.Delete(t.open, i, i+1)
	t.incidents = slices.DeleteFunc(t.incidents, func(o *story) bool { return o == s })
	rank := s.rank()
	t.usual.Add(rank, 1)
	t.ended++
	if s.number > 0 && s.findings > s.told {
		t.publish(s, rank, out)
	}
}

// Holds reports whether an entity acts in an open incident: what it does should not become normal.
func (t *Tracker) Holds(actor uint64) bool {
	if actor == 0 {
		return false
	}
	for _, s := range t.incidents {
		for i := range s.entities {
			if e := &s.entities[i]; e.Hash == actor && e.Actor {
				return true
			}
		}
	}
	return false
}

// Raised returns how many incidents are open.
func (t *Tracker) Raised() int { return len(t.incidents) }

// Bytes is about the memory that the stories take.
func (t *Tracker) Bytes() int {
	n := sketch.TailBytes
	for _, s := range t.open {
		n += 256 + len(s.entities)*128 + len(s.kinds)*384 + len(s.evidence)*24
	}
	return n
}

// Open returns how many stories are followed.
func (t *Tracker) Open() int { return len(t.open) }
