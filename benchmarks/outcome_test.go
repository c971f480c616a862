package benchmarks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect/incident"
)

// An outcome is how well a site's weeks were judged.
type outcome struct {
	site           string
	lines, unknown int
	weeks          []tally
	attacks        []attempt
	wrong          []string // titles of false incidents
	scoring        time.Duration
	bytes          int // of what the site knows in the end
}

// A tally counts what was raised in a week.
type tally struct {
	days, incidents, wrong int
	played, found          int // attacks that began in it
}

// An attempt is one attack, and whether it was found: most of an incident's evidence is the attack's, and was while it went on or a day
// after its end.
type attempt struct {
	gen.Play
	number   int // as in Line.Play
	lines    int
	findings int
	found    bool
	rank     int           // the best of its incidents among all that the site raised on that one's day, from 1
	delay    time.Duration // from its first line until an incident was about it
	highest  float32       // score of its lines, in bits

	came, shown map[int]bool // days, from 0, on which it had lines, and those of which an incident showed some
}

const day = int64(24 * time.Hour)

// outcome judges a site's weeks.
func (w *week) outcome(cfg *gen.Config, site int) outcome {
	x := outcome{site: cfg.Sites[site], lines: w.lines, unknown: w.unknown, scoring: w.scoring, bytes: w.bytes, weeks: make([]tally, cfg.Days/7)}
	for i := range x.weeks {
		x.weeks[i].days = 7
	}
	start := cfg.Start.UnixNano()
	all := w.ranked()
	raised := map[int64]int{} // by day, so far: all is ranked
	best := map[int]attempt{}
	for i := range all {
		v := &all[i]
		raised[v.Raised/day]++
		week := &x.weeks[min(max(int((v.Raised-start)/(7*day)), 0), len(x.weeks)-1)]
		week.incidents++
		if !w.isAttack(v) {
			week.wrong++
			x.wrong = append(x.wrong, fmt.Sprintf("%s day %d: %.1f bits, %s", x.site, (v.Raised-start)/day+1, v.Score, v.Title))
			continue
		}
		n := w.attackOf(v)
		told, span := w.told[v.ID][n], w.spans[n]
		if n == 0 || told > span[1]+day {
			continue
		}
		rank, delay := raised[v.Raised/day], time.Duration(told-span[0])
		if a, seen := best[n]; seen {
			rank, delay = min(rank, a.rank), min(delay, a.delay)
		}
		best[n] = attempt{rank: rank, delay: delay}
	}
	for i, p := range cfg.Plays {
		if p.Site != x.site {
			continue
		}
		a, found := best[i+1]
		a.Play, a.number, a.found = p, i+1, found
		a.came, a.shown = w.came[i+1], w.shown[i+1]
		week := &x.weeks[(p.Day-1)/7]
		week.played++
		if found {
			week.found++
		}
		x.attacks = append(x.attacks, a)
	}
	w.scored(x.attacks)
	return x
}

// attackOf returns the number of the attack that most of an incident's evidence belongs to, 0 where that is none.
func (w *week) attackOf(v *incident.Version) int {
	count := map[int]int{}
	for _, e := range v.Evidence {
		n := w.plays[e.Seq]
		if count[n]++; n > 0 && 2*count[n] > len(v.Evidence) {
			return n
		}
	}
	return 0
}

// scored fills in what the models said of the attacks' lines.
func (w *week) scored(attacks []attempt) {
	of := map[int]*attempt{}
	for i := range attacks {
		of[attacks[i].number] = &attacks[i]
	}
	for seq, n := range w.plays {
		of[n].lines++
		if int(seq) < len(w.scores) {
			of[n].highest = max(of[n].highest, w.scores[seq])
		}
	}
	for i := range w.findings {
		if a := of[w.plays[w.findings[i].Seq]]; a != nil {
			a.findings++
		}
	}
}

// weekly adds the sites up.
func weekly(results []outcome) []tally {
	sums := make([]tally, len(results[0].weeks))
	for i := range results {
		for k, x := range results[i].weeks {
			s := &sums[k]
			s.days, s.incidents, s.wrong = s.days+x.days, s.incidents+x.incidents, s.wrong+x.wrong
			s.played, s.found = s.played+x.played, s.found+x.found
		}
	}
	return sums
}

// regionTable writes what became of each kind of attack, of each week, and which attacks were missed.
func regionTable(results []outcome, detail bool) string {
	by := map[gen.Scenario][]attempt{}
	var missed []attempt
	lines := 0
	for i := range results {
		lines += results[i].lines
		for _, a := range results[i].attacks {
			by[a.Kind] = append(by[a.Kind], a)
			if !a.found {
				missed = append(missed, a)
			}
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%d sites, %d lines\n\n", len(results), lines)
	fmt.Fprintf(&out, "%-16s %6s %5s %11s %14s\n", "kind", "played", "found", "median rank", "median time")
	for _, kind := range gen.Scenarios() {
		var ranks []int
		var delays []time.Duration
		for _, a := range by[kind] {
			if a.found {
				ranks, delays = append(ranks, a.rank), append(delays, a.delay)
			}
		}
		switch {
		case len(ranks) > 0:
			fmt.Fprintf(&out, "%-16s %6d %5d %11d %14s\n", kind, len(by[kind]), len(ranks), median(ranks), median(delays).Round(time.Second))
		case len(by[kind]) > 0:
			fmt.Fprintf(&out, "%-16s %6d %5d %11s %14s\n", kind, len(by[kind]), 0, "-", "-")
		}
	}
	fmt.Fprintf(&out, "\n%4s %9s %22s %18s %6s %5s %6s\n", "week", "site-days", "incidents a site-day", "false a site-day", "played", "found", "recall")
	for i, x := range weekly(results) {
		recall := "-"
		if x.played > 0 {
			recall = fmt.Sprintf("%.0f %%", 100*float64(x.found)/float64(x.played))
		}
		fmt.Fprintf(&out, "%4d %9d %22.2f %18.2f %6d %5d %6s\n", i+1, x.days, float64(x.incidents)/float64(x.days), float64(x.wrong)/float64(x.days), x.played, x.found, recall)
	}
	slices.SortStableFunc(missed, func(a, b attempt) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	for _, a := range missed {
		fmt.Fprintf(&out, "missed %-16s at %-12s day %2d: %4d lines, highest %.1f bits, %d findings\n", a.Kind, a.Site, a.Day, a.lines, a.highest, a.findings)
	}
	for i := range results {
		for _, title := range results[i].wrong {
			if detail {
				fmt.Fprintf(&out, "false  %s\n", title)
			}
		}
	}
	return out.String()
}

// median returns the middle, the lower one of two.
func median[T cmp.Ordered](all []T) T {
	slices.Sort(all)
	return all[(len(all)-1)/2]
}
