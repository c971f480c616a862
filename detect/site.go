package detect

import (
	"slices"
	"time"

	"frontfoot/detect/decoy"
	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/influence"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/detect/verdict"
	"frontfoot/ingest/event"
	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/ledger"
)

// A Site is what is known of one council. It is a pure function of the messages it was given: the same messages, cut in whatever way,
// give the same scores, findings, incidents and Snapshot bytes on every machine. It is for one goroutine.
type Site struct {
	name   string
	cfg    Config
	key    sketch.Key
	events *feature.Events
	row    feature.Row
	seq    sequence.Row        // the same, for models that count over rows
	keepAt int64               // how much earlier than others its states are kept, nanoseconds
	at     position            // of what is being taken
	skip   func(position) bool // whether to leave out an event because the models did not survive it; nil leaves out nothing
	state
}

// A position is an event's place in the log.
type position struct {
	offset int64
	row    uint32 // in the message, or wholeMessage
}

const wholeMessage = 1<<32 - 1

// state is what a Site learns.
type state struct {
	engine    *engine
	fusion    *fusion // the engine's judge
	sequences sequences
	influence *influence.Book // who taught how much
	tracker   *incident.Tracker
	clock     clock
	seen      uint64 // events so far
	arrivals  arrivals
	keeping   keeping
	book      *verdict.Book // what people said
	decoys    *decoy.Set
	unheard   bool // something was said of which the stories do not know yet
}

// NewSite returns a site that knows nothing. The key is the site's secret: with another one nothing that was learned is recognised.
func NewSite(name string, key [16]byte, cfg Config) *Site {
	s := &Site{name: name, cfg: cfg, key: sketch.NewKey(key)}
	s.events = feature.NewEvents(s.key)
	s.keepAt = int64(s.key.Hash(^uint64(0), "kept") % uint64(keepEvery))
	s.state = s.newState()
	return s
}

func (s *Site) newState() state {
	judge := &fusion{without: s.cfg.without}
	return state{
		engine:    newEngine(s.events.Layout(), s.key, s.cfg.MaxBytes, judge),
		fusion:    judge,
		sequences: newSequences(s.key, s.events.Layout()).without(s.cfg.without),
		influence: influence.New(),
		tracker:   incident.NewTracker(incident.Config{Site: s.name, PerDay: s.cfg.IncidentsPerDay, Zone: s.cfg.Zone, HalfLife: s.cfg.HalfLife}),
		book:      verdict.New(s.events.Layout()),
		decoys:    decoy.NewSet(),
	}
}

// Learning reports whether the site is too young to raise incidents.
func (s *Site) Learning() bool { return s.cfg.learning(&s.clock, s.seen) }

// Bytes returns the memory that what the site knows takes.
func (s *Site) Bytes() int {
	return s.engine.bytes() + s.sequences.bytes() + s.influence.Bytes() + s.tracker.Bytes() + s.book.Bytes() + s.decoys.Bytes()
}

// Process scores the events of m, learns them, and appends what there is to say to out. Events of a numbered epoch that came before are left
// out; a message whose Epoch is "" is not numbered. Whatever the events hold, it ought not to panic; where it does, the state is of no
// use any more, and whoever makes it anew may tell it to leave out what it was at.
func (s *Site) Process(m Message, out *Output) {
	out.Site = s.name
	s.hear()
	s.at = position{m.Offset, wholeMessage}
	if m.Epoch == "" {
		s.take(m, out)
		return
	}
	n := m.Events.Rows()
	a := &s.arrivals
	a.begin(m.Offset)
	e := a.of(m.Epoch, m.Seq0)
	parts, gap, missing := e.admit(span{m.Seq0, m.Seq0 + uint64(n)})
	received := a.received
	if n > 0 {
		received = max(received, m.Events.Time(event.Received, 0))
	}
	if missing {
		a.tell(&out.Ledger)
		s.gap(m.Epoch, gap, received, out)
	}
	for _, p := range parts {
		if !p.fresh {
			a.repeat(m.Epoch, p.span, received, &out.Ledger)
			continue
		}
		a.tell(&out.Ledger)
		if p.filled {
			out.Ledger = append(out.Ledger, ledger.Entry{
				Kind: ledger.GapFilled, Reason: "came after all", First: received, Last: received, Epoch: m.Epoch, Seq: p.from, Rows: p.to - p.from,
			})
		}
		s.take(m.part(p.span), out)
	}
	if n > 0 {
		a.received = max(a.received, m.Events.Time(event.Received, n-1))
	}
}

// part returns a stretch of a message.
func (m *Message) part(s span) Message {
	from, to := int(s.from-m.Seq0), int(s.to-m.Seq0)
	if from == 0 && to == m.Events.Rows() {
		return *m
	}
	out := *m
	out.Seq0, out.Row0 = s.from, m.Row0+uint32(from)
	out.Events = m.Events.Slice(from, to)
	return out
}

// take scores and learns events that have not been seen.
func (s *Site) take(m Message, out *Output) {
	n := m.Events.Rows()
	s.at.row = wholeMessage // where a message is taken in parts, too
	scored := Scored{Message: m, Scores: make([]float32, n), Models: make([]Model, n)}
	if s.skip != nil && s.skip(s.at) {
		s.dead(&m, 0, n, out)
	} else {
		if m.Events.Filled(event.ClaimedSite) {
			s.claims(&m, out)
		}
		s.events.Begin(m.Events)
		s.decoys.Begin(m.Events)
		s.sequences.begin(m.Events)
		for i := range n {
			s.at.row = m.Row0 + uint32(i)
			if s.skip != nil && s.skip(s.at) {
				s.dead(&m, i, 1, out)
				continue
			}
			if failpoint.Built {
				failpoint.Poison(m.Events.Text(event.Raw, i))
			}
			s.events.Row(i, &s.row)
			scored.Scores[i], scored.Models[i] = s.event(&m, i, out)
		}
	}
	out.Messages = append(out.Messages, scored)
}

// dead tells of events that are stored and neither scored nor learned.
func (s *Site) dead(m *Message, row, rows int, out *Output) {
	out.Ledger = append(out.Ledger, ledger.Entry{
		Kind: ledger.DeadLetter, Reason: "detection panicked, stored unscored", First: s.clock.now, Last: s.clock.now,
		Epoch: m.Epoch, Seq: m.Seq0 + uint64(row), Rows: uint64(rows),
	})
}

// pass moves the site's clock and ends what has been quiet for long.
func (s *Site) pass(t int64, out *Output) {
	if failpoint.Off("clock") {
		t = failpoint.Now().UnixNano()
	}
	if s.clock.see(t) {
		s.engine.pass(int64(s.clock.age()) / (int64(s.cfg.HalfLife) / fadeSteps))
		s.tracker.Advance(s.clock.now, &out.Incidents)
		s.influence.Pass(s.clock.day(), &out.Lessons)
	}
}

// event takes one event: the clock first, then the score, then what follows from it, then the lesson.
func (s *Site) event(m *Message, row int, out *Output) (float32, Model) {
	s.pass(s.row.Time, out)
	s.seen++
	s.mark(m.Events, row)
	bits := s.engine.score(&s.row)
	which := s.engine.loudest()
	alert, learning, daily := s.engine.alert(s.cfg.FindingRate), s.Learning(), s.daily()
	s.counted(m, row, learning, daily, out)
	touch, touched := s.decoys.Find(m.Events, row)
	if alert || touched || s.followed() || s.engine.notable(daily) {
		o := observe(s.engine, &s.row, s.name, &s.clock, daily)
		o.Learning = learning
		if touched {
			alert = s.touch(o, &touch, alert)
		}
		here := s.here(m, row)
		s.place(&here, m, row, &o.Finding)
		known := s.book.Mark(o, s.clock.now)
		s.whole(o)
		s.tracker.Observe(o, &out.Incidents)
		switch {
		case known:
			bits, which = 0, None
		case alert:
			out.Findings = append(out.Findings, o.Finding)
		}
	}
	held := !s.cfg.without.lacks(PartGuard) && holds(s.tracker, s.engine.layout, &s.row)
	learns := s.book.Learns(&s.row, s.unusual, s.clock.now)
	share := float32(0)
	if learns {
		share = s.teaches(learning, daily)
		s.engine.learn(held, share)
	}
	s.sequences.learn(&s.seq, held || share < half)
	return bits, which
}

// whole adds to an observation what its row is as a whole. It is not to be spoken of where nothing about the row is, or where that is so of who
// acts, whatever it shows, as where it is suppressed. What is benign is so for values that were new: of the row as a whole they say nothing.
func (s *Site) whole(o *incident.Observation) {
	if s.cfg.without.lacks(PartWhole) {
		return
	}
	x := explainer{layout: s.engine.layout, row: &s.row}
	if k := x.whole(s.fusion.whole(), o.Daily, o.Kinds); k != nil {
		k.Quiet = !slices.ContainsFunc(o.Kinds, func(k incident.Kind) bool { return !k.Quiet }) ||
			s.book.Quiet(o.Names(), k.Name, incident.AnyValue, s.clock.now) != verdict.Nothing
		o.Kinds = append(o.Kinds, *k)
	}
}

// unusual reports whether a feature of the row scored last is loud enough to be told as a reason.
func (s *Site) unusual(feature int) bool {
	v := s.engine.named()
	for i := range v.Loud {
		if me := &v.Loud[i]; me.Feature == feature {
			return me.Bits >= loud
		}
	}
	return false
}

// observe makes the observation of the row that an engine scored last, without its place in the log.
func observe(e *engine, row *feature.Row, site string, now *clock, daily float32) *incident.Observation {
	x := explainer{layout: e.layout, row: row, age: now.age()}
	v := e.named()
	kinds := x.kinds(e.model, v)
	o := &incident.Observation{
		Finding:  incident.Finding{Site: site, Time: row.Time, Model: e.loudest().String(), Score: e.bits},
		Entities: x.entities(v),
		Kinds:    kinds,
		Daily:    daily,
		Busy:     x.busy(e.model),
		Now:      now.now,
	}
	x.fill(&o.Finding, kinds, v)
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

// daily is how many events a day the site has, without those that were held back: a flood makes nobody else's events less telling.
func (s *Site) daily() float32 { return daily(s.seen-min(s.seen, s.influence.Kept()), s.clock.age()) }

// daily is how many events a day a site has.
func daily(seen uint64, age time.Duration) float32 {
	days := max(1, float64(age)/float64(24*time.Hour))
	return float32(float64(seen) / days)
}
