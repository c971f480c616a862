package detect

import (
	"frontfoot/detect/feature"
	"frontfoot/detect/sketch"
)

// A Site is what is known of one council. It is a pure function of the messages it was given: the same messages, cut in whatever way,
// give the same scores, findings, incidents and Snapshot bytes on every machine. It is for one goroutine.
type Site struct {
	name   string
	cfg    Config
	events *feature.Events
	engine *engine
	clock  clock
	seen   uint64 // events so far
	row    feature.Row
}

// NewSite returns a site that knows nothing. The key is the site's secret: with another one nothing that was learned is recognised.
func NewSite(name string, key [16]byte, cfg Config) *Site {
	events := feature.NewEvents(sketch.NewKey(key))
	return &Site{name: name, cfg: cfg, events: events, engine: newEngine(events.Layout(), cfg.MaxBytes)}
}

// Learning reports whether the site is too young to raise incidents.
func (s *Site) Learning() bool {
	age := s.clock.age()
	return age < s.cfg.LearnFor || s.seen < uint64(s.cfg.LearnEvents) && age < s.cfg.LearnAtMost
}

// Process scores the events of m, learns them, and appends what there is to say to out.
func (s *Site) Process(m Message, out *Output) {
	out.Site = s.name
	n := m.Events.Rows()
	scored := Scored{Message: m, Scores: make([]float32, n), Models: make([]Model, n)}
	s.events.Begin(m.Events)
	for i := range n {
		scored.Scores[i], scored.Models[i] = s.event(&m, i, out)
	}
	out.Messages = append(out.Messages, scored)
}

// event takes one event: the clock first, then the score, then what follows from it, then the lesson.
func (s *Site) event(m *Message, row int, out *Output) (float32, Model) {
	s.events.Row(row, &s.row)
	if s.clock.see(s.row.Time) {
		s.engine.pass(int64(s.clock.age()) / (int64(s.cfg.HalfLife) / fadeSteps))
	}
	s.seen++
	bits := s.engine.score(&s.row)
	which := s.engine.loudest()
	s.engine.learn(false)
	return bits, which
}

