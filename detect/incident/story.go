package incident

import (
	"crypto/sha256"
	"encoding/base32"
	"math/bits"
	"slices"
	"strings"

	"frontfoot/detect/sketch"
)

const (
	maxEntities = 16 // entities by which a story takes up findings
	maxKinds    = 12 // kinds of novelty that it tells
)

// A story is findings that belong together.
type story struct {
	id       string
	premises string
	first    int64
	last     int64
	raised   int64
	need     float32 // rank at which it was raised
	number   uint32  // of the last version, 0 while it is no incident
	told     uint32  // findings at the last version
	toldRank float32
	findings uint32
	entities []Entity
	kinds    []kind
	evidence sample
	counted  bool // it is an incident, or would be if people wanted to hear of it
	certain  bool // some of it was no matter of chance
	settled  bool // people have said what it is: what else comes is another story
}

// A kind is what a story knows of one kind of novelty.
type kind struct {
	Kind           // the most surprising case
	busy   float32 // events a day of the one who acts in it
	count  uint32  // findings that show it
	values uint64  // bits set by their values' hashes: about how many different ones there are
	first  int64
	last   int64
	seen   []uint64 // hashes of its values, the first MaxValues
	more   bool     // there were more of them
}

// storyID is the story's name: 50 bits of the hash of the site and the first finding, in lower-case base 32.
func storyID(site, finding string) string {
	sum := sha256.Sum256([]byte(site + "\x00incident\x00" + finding))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))[:10]
}

// fits reports whether the observation is of the same premises, near enough in time, and by the same who acts; or the act of one who suffered
// in the story within an hour, because a machine that was broken into goes on from there. An account links two sources as long as it is the story's only
// one: many accounts behind one source are a server that many use, and what each does elsewhere is its own story.
func (s *story) fits(o *Observation) bool {
	f := &o.Finding
	if s.premises != f.Premises || f.Time-s.last > int64(gap) || s.first-f.Time > int64(gap) || f.Time-s.first > int64(longest) {
		return false
	}
	if len(o.Entities) == 0 || len(s.entities) == 0 {
		return false
	}
	first := &o.Entities[0]
	if s.entities[0].Hash == first.Hash {
		return true
	}
	actors := 0
	for j := range s.entities {
		b := &s.entities[j]
		if first.Actor && !b.Actor && b.Text == first.Text && f.Time-s.last <= int64(hop) {
			return true
		}
		if b.Actor {
			actors++
		}
	}
	if actors > 2 {
		return false
	}
	for i := range o.Entities {
		if j := s.entity(o.Entities[i].Hash); j >= 0 && o.Entities[i].Actor && s.entities[j].Actor {
			return true
		}
	}
	return false
}

func (s *story) entity(hash uint64) int {
	return slices.IndexFunc(s.entities, func(e Entity) bool { return e.Hash == hash })
}

// take adds an observation.
func (s *story) take(o *Observation) {
	f := &o.Finding
	s.first, s.last = min(s.first, f.Time), max(s.last, f.Time)
	if !o.quiet() {
		s.findings++
		s.evidence.take(Row{Epoch: f.Epoch, Seq: f.Seq}, o.sort())
	}
	s.certain = s.certain || o.Certain && !o.quiet()
	for _, e := range o.Entities {
		if i := s.entity(e.Hash); i >= 0 {
			s.entities[i].Actor = s.entities[i].Actor || e.Actor
		} else if len(s.entities) < maxEntities {
			s.entities = append(s.entities, e)
		}
	}
	for i := range o.Kinds {
		s.takeKind(&o.Kinds[i], f.Time, o.Busy)
	}
}

func (s *story) takeKind(k *Kind, at int64, busy float32) {
	i := slices.IndexFunc(s.kinds, func(x kind) bool { return x.Feature == k.Feature && x.Quiet == k.Quiet })
	if i < 0 {
		if len(s.kinds) == maxKinds {
			s.kinds = slices.Delete(s.kinds, s.idlest(), s.idlest()+1)
		}
		i = len(s.kinds)
		s.kinds = append(s.kinds, kind{Kind: *k, busy: busy, first: at, last: at})
	}
	x := &s.kinds[i]
	if k.Bits > x.Bits {
		x.Kind, x.busy = *k, busy
	}
	x.count++
	x.note(k.Value)
	x.values |= 1 << (k.Value * 0x9e3779b97f4a7c15 >> 58)
	x.first, x.last = min(x.first, at), max(x.last, at)
	slices.SortStableFunc(s.kinds, func(a, b kind) int {
		switch x, y := a.weight(), b.weight(); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return a.Feature - b.Feature
	})
}

// idlest returns the weakest kind that is not the strongest of its side, else the weakest.
func (s *story) idlest() int {
	for i := len(s.kinds) - 1; i > 0; i-- {
		side := s.kinds[i].Side
		if slices.ContainsFunc(s.kinds[:i], func(x kind) bool { return x.Side == side }) {
			return i
		}
	}
	return len(s.kinds) - 1
}

// different is about how many different values a kind was seen with: linear counting in 64 bits (Whang et al. 1990), 1 to 266.
func (k *kind) different() float32 {
	empty := 64 - bits.OnesCount64(k.values)
	if empty == 0 {
		return 266
	}
	return max(1, -44.36142*(sketch.Log2(float32(empty))-6))
}

// weight is what a kind adds to the evidence: its surprise, half of it where it is weak, and a bit for each doubling of
// the different values, because a scan is more than one new port. Repetition of the same adds nothing.
func (k *kind) weight() float32 {
	w := k.Bits
	if k.Weak {
		w /= 2
	}
	return w + sketch.Log2(k.different())
}

// rank is the evidence in bits: the strongest kind, and of each other side what its strongest kind has above what the one who shows it, as busy as that one is, shows
// once a day by chance: an account that comes twice a day is not asked for what all strangers from outside are, because one of them used it. What an event is as a whole
// is made of such kinds, so it is no side beside them: it counts where it is more.
func (s *story) rank() float32 { return s.sum(func(*kind) bool { return true }) }

// heard is the rank of what people want to hear of.
func (s *story) heard() float32 { return s.sum(func(k *kind) bool { return !k.Quiet }) }

func (s *story) sum(counts func(*kind) bool) float32 {
	var sum, all float32
	var told [256 / 64]uint64 // sides that count already
	first := true
	for i := range s.kinds {
		k := &s.kinds[i]
		if k.Feature == Whole && counts(k) {
			all = max(all, k.Bits) // there are two where people want to hear of one alone
			continue
		}
		if !counts(k) || told[k.Side>>6]>>(k.Side&63)&1 == 1 {
			continue
		}
		told[k.Side>>6] |= 1 << (k.Side & 63)
		if w := k.weight(); first {
			sum, first = w, false
		} else {
			sum += max(0, w-sketch.Log2(1+k.busy))
		}
	}
	return max(sum, all)
}

// grown reports whether there is enough to tell since the last version: twice the findings, or another severity, or evidence stronger by an
// eighth.
func (s *story) grown(rank float32) bool {
	return s.findings >= 2*s.told || rank >= s.toldRank*1.125 || severity(rank-s.need) != severity(s.toldRank-s.need)
}

// severity is by how much the evidence exceeds what was needed.
func severity(over float32) string {
	switch {
	case over >= 25:
		return "critical"
	case over >= 12:
		return "high"
	case over >= 4:
		return "medium"
	}
	return "low"
}
