// Package gen makes the log lines of invented councils: seeded, repeatable, in the formats that their devices really write (FortiGate,
// netfilter, Suricata EVE, Linux auth and system logs, JSON and key=value application logs), with the rhythm of a week, the harmless
// novelty of real life and, where they are asked for, attacks whose lines are known. Use it to fill demos, tests and benchmarks. It is
// no traffic simulator: it writes what devices would log, not what hosts would send, and it knows nothing of frontfoot.
package gen

import (
	"errors"
	"fmt"
	"iter"
	"time"
)

// A Config says what to make. The same Config makes the same lines, byte for byte, whatever the machine.
type Config struct {
	Seed         uint64
	Sites        []string  // councils, in the form of site names
	Start        time.Time // first moment, UTC; a midnight keeps days whole
	Days         int       // how long, at least 1
	EventsPerDay int       // lines a site and day on average over a week, at least 100
	Attack       Scenario  // what is put in, Quiet for nothing
	AttackSite   string    // where; "" is the first site
	AttackDay    int       // on which day, 1 is the first; an attack may run into the following day
	Plays        []Play    // attacks beside that one
	Changing     bool      // councils are cluttered, and change, as they do over a month: see clutter and changes
}

// Demo returns the week of the demo: three councils from Monday 2 March 2026, one of them attacked on the sixth day.
func Demo() Config {
	return Config{
		Seed:         1,
		Sites:        []string{"ashford-vale", "northmoor", "saltmarsh"},
		Start:        time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC),
		Days:         7,
		EventsPerDay: 24_000,
		Attack:       Ransomware,
		AttackSite:   "northmoor",
		AttackDay:    6,
	}
}

// A Line is one log line of a site.
type Line struct {
	Time   time.Time // when it was written, UTC
	Text   []byte    // the line without its end; valid until the next line is taken
	Attack string    // the step of the attack that it belongs to, "" for ordinary life
	Play   int       // the number of that attack, from 1: Config.Attack, where there is one, then Config.Plays; 0 for ordinary life
}

// A Generator makes the lines of a Config. It holds no state between calls: it may be used by many goroutines at a time.
type Generator struct {
	cfg   Config
	web   *internet
	plays []play
}

// New returns the generator of cfg, or an error that says what is wrong with it.
func New(cfg Config) (*Generator, error) {
	if cfg.AttackDay == 0 {
		cfg.AttackDay = 6
	}
	if cfg.AttackSite == "" && len(cfg.Sites) > 0 {
		cfg.AttackSite = cfg.Sites[0]
	}
	switch {
	case len(cfg.Sites) == 0:
		return nil, errors.New("making a generator: no sites")
	case cfg.Days < 1:
		return nil, fmt.Errorf("making a generator: %d days: at least 1", cfg.Days)
	case cfg.EventsPerDay < 100:
		return nil, fmt.Errorf("making a generator: %d events a day: at least 100", cfg.EventsPerDay)
	}
	g := &Generator{cfg: cfg, web: newInternet(cfg.Seed)}
	if cfg.Attack != Quiet {
		p := play{Play: Play{Kind: cfg.Attack, Site: cfg.AttackSite, Day: cfg.AttackDay}, chance: "attack " + string(cfg.Attack) + " " + cfg.AttackSite}
		g.plays = append(g.plays, p)
	}
	for i, p := range cfg.Plays {
		g.plays = append(g.plays, play{
			Play: p, begins: int64(p.Day-1) * day, chance: fmt.Sprintf("play %d %s %s", i, p.Kind, p.Site),
		})
	}
	for i := range g.plays {
		if err := g.plays[i].prepare(&cfg, i); err != nil {
			return nil, fmt.Errorf("making a generator: %w", err)
		}
	}
	return g, nil
}

// Sites returns the names of the councils, in order.
func (g *Generator) Sites() []string { return g.cfg.Sites }

// Site yields the lines of the i-th council in the order of their times. Every call begins anew.
func (g *Generator) Site(i int) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		c := newCouncil(g.cfg.Seed, i, g.cfg.Sites[i], g.web)
		start := g.cfg.Start.UnixNano()
		end := start + int64(g.cfg.Days)*day
		life := newLife(c, start, end, g.cfg)
		bad, silent := newQueue(), []silence(nil)
		plays := g.at(i)
		for {
			next, ok := life.peek(end)
			for len(plays) > 0 && (!ok || start+plays[0].begins <= next) {
				silent = append(silent, plays[0].write(c, bad, &g.cfg)...)
				plays = plays[1:]
			}
			from := life.q
			if len(bad.heap) > 0 && bad.heap[0].at < end && (!ok || bad.heap[0].at < next) {
				from, ok = bad, true
			}
			if !ok {
				return
			}
			at, text, m := from.take()
			if from == life.q && muted(silent, at, text) {
				continue
			}
			if !yield(Line{Time: time.Unix(0, at).UTC(), Text: text, Attack: m.step, Play: m.play}) {
				return
			}
		}
	}
}
