package gen

// Life is what goes on at a council: processes that write lines into a queue. It asks one stream of chance, so that the same council
// lives the same life whether it is attacked or not.
type life struct {
	c          *council
	r          rng
	q          *queue
	start, end int64
	scale      float64 // lines a day that are not bound to the clock
	processes  []activity
	moods      []mood
	regulars   []addr // visitors who come back
	phones     []uint64
	changes    *changes // nil where nothing changes
}

// A mood is what is particular about a day.
type mood struct {
	factor  float64
	holiday bool
}

// An activity is a source of lines: at random moments, the more the busier it is, or (period > 0) by the clock.
type activity struct {
	gap    float64 // mean nanoseconds from one to the next at the rhythm's peak
	rhythm *rhythm
	period int64
	jitter int64
	do     func(at int64)
}

// fixedLines is about how many lines a day come by the clock, whatever the volume asked for.
const fixedLines = 4_000

func newLife(c *council, start, end int64, cfg Config) *life {
	l := &life{c: c, r: newRNG(cfg.Seed, "life "+c.name), q: newQueue(), start: start, end: end}
	l.scale = max(float64(cfg.EventsPerDay)-fixedLines, float64(cfg.EventsPerDay)/10)
	for d := range cfg.Days {
		m := mood{factor: 0.9 + 0.2*l.r.Float64()}
		m.holiday = d > 0 && l.r.chance(0.03)
		l.moods = append(l.moods, m)
	}
	for range 400 {
		l.regulars = append(l.regulars, c.web.country(l.r).addr(l.r))
	}
	for range 300 {
		l.phones = append(l.phones, 0x9e0000_000000|uint64(l.r.IntN(1<<32)))
	}
	office, home, remote, flat := officeHours(), homeHours(), remoteHours(), always()

	l.often(0.29, 2.05, office, l.browse)
	l.often(0.04, 1.6, office, l.plain)
	l.often(0.035, 1.5, home, l.guest)
	l.often(0.12, 1.0, office, l.desk)
	l.often(0.025, 1.1, office, l.otherPort)
	l.often(0.012, 2, office, l.reputation)
	l.often(0.002, 1, office, l.suspect)
	l.often(0.022, 12.5, remote, l.tunnel)
	l.often(0.10, 1.3, flat, l.scan)
	l.often(0.05, 6, flat, l.guessing)
	l.often(0.12, 5.5, home, l.visit)
	l.often(0.02, 1.4, flat, l.probe)
	l.often(0.03, 1.6, home, l.mail)
	l.often(0.045, 1.5, flat, l.upkeep)
	l.often(0.03, 17, office, l.manage)
	l.often(0.06, 1.0, office, l.casework)
	l.often(0.02, 3, flat, l.timer)
	l.often(0.004, 1, flat, l.noise)
	l.clockwork()
	l.oddities()
	if cfg.Changing {
		l.clutter()
		l.change(cfg.Seed)
	}
	return l
}

// often starts an activity that writes a share of the scalable lines, so many at a time.
func (l *life) often(share, lines float64, h *rhythm, do func(at int64)) {
	l.begin(activity{gap: float64(day) * lines / (share * l.scale * h.peak), rhythm: h, do: do})
}

// every starts an activity by the clock: first at offset from the start, then each period, up to jitter late.
func (l *life) every(period, offset, jitter int64, do func(at int64)) {
	l.processes = append(l.processes, activity{period: period, jitter: jitter, do: do})
	l.q.push(l.start+offset, ^int32(len(l.processes)-1))
}

// once lets something happen at one moment.
func (l *life) once(at int64, do func(at int64)) {
	if at >= l.start && at < l.end {
		l.every(day*10_000, at-l.start, 0, do)
	}
}

func (l *life) begin(a activity) {
	l.processes = append(l.processes, a)
	l.q.push(l.start+int64(a.gap*l.r.ExpFloat64()), ^int32(len(l.processes)-1))
}

// peek lets life go on until its next line stands first in the queue, and returns its time; ok is false when none comes before end.
func (l *life) peek(end int64) (at int64, ok bool) {
	for len(l.q.heap) > 0 && l.q.heap[0].at < end {
		e := l.q.heap[0]
		if e.id >= 0 {
			return e.at, true
		}
		l.q.pop()
		l.run(e)
	}
	return 0, false
}

func (l *life) run(e entry) {
	a := &l.processes[^e.id]
	if a.period > 0 {
		next := e.at + a.period
		if a.period >= day/2 { // what is set for an hour of the day keeps to the clock on the wall
			next -= l.changes.summer(next) - l.changes.summer(e.at)
		}
		l.q.push(next, e.id)
		late := int64(0)
		if a.jitter > 0 {
			late = l.r.Int64N(a.jitter)
		}
		a.do(e.at + late)
		return
	}
	l.q.push(e.at+1+int64(a.gap*l.r.ExpFloat64()), e.id)
	if l.r.Float64()*a.rhythm.peak < l.busy(a.rhythm, e.at) {
		a.do(e.at)
	}
}

// busy is how much goes on at that moment. A holiday is like a Sunday.
func (l *life) busy(h *rhythm, at int64) float64 {
	m := l.moods[min(int((at-l.start)/day), len(l.moods)-1)]
	at += l.changes.summer(at)
	week := int64(weekday(at))*day + at%day
	if m.holiday {
		week = 6*day + at%day
	}
	return m.factor * h.value(week)
}

// country draws where a visitor comes from.
func (w *internet) country(r rng) *country { return &countries[w.visitor.draw(r)] }

// enemy draws where the background noise comes from.
func (w *internet) enemy(r rng) *country { return &countries[w.scanner.draw(r)] }
