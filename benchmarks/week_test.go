package benchmarks

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// epoch names the collector's run in rows that never saw a collector.
const epoch = "00000000000000000000000000000001"

// A week is what detection made of a site's lines, without Kafka and database.
type week struct {
	lines, unknown int
	days           float64           // after the learning day
	truth          map[uint64]string // step of the attack by number of the line
	plays          map[uint64]int    // and which attack it is
	scores         []float32         // by number of the line
	findings       []incident.Finding
	incidents      map[string]incident.Version // the last version of each
	told           map[string]map[int]int64    // when each first was about an attack
	came, shown    map[int]map[int]bool        // of each attack the days, from 0, on which it had lines, and those of which an incident showed some
	dates          map[uint64]int              // day of each line of an attack
	parsing        time.Duration
	scoring        time.Duration
	bytes          int              // of what the site knows in the end
	spans          map[int][2]int64 // times of each attack's first and last line
}

// play runs a site's lines through parse and detect.
func play(cfg gen.Config, site int, conf detect.Config) (*week, error) {
	g, err := gen.New(cfg)
	if err != nil {
		return nil, err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	w := &week{truth: map[uint64]string{}, plays: map[uint64]int{}, spans: map[int][2]int64{}, incidents: map[string]incident.Version{}, told: map[string]map[int]int64{}, days: float64(cfg.Days - 1)}
	w.came, w.shown, w.dates = map[int]map[int]bool{}, map[int]map[int]bool{}, map[uint64]int{}
	p := parse.New(parse.Config{Replay: true})
	b := event.NewBuilder()
	s := detect.NewSite(cfg.Sites[site], [16]byte{1}, conf)
	var offset int64
	var lines chunk
	flush := func() {
		began := used(unix.RUSAGE_THREAD)
		for i, at := range lines.times {
			if !p.Line(b, lines.text[lines.ends[i]:lines.ends[i+1]], at) {
				w.unknown++
			}
			b.End()
		}
		parsed := used(unix.RUSAGE_THREAD)
		m := detect.Message{Epoch: epoch, Seq0: uint64(w.lines), Offset: offset, Events: b.Batch()}
		var out detect.Output
		s.Process(m, &out)
		w.parsing += parsed - began
		w.scoring += used(unix.RUSAGE_THREAD) - parsed
		w.take(&out)
		w.lines += b.Rows()
		offset++
		b.Reset()
		lines.reset()
	}
	lines.reset()
	for line := range g.Site(site) {
		if line.Attack != "" {
			seq, date := uint64(w.lines+len(lines.times)), int(line.Time.Sub(cfg.Start)/(24*time.Hour))
			w.truth[seq], w.plays[seq], w.dates[seq] = line.Attack, line.Play, date
			mark(w.came, line.Play, date)
			if span, at := w.spans[line.Play], line.Time.UnixNano(); span[0] == 0 {
				w.spans[line.Play] = [2]int64{at, at}
			} else {
				w.spans[line.Play] = [2]int64{span[0], at}
			}
		}
		if lines.add(line); len(lines.times) == 1000 {
			flush()
		}
	}
	flush()
	w.bytes = s.Bytes()
	return w, nil
}

// A chunk is some lines, kept.
type chunk struct {
	text  []byte
	ends  []int // of each line, from the end of none
	times []int64
}

func (c *chunk) add(l gen.Line) {
	c.text = append(c.text, l.Text...)
	c.ends = append(c.ends, len(c.text))
	c.times = append(c.times, l.Time.UnixNano())
}

func (c *chunk) reset() { c.text, c.ends, c.times = c.text[:0], append(c.ends[:0], 0), c.times[:0] }

func (w *week) take(out *detect.Output) {
	for _, m := range out.Messages {
		w.scores = append(w.scores, m.Scores...)
	}
	w.findings = append(w.findings, out.Findings...)
	for _, v := range out.Incidents {
		w.incidents[v.ID] = v
		n := w.attackOf(&v)
		if n == 0 {
			continue
		}
		if w.told[v.ID] == nil {
			w.told[v.ID] = map[int]int64{}
		}
		if w.told[v.ID][n] == 0 {
			w.told[v.ID][n] = max(v.Raised, v.Last)
		}
		for _, e := range v.Evidence {
			if w.plays[e.Seq] == n {
				mark(w.shown, n, w.dates[e.Seq])
			}
		}
	}
}

// mark notes a day of an attack.
func mark(days map[int]map[int]bool, attack, day int) {
	if days[attack] == nil {
		days[attack] = map[int]bool{}
	}
	days[attack][day] = true
}

// ranked returns the incidents, the most urgent first.
func (w *week) ranked() []incident.Version {
	all := make([]incident.Version, 0, len(w.incidents))
	for _, v := range w.incidents {
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b incident.Version) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.First, b.First), strings.Compare(a.ID, b.ID))
	})
	return all
}

// isAttack reports whether most of an incident's evidence are lines of the attack.
func (w *week) isAttack(v *incident.Version) bool {
	n := 0
	for _, e := range v.Evidence {
		if w.truth[e.Seq] != "" {
			n++
		}
	}
	return n > 0 && 2*n > len(v.Evidence)
}

// A verdict is how well the site's week was judged.
type verdict struct {
	rank       int     // of the first incident that is the attack, from 1; 0 where there is none
	incidents  int     // raised in all
	mine       int     // of them the attack
	falseADay  float64 // false incidents a day after the learning day
	worst      float32 // score of the highest false incident
	best       float32 // score of the attack's
	caught     int     // lines of the attack that became findings
	falseLines int     // other lines that did
	delay      time.Duration
	missed     []string // steps of which no line became a finding
}

func (w *week) judge() verdict {
	v := verdict{}
	wrong := 0
	for i, in := range w.ranked() {
		v.incidents++
		if w.isAttack(&in) {
			v.mine++
			if v.rank == 0 {
				v.rank, v.best, v.delay = i+1, in.Score, time.Duration(in.Raised-in.First)
			}
			continue
		}
		wrong++
		v.worst = max(v.worst, in.Score)
	}
	v.falseADay = float64(wrong) / w.days
	seen := map[string]bool{}
	for _, f := range w.findings {
		if step := w.truth[f.Seq]; step != "" {
			v.caught++
			seen[step] = true
		} else if f.Incident != "" {
			v.falseLines++
		}
	}
	for _, step := range w.truth {
		if !seen[step] && !slices.Contains(v.missed, step) {
			v.missed = append(v.missed, step)
		}
	}
	slices.Sort(v.missed)
	return v
}

// steps says, for each step of the attack, how its lines scored and how many lines of the site's whole week scored as high.
func (w *week) steps() string {
	sorted := slices.Clone(w.scores)
	slices.Sort(sorted)
	above := func(x float32) int {
		i, _ := slices.BinarySearch(sorted, x)
		return len(sorted) - i
	}
	best, count := map[string]float32{}, map[string]int{}
	for seq, step := range w.truth {
		count[step]++
		if int(seq) < len(w.scores) {
			best[step] = max(best[step], w.scores[seq])
		}
	}
	var out strings.Builder
	names := make([]string, 0, len(count))
	for step := range count {
		names = append(names, step)
	}
	slices.Sort(names)
	for _, step := range names {
		fmt.Fprintf(&out, "    step %-10s %4d lines, highest score %5.1f bits, as high or higher in the week: %d lines\n", step, count[step], best[step], above(best[step]))
	}
	return out.String()
}
