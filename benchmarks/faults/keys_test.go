package faults

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect"
	"frontfoot/detect/feature"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// F14: somebody sends a site as many different addresses, names and accounts as there is room for in its log.
func TestF14UniqueKeys(t *testing.T) {
	try(t, "F14 unique keys", nil, func(x *trial) *verdict {
		alone, _ := attackedSite(x.T, "", [16]byte{2}, func(*pupil, int64) {})
		flooded := newPupil(x.T, "flooded", "", [16]byte{1})
		keys, most := 0, pick(1_000_000, 10_000_000)
		flood := func(*pupil, int64) {
			for range 1000 {
				if keys < most {
					keys += flooded.unique(keys)
				}
			}
		}
		beside, attacks := attackedSite(x.T, "", [16]byte{2}, flood)
		for keys < most {
			flood(nil, 0)
		}
		flooded.flush()
		v := beside.verdict(attacks)
		if !slices.Equal(alone.scores, beside.scores) {
			v.differs = append(v.differs, "scores of the other site")
		}
		x.figure("%d keys in %d rows; the flooded site takes %.1f MiB at most, a snapshot %.1f MiB; %d scores of another site are the same, bit by bit",
			keys, flooded.seq, float64(flooded.most)/(1<<20), float64(len(flooded.Snapshot()))/(1<<20), len(beside.scores))
		x.check(flooded.most <= siteMost, "the flooded site took %d bytes", flooded.most)
		x.check(flooded.unscored() == 0, "%d rows of the flood have no finite score", flooded.unscored())
		return v
	})
}

// unique adds a row of five keys that were never there, for the addresses and names of five lines a second, and returns how many.
func (p *pupil) unique(n int) int {
	name := "k" + strconv.Itoa(n)
	p.row(firstDay().Add(time.Duration(n) * 40 * time.Millisecond).UnixNano())
	p.rows.SetString(event.UserName, name)
	p.rows.SetString(event.HostHostname, "host-"+name)
	p.rows.SetString(event.ProcessName, "run"+name)
	p.rows.SetString(event.SourceIP, fmt.Sprintf("9.%d.%d.%d", n>>18&0xff, n>>10&0xff, n>>2&0xff))
	p.rows.SetString(event.DNSQuestionName, name+".example-"+name+".com")
	p.end()
	return 5
}

// row begins a row.
func (p *pupil) row(at int64) {
	p.rows.SetTime(event.Time, at)
	p.rows.SetTime(event.Received, at)
	p.rows.SetString(event.Dataset, "app.portal")
	p.rows.SetString(event.EventAction, "login")
}

// attackedWeek is more than how often attackedSite has something else put in.
const attackedWeek = 30

// attackedSite plays the attacked week of the demo at a site, with something else after each 900 lines, and returns the number of attack lines too.
func attackedSite(t *testing.T, off string, secret [16]byte, between func(y *pupil, at int64)) (y *pupil, attacks int) {
	t.Helper()
	cfg := gen.Demo()
	cfg.EventsPerDay = 1000
	g, err := gen.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	y = newPupil(t, cfg.AttackSite, off, secret)
	p, lines := parse.New(parse.Config{Replay: true}), 0
	for line := range g.Site(slices.Index(cfg.Sites, cfg.AttackSite)) {
		if line.Attack != "" {
			attacks++
		}
		p.Line(y.rows, line.Text, line.Time.UnixNano())
		y.end()
		if lines++; lines%900 == 0 {
			between(y, line.Time.UnixNano())
		}
	}
	y.flush()
	return y, attacks
}

// F14: somebody who knows how frontfoot hashes, but not the site's secret, makes accounts that fall into the places of memory where others are,
// to have these forgotten, so that the site cries wolf.
func TestF14CollidingKeys(t *testing.T) {
	try(t, "F14 colliding keys", []string{"key"}, func(x *trial) *verdict {
		secret := [16]byte{0: 3, 15: 9}
		if x.off == "key" {
			secret = detect.ScoreKey() // everybody knows it
		}
		const clerks, others = 16, 32
		const often = 8 // a clerk in an hour, so that one who is known scores bits less than one who is not
		f, now := newForger(detect.ScoreKey()), int64(0)
		// the bound of what one source teaches would hold here without the key, too: the key has to hold by itself
		p, attacks := attackedSite(x.T, "influence", secret, func(p *pupil, at int64) {
			now = at
			for i := range clerks * often {
				p.login(now, clerk(i%clerks))
			}
		})
		before, fresh := p.scoreOf(now, clerks, clerk), p.scoreOf(now, clerks, func(i int) string { return "new-" + strconv.Itoa(i) })
		crowds := f.besiege(clerks, others)
		for _, crowd := range crowds {
			for _, name := range crowd {
				for range 2 * often * attackedWeek { // more often than the clerks, one after the other: what is counted least has to go first
					p.login(now, name)
				}
			}
		}
		after, freshAfter := p.scoreOf(now, clerks, clerk), p.scoreOf(now, clerks, func(i int) string { return "newer-" + strconv.Itoa(i) })
		keys := pick(200_000, 1_000_000)
		for name := range f.crowd(keys) {
			p.login(now, name)
		}
		p.flush()
		x.figure("%d accounts score %.1f bits after a week and %.1f when %d others have been made for the place of each, new ones %.1f and %.1f; with %d more in one place of 256 the site takes %.1f MiB",
			clerks, before, after, others, fresh, freshAfter, keys, float64(p.most)/(1<<20))
		x.check(fresh > before+1, "new accounts score %.1f bits and old ones %.1f: nothing can be forgotten", fresh, before)
		x.check(p.most <= siteMost, "the site took %d bytes", p.most)
		x.notice(freshAfter > after+1, "old accounts score %.1f bits and new ones %.1f: the old ones are forgotten", after, freshAfter)
		return p.verdict(attacks)
	})
}

func clerk(i int) string { return "clerk-" + strconv.Itoa(i) }

// login adds a row of an account.
func (p *pupil) login(at int64, name string) {
	p.row(at)
	p.rows.SetString(event.UserName, name)
	p.end()
}

// scoreOf is the mean score of one more login of n accounts.
func (p *pupil) scoreOf(at int64, n int, name func(i int) string) (mean float32) {
	p.flush()
	for i := range n {
		p.login(at, name(i))
	}
	p.flush()
	for _, s := range p.scores[len(p.scores)-n:] {
		mean += s / float32(n)
	}
	return mean
}

// A forger makes accounts that collide under a key that it knows.
type forger struct {
	key   sketch.Key
	field uint64
}

func newForger(secret [16]byte) *forger {
	f := &forger{key: sketch.NewKey(secret)}
	layout := feature.NewEvents(f.key).Layout()
	f.field = uint64(slices.IndexFunc(layout.Fields, func(x feature.Field) bool { return x.Name == "user.name" }))
	return f
}

// place is where a site keeps the count of an account: as many bits of the hash as choose it while memory is of ordinary size.
func (f *forger) place(name string) uint64 {
	h := f.key.Hash(f.field+1, name)
	return h>>60<<11 | h>>32&0x7ff
}

// besiege returns n accounts for the place of each of the clerks.
func (f *forger) besiege(clerks, n int) [][]string {
	crowds, of := make([][]string, clerks), map[uint64]int{}
	for i := range clerks {
		of[f.place(clerk(i))] = i
	}
	left := len(of) * n
	for k := 0; left > 0; k++ {
		name := "thief-" + strconv.Itoa(k)
		if i, there := of[f.place(name)]; there && len(crowds[i]) < n {
			crowds[i] = append(crowds[i], name)
			left--
		}
	}
	return crowds
}

// crowd yields n accounts whose hashes agree in eight of the bits that choose a place while memory is small.
func (f *forger) crowd(n int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; n > 0; i++ {
			name := "crowd-" + strconv.Itoa(i)
			if f.place(name)&0xff != 7 {
				continue
			}
			if n--; !yield(name) {
				return
			}
		}
	}
}
