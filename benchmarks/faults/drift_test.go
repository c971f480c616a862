package faults

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// Days of the chaff. Somebody who can write to a site's log prepares an attack on the day after the last by making it usual.
const (
	chaffDays = 30
	alarmDays = 10 // before which somebody has to be told of it, unless nothing comes of it
	mostLoss  = 0.1
)

// F14: one line in ten is chaff, and each day another hundredth of its fields is what the attack's will be; then the attack comes.
func TestF14Drift(t *testing.T) {
	try(t, "F14 drifting chaff", []string{"incidents"}, func(x *trial) *verdict {
		d := newDrift(x.T)
		clean, chaffed := d.run(x, false), d.run(x, true)
		share, lines := kept(clean, chaffed)
		alarm := chaffed.alarm()
		x.figure("%d days and %d lines, %d of them chaff; of %d lines of %d attacks that stand out without the chaff %.0f %% do with it; %d of the attacks are told without, %d with it; first incident of the chaff %s; site %.1f MiB",
			chaffDays, len(chaffed.truth), chaffed.count(chaff), lines, len(d.kinds), 100*share, clean.told(), chaffed.told(), alarm, float64(chaffed.most)/(1<<20))
		x.check(lines >= 50, "only %d lines of the attacks stand out without the chaff: there is little to lose", lines)
		x.notice(share >= 1-mostLoss || alarm.before(alarmDays), "of the lines that stand out %.0f %% are left, and nobody was told before day %d", 100*share, alarmDays)
		x.check(chaffed.most <= siteMost, "the site took %d bytes", chaffed.most)
		return chaffed.verdict(chaffed.attacks())
	})
}

// A drift is a site's lines, and the events of attacks that its chaff imitates.
type drift struct {
	kinds   []gen.Scenario
	cfg     gen.Config
	attacks *event.Batch
	of      map[string][]int // rows of attacks by dataset
}

func newDrift(t *testing.T) *drift {
	t.Helper()
	d := &drift{kinds: []gen.Scenario{gen.Ransomware, gen.BruteForce, gen.Insider, gen.Webshell}, of: map[string][]int{}}
	d.cfg = gen.Config{Seed: 14, Sites: []string{"testham"}, Start: firstDay(), Days: chaffDays + 3, EventsPerDay: pick(1200, 6000)}
	for _, kind := range d.kinds {
		d.cfg.Plays = append(d.cfg.Plays, gen.Play{Kind: kind, Site: "testham", Day: chaffDays + 1})
	}
	p, b := parse.New(parse.Config{Replay: true}), event.NewBuilder()
	for line := range d.lines(t) {
		if line.Attack != "" {
			p.Line(b, line.Text, line.Time.UnixNano())
			b.End()
		}
	}
	d.attacks = b.Batch()
	for row := range d.attacks.Rows() {
		name := d.attacks.Text(event.Dataset, row)
		d.of[name] = append(d.of[name], row)
	}
	return d
}

func (d *drift) lines(t *testing.T) func(func(gen.Line) bool) {
	t.Helper()
	g, err := gen.New(d.cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g.Site(0)
}

// What a row is, beside the numbers of attacks from 1.
const (
	ordinary = 0
	chaff    = -1
)

// A drifted is a site after it all.
type drifted struct {
	*pupil

	kinds []gen.Scenario
	truth []int  // of each row
	begun uint64 // row of the attacks' day
}

// run plays the lines, with chaff or without.
func (d *drift) run(x *trial, withChaff bool) *drifted {
	y := &drifted{kinds: d.kinds, pupil: newPupil(x.T, "testham", x.off, [16]byte{14})}
	p, one, r, n := parse.New(parse.Config{Replay: true}), event.NewBuilder(), rand.New(rand.NewPCG(14, 14)), 0
	attack := d.cfg.Start.Add(chaffDays * 24 * time.Hour)
	for line := range d.lines(x.T) {
		one.Reset()
		p.Line(one, line.Text, line.Time.UnixNano())
		one.End()
		if y.begun == 0 && !line.Time.Before(attack) {
			y.begun = uint64(len(y.truth))
		}
		base := one.Batch()
		y.add(line.Play, func(event.Column) (*event.Batch, int) { return base, 0 })
		rows := d.of[base.Text(event.Dataset, 0)]
		if n++; !withChaff || n%9 != 0 || len(rows) == 0 {
			continue
		}
		like := rows[r.IntN(len(rows))]
		share := float64(line.Time.Sub(d.cfg.Start)/(24*time.Hour)) / 100
		y.add(chaff, func(c event.Column) (*event.Batch, int) {
			if c != event.Time && c != event.Received && d.attacks.Has(c, like) && r.Float64() < share {
				return d.attacks, like
			}
			return base, 0
		})
	}
	y.flush()
	return y
}

func (y *drifted) add(what int, choose func(event.Column) (*event.Batch, int)) {
	y.truth = append(y.truth, what)
	copyRow(y.rows, choose)
	y.end()
}

func (y *drifted) count(what int) (n int) {
	for _, x := range y.truth {
		if x == what {
			n++
		}
	}
	return n
}

func (y *drifted) attacks() (n int) { return len(y.truth) - y.count(ordinary) - y.count(chaff) }

// standing tells of each line of the attacks, in their order, whether it scores above all but a hundredth of the ordinary lines of these days.
func (y *drifted) standing() (out []bool, of []int) {
	var usual []float32
	for i := y.begun; i < uint64(len(y.truth)); i++ {
		if y.truth[i] == ordinary {
			usual = append(usual, y.scores[i])
		}
	}
	slices.Sort(usual)
	bar := quantile(usual, 0.99)
	for i, what := range y.truth {
		if what > 0 {
			out, of = append(out, y.scores[i] > bar), append(of, what)
		}
	}
	return out, of
}

// kept is the share of the lines of attacks which stand out in one run that do so in another as well, in the mean over attacks.
func kept(clean, chaffed *drifted) (share float64, lines int) {
	out, of := clean.standing()
	still, _ := chaffed.standing()
	all, left := map[int]float64{}, map[int]float64{}
	for i, what := range of {
		if !out[i] {
			continue
		}
		lines++
		if all[what]++; still[i] {
			left[what]++
		}
	}
	for what := range len(clean.kinds) {
		share += left[what+1] / max(1, all[what+1]) / float64(len(clean.kinds))
	}
	return share, lines
}

// mostly returns what more than half of an incident's evidence is, ordinary where there is no such thing.
func (y *drifted) mostly(evidence []uint64) int {
	count := map[int]int{}
	for _, seq := range evidence {
		if count[y.truth[seq]]++; 2*count[y.truth[seq]] > len(evidence) {
			return y.truth[seq]
		}
	}
	return ordinary
}

// about lists what each incident is about and when it was raised.
func (y *drifted) about(fn func(what int, raised int64)) {
	for _, v := range y.incidents {
		var evidence []uint64
		for _, e := range v.Evidence {
			evidence = append(evidence, e.Seq)
		}
		fn(y.mostly(evidence), v.Raised)
	}
}

// told counts the attacks that an incident is about.
func (y *drifted) told() int {
	seen := map[int]bool{}
	y.about(func(what int, _ int64) {
		if what > 0 {
			seen[what] = true
		}
	})
	return len(seen)
}

// alarm is when the first incident was about the chaff.
func (y *drifted) alarm() alarm {
	first := alarm(0)
	y.about(func(what int, raised int64) {
		day := alarm(time.Duration(raised-firstDay().UnixNano())/(24*time.Hour)) + 1
		if what == chaff && (first == 0 || day < first) {
			first = day
		}
	})
	return first
}

// An alarm is the day on which somebody was told, 0 for never.
type alarm int

func (a alarm) before(day int) bool { return a > 0 && int(a) < day }

func (a alarm) String() string {
	if a == 0 {
		return "never"
	}
	return "on day " + strconv.Itoa(int(a))
}
