package detect

import (
	"strings"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// A Site is what is known of one council. It is a pure function of the messages it was given: the same messages, cut in whatever way,
// give the same scores, findings, incidents and Snapshot bytes on every machine. It is for one goroutine.
type Site struct {
	name   string
	cfg    Config
	key    sketch.Key
	events *feature.Events
	row    feature.Row
	state
}

// state is what a Site learns.
type state struct {
	engine  *engine
	tracker *incident.Tracker
	clock   clock
	seen    uint64 // events so far
}

// NewSite returns a site that knows nothing. The key is the site's secret: with another one nothing that was learned is recognised.
func NewSite(name string, key [16]byte, cfg Config) *Site {
	s := &Site{name: name, cfg: cfg, key: sketch.NewKey(key)}
	s.events = feature.NewEvents(s.key)
	s.state = s.newState()
	return s
}

func (s *Site) newState() state {
	return state{
		engine:  newEngine(s.events.Layout(), s.key, s.cfg.MaxBytes),
		tracker: incident.NewTracker(incident.Config{Site: s.name, PerDay: s.cfg.IncidentsPerDay, Zone: s.cfg.Zone}),
	}
}

// Learning reports whether the site is too young to raise incidents.
func (s *Site) Learning() bool { return s.cfg.learning(&s.clock, s.seen) }

// Bytes returns the memory that what the site knows takes.
func (s *Site) Bytes() int { return s.engine.bytes() + s.tracker.Bytes() }

// Process scores the events of m, learns them, and appends what there is to say to out. It does not panic, whatever the events hold.
func (s *Site) Process(m Message, out *Output) {
	out.Site = s.name
	n := m.Events.Rows()
	scored := Scored{Message: m, Scores: make([]float32, n), Models: make([]Model, n)}
	s.events.Begin(m.Events)
	for i := range n {
		s.events.Row(i, &s.row)
		scored.Scores[i], scored.Models[i] = s.event(&m, i, out)
	}
	out.Messages = append(out.Messages, scored)
}

// event takes one event: the clock first, then the score, then what follows from it, then the lesson.
func (s *Site) event(m *Message, row int, out *Output) (float32, Model) {
	if s.clock.see(s.row.Time) {
		s.engine.pass(int64(s.clock.age()) / (int64(s.cfg.HalfLife) / fadeSteps))
		s.tracker.Advance(s.clock.now, &out.Incidents)
	}
	s.seen++
	bits := s.engine.score(&s.row)
	which := s.engine.loudest()
	alert, learning := s.engine.alert(s.cfg.FindingRate), s.Learning()
	if alert || s.engine.notable(daily(s.seen, s.clock.age())) {
		o := observe(s.engine, &s.row, s.name, &s.clock, s.seen)
		o.Learning = learning
		f := &o.Finding
		f.Premises = strings.Clone(m.Events.Text(event.Premises, row))
		f.Received = m.Events.Time(event.Received, row)
		f.Epoch, f.Seq, f.Offset, f.Row = m.Epoch, m.Seq0+uint64(row), m.Offset, uint32(row)
		f.ID = findingID(s.name, f.Model, f.Epoch, f.Seq)
		s.tracker.Observe(o, &out.Incidents)
		if alert {
			out.Findings = append(out.Findings, *f)
		}
	}
	s.engine.learn(holds(s.tracker, s.engine.layout, &s.row))
	return bits, which
}

// observe makes the observation of the row that an engine scored last, without its place in the log.
func observe(e *engine, row *feature.Row, site string, now *clock, seen uint64) *incident.Observation {
	x := explainer{layout: e.layout, row: row, age: now.age()}
	kinds := x.kinds(e.model, &e.verdict)
	o := &incident.Observation{
		Finding:  incident.Finding{Site: site, Time: row.Time, Model: e.loudest().String(), Score: e.blend.bits},
		Entities: x.entities(&e.verdict),
		Kinds:    kinds,
		Daily:    daily(seen, now.age()),
		Busy:     x.busy(e.model),
		Now:      now.now,
	}
	x.fill(&o.Finding, kinds, &e.verdict)
	return o
}

// holds reports whether one who acts in the row is part of an open incident.
func holds(t *incident.Tracker, layout *feature.Layout, row *feature.Row) bool {
	if t.Raised() == 0 {
		return false
	}
	for i := range row.Values {
		if layout.Fields[i].Role == feature.Actor && t.Holds(row.Values[i].Hash) {
			return true
		}
	}
	return false
}

// daily is how many events a day a site has.
func daily(seen uint64, age time.Duration) float32 {
	days := max(1, float64(age)/float64(24*time.Hour))
	return float32(float64(seen) / days)
}
