package rhythm

import "frontfoot/detect/sketch"

const (
	ways       = 8
	fewest     = 512  // pairs that there is room for
	slots      = 4096 // at most
	pairBytes  = 24
	placeBytes = 32 << 10
	metBytes   = 32 << 10
)

// A table keeps pairs in bounded memory. A new pair takes the place of one whose rhythm has ended, else wears down the one of its bucket that
// called the fewest times (as in HeavyKeeper, Yang et al. 2019, without the dice), so that a flood of new pairs only puts out itself; and one
// machine that fills a sixteenth of the table only puts out its own. The table doubles on a day on which it put out as many
// as it holds.
type table struct {
	pairs []pair // nil until the first call
	beats sketch.Pool[beat]
	held  [256]uint16
	day   int64
	put   int // out, or worn down, on that day
}

// find returns the place of a pair at time t, whose calls are 0 where it is new; nil where there is no room.
func (x *table) find(key, who uint64, t int64) *pair {
	if x.pairs == nil {
		x.pairs = make([]pair, fewest)
	}
	tag, from := uint32(key>>32), uint8(who>>40)
	b := x.bucket(tag)
	low, full := -1, int(x.held[from]) >= len(x.pairs)/16
	for i := range b {
		p := &b[i]
		if p.tag == tag && p.calls > 0 {
			return p
		}
		if full && p.who != from && p.worth(t) > 0 {
			continue
		}
		if low < 0 || p.worth(t) < b[low].worth(t) || p.worth(t) == b[low].worth(t) && p.last < b[low].last {
			low = i
		}
	}
	if low < 0 {
		return nil
	}
	p := &b[low]
	if p.worth(t) > 0 {
		if day := t / day; day != x.day {
			x.day, x.put = day, 0
		}
		if len(x.pairs) < slots {
			if x.put++; x.put >= len(x.pairs) {
				x.grow()
				return x.find(key, who, t)
			}
		}
		if p.worth(t) > 1 {
			p.calls--
			return nil
		}
	}
	if p.calls > 0 {
		x.held[p.who]--
		x.beats.Give(p.beat)
	}
	x.held[from]++
	*p = pair{tag: tag, who: from}
	return p
}

// bucket is where a pair is kept: the low bits of its tag say it.
func (x *table) bucket(tag uint32) []pair {
	i := int(tag) & (len(x.pairs)/ways - 1) * ways
	return x.pairs[i : i+ways : i+ways]
}

// grow doubles the buckets; what was in one goes to two.
func (x *table) grow() {
	old := x.pairs
	x.put = 0
	x.pairs = make([]pair, 2*len(old))
	for i := range old {
		p := &old[i]
		b := x.bucket(p.tag)
		for j := range b {
			if p.calls > 0 && b[j].calls == 0 {
				b[j] = *p
				break
			}
		}
	}
}

// take takes up a later call of a pair. It returns the pair's beat, nil where it has none, and whether the interval is of it.
func (x *table) take(p *pair, c *Call) (b *beat, counts bool) {
	interval := p.follow(c)
	b = x.beats.At(p.beat)
	if !b.counts(interval) {
		return b, false
	}
	if b == nil {
		p.beat = x.beats.Take()
		b = x.beats.At(p.beat)
	}
	b.add(interval)
	return b, true
}

// worth is how much a pair is worth keeping: nothing where it has been silent for longer than a rhythm may be.
func (p *pair) worth(t int64) uint8 {
	if t-p.last > slowest {
		return 0
	}
	return p.calls
}

func (x *table) bytes() int { return pairBytes*len(x.pairs) + x.beats.Bytes() + 512 }
