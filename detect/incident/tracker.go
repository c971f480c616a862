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
	Name     string  // of the feature: "source.ip + destination.port"
	Quiet    bool    // people want to hear no more of it
}

// An Observation is a finding with what an incident needs to know of it.
type Observation struct {
	Finding  Finding
	Entities []Entity // most telling first
	Kinds    []Kind   // loudest first
	Daily    float32  // events a day at this site
	Busy     float32  // and of the one who acts
	Learning bool     // the site is too young to raise incidents
	Certain  bool     // it is no matter of chance: its story is an incident at once, whatever the day's budget
	Now      int64    // the site's own time, beyond which a stamp is doubted; 0 where there is none but the finding's
	Told     int64    // when it was told, where that is later than its event; else 0
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
	Site     string
	PerDay   int            // most incidents raised a day
	Zone     *time.Location // where days begin; nil is UTC
	MaxOpen  int            // most stories followed at a time, 0 for 128
	HalfLife time.Duration  // what was seen so long ago counts half in what is known; 0 where nothing fades
}

const (
	gap     = 6 * time.Hour  // a story that is quiet for so long has ended
	hop     = time.Hour      // within which one that was broken into goes on
	longest = 24 * time.Hour // and so has one that began so long ago
	week    = 7 * 24 * time.Hour
	margin  = 10 // bits by which evidence must exceed what a day brings by chance
	enough  = 30 // ended stories of a sort from which their ranks say what is usual
)

// Features from Counted on are not of single events, but of how many there were. The last ones are matters of no chance. The one before them is of an
// event as a whole: how rare it is that so much about one is unusual at once.
const (
	Whole   = Counted - 1
	Counted = 1 << 15
	counted = 1<<16 - 256
)

// A Tracker makes incidents of observations. A story begins with a finding and takes up every later one that shares an entity with it
// and comes within six hours. It becomes an incident when its evidence is stronger than chance and this site's everyday stories explain, and
// the day's budget is not used up. Memory is bounded; a Tracker is for one goroutine.
type Tracker struct {
	cfg       Config
	open      []*story // oldest first
	incidents []*story // those of them that are incidents
	usual     [sorts]habit
	since     int64 // when the first one began
	day       int64 // the local day that raised counts
	raised    int   // incidents raised on it
	unheard   int   // how many of them nobody is told of
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
	quiet := o.quiet()
	rank := s.heard()
	switch {
	case s.number > 0:
		if !quiet && s.grown(rank) {
			t.publish(s, rank, out)
		}
	case o.Learning:
	case o.Certain && !quiet || rank >= t.need(s, o):
		if o.Certain || t.spend(s, o.day()) {
			s.raised, s.need = max(o.Finding.Time, s.last, o.Told), t.chance(o)
			t.publish(s, rank, out)
		}
	case !s.counted && s.rank() >= t.need(s, o):
		t.count(s, o.day())
	}
	if !o.Learning && !quiet {
		o.Finding.Incident = s.id
	}
}

// find returns the story that an observation belongs to: the oldest raised one that shares an entity, else the oldest.
func (t *Tracker) find(o *Observation) *story {
	var best *story
	for _, s := range t.open {
		if s.settled && !o.quiet() {
			continue
		}
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

// The sorts of stories, by what their strongest evidence is.
const (
	single = iota // one new thing
	number        // how many events there were
	whole         // an event as a whole
	sorts
)

// A habit is what ended stories of one sort were like.
type habit struct {
	ranks sketch.Tail
	ended float32 // how many there were
}

// habit is what stories such as this one are like: one whose strongest evidence is how many rows there were, or one row as a whole, is no match for one new
// thing among many, of which changes bring more than attacks do.
func (t *Tracker) habit(s *story) *habit {
	if len(s.kinds) > 0 {
		switch f := s.kinds[0].Feature; {
		case f == Whole:
			return &t.usual[whole]
		case f >= Counted && f < counted:
			return &t.usual[number]
		}
	}
	return &t.usual[single]
}

// need returns the rank from which a story is an incident: what a day's events bring by chance, and a margin; what this site's everyday
// stories of its sort reach more often than a tenth of the budget; and more for each incident the day already has, so that the budget cannot be
// filled with trifles in front of what matters.
func (t *Tracker) need(s *story, o *Observation) float32 {
	need := t.chance(o)
	if h := t.habit(s); h.ended >= enough && o.day() > t.since {
		days := max(1, float32(float64(o.day()-t.since)/float64(24*time.Hour)))
		aDay := h.ended / days
		want := sketch.Log2(max(1, aDay/max(0.25, float32(t.cfg.PerDay)/10)))
		if want > 0 {
			need = max(need, h.rankAt(want))
		}
	}
	if t.day == t.localDay(o.day()) {
		need += float32(t.raised)
	}
	return need
}

// chance is what a day's events bring by chance, and a margin. What was never seen has as many bits as there was a past to see it in, so where the past is
// short less is asked for, by what it lacks.
func (t *Tracker) chance(o *Observation) float32 {
	return sketch.Log2(max(o.Daily, 1)) + margin + sketch.Log2(t.past(o.day()))
}

// past is how much there is of one, beside a past without beginning. A first week has each of its days for the first time, and much is new that is not strange: there
// no less is asked for.
func (t *Tracker) past(now int64) float32 {
	age := now - t.since
	if t.cfg.HalfLife == 0 || age < int64(week) {
		return 1
	}
	return 1 - sketch.Exp2(-float32(age)/float32(t.cfg.HalfLife))
}

// rankAt returns the lowest rank that has so many bits among the ended stories.
func (h *habit) rankAt(bits float32) float32 {
	lo, hi := float32(0), float32(1<<12)
	for hi-lo > 1.0/16 {
		if mid := (lo + hi) / 2; h.ranks.Bits(mid) >= bits {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// spend takes one incident from the budget of the day of ns and reports whether there was one left. A day is never gone back to: late
// records are on the budget of the latest day. What nobody is told of takes nothing from it.
func (t *Tracker) spend(s *story, ns int64) bool {
	t.turn(ns)
	if t.raised-t.unheard >= t.cfg.PerDay {
		return false
	}
	if s.counted && t.unheard > 0 {
		t.unheard--
	} else {
		t.raised++
	}
	return true
}

// count takes a story that would be an incident if people wanted to hear of it for one, so that the bar for others and what is learned
// are as they would be without a word of theirs.
func (t *Tracker) count(s *story, ns int64) {
	t.turn(ns)
	if t.raised >= t.cfg.PerDay {
		return
	}
	t.raised++
	t.unheard++
	s.counted = true
	t.incidents = append(t.incidents, s)
}

// turn begins a new day where ns is on one.
func (t *Tracker) turn(ns int64) {
	if day := t.localDay(ns); day > t.day || t.raised == 0 && t.day == 0 {
		t.day, t.raised, t.unheard = day, 0, 0
	}
}

func (t *Tracker) localDay(ns int64) int64 {
	local := time.Unix(0, ns).In(t.cfg.Zone)
	_, offset := local.Zone()
	return int64(math.Floor(float64(ns/int64(time.Second)+int64(offset)) / 86400))
}

func (t *Tracker) publish(s *story, rank float32, out *[]Version) {
	if s.number++; !s.counted {
		s.counted = true
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
	h := t.habit(s)
	h.ranks.Add(s.rank(), 1)
	h.ended++
	if rank := s.heard(); s.number > 0 && s.findings > s.told && rank > 0 {
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

// Follows reports whether an entity acts in an open story that was certain: what else it does belongs to that.
func (t *Tracker) Follows(actor uint64) bool {
	if actor == 0 {
		return false
	}
	for _, s := range t.incidents {
		if !s.certain {
			continue
		}
		if i := s.entity(actor); i >= 0 && s.entities[i].Actor {
			return true
		}
	}
	return false
}

// Raised returns how many incidents are open.
func (t *Tracker) Raised() int { return len(t.incidents) }

// Bytes is about the memory that the stories take.
func (t *Tracker) Bytes() int {
	n := 0
	for i := range t.usual {
		n += t.usual[i].ranks.Bytes()
	}
	for _, s := range t.open {
		n += 256 + len(s.entities)*128 + len(s.kinds)*512 + len(s.evidence.rows)*28
	}
	return n
}

// Open returns how many stories are followed.
func (t *Tracker) Open() int { return len(t.open) }
