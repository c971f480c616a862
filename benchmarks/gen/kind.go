package gen

import (
	"bytes"
	"fmt"
	"slices"
)

// A Scenario names a kind of attack that can be put among a site's lines.
type Scenario string

// The whole intrusions: chains of steps of some tens to a few hundred lines, in the formats of ordinary traffic. Scenarios lists all kinds.
const (
	Quiet      Scenario = ""           // no attack
	Ransomware Scenario = "ransomware" // phish, beacon, scan, lateral movement, persistence, theft at night
	BruteForce Scenario = "bruteforce" // slow distributed guessing, a login from a country never seen, new sudo commands
	DNSTunnel  Scenario = "dns-tunnel" // long random names under one domain, steadily, from one host
	Insider    Scenario = "insider"    // a member of staff exports at night from systems never touched before
	Webshell   Scenario = "webshell"   // an upload to the portal, odd addresses, the web server calls out
)

// A kind is one kind of attack. To add one, write its method from what is told of it in public, with the techniques' ids of MITRE ATT&CK in
// its comment, and name it in the list of its family.
type kind struct {
	name  Scenario
	days  int // that it may touch, counted from the midnight before it
	write func(*attack)
}

func kinds() []kind {
	return slices.Concat(chains(), scans(), credentials(), command(), theft(), movement(), footholds(), misuse(), services(),
		accounts(), frauds(), holdings(), relays(), outages(), planted(), entries(), passages(), letters(), spreads(),
		lures(), turned(), leaks(), spites(), guises(), inroads(), diversions(), harms())
}

// Scenarios returns the names of all kinds of attack.
func Scenarios() []Scenario {
	var all []Scenario
	for _, k := range kinds() {
		all = append(all, k.name)
	}
	return all
}

// A Play is one attack at one site.
type Play struct {
	Kind Scenario
	Site string
	Day  int // on which it begins, 1 is the first
}

// A play is a Play that can be written.
type play struct {
	Play
	number int
	begins int64  // nanoseconds from the start: it knows the council as it is then
	chance string // name of its stream of chance
	kind   kind
}

func (p *play) prepare(cfg *Config, i int) error {
	all := append(kinds(), lasting()...)
	k := slices.IndexFunc(all, func(k kind) bool { return k.name == p.Kind })
	switch {
	case k < 0:
		return fmt.Errorf("attack %q: one of %q", p.Kind, append(Scenarios(), Lasting()...))
	case !slices.Contains(cfg.Sites, p.Site):
		return fmt.Errorf("attack at %q, which is not among the sites", p.Site)
	case p.Day < 1:
		return fmt.Errorf("attack on day %d: the first is 1", p.Day)
	}
	p.number, p.kind = i+1, all[k]
	return nil
}

// write puts the lines of the play into q. Their chance is a stream of its own: ordinary life does not change by them. It returns which
// hosts are kept silent.
func (p *play) write(c *council, q *queue, cfg *Config) []silence {
	a := &attack{c: c, r: newRNG(cfg.Seed, p.chance), q: q, day: cfg.Start.UnixNano() + int64(p.Day-1)*day}
	q.mark.play = p.number
	p.kind.write(a)
	return a.silent
}

// at returns the plays at the i-th site in the order in which they begin.
func (g *Generator) at(i int) []play {
	var all []play
	for _, p := range g.plays {
		if p.Site == g.cfg.Sites[i] {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b play) int { return int((a.begins - b.begins) / day) })
	return all
}

// A silence is a time in which a server's lines do not arrive, because somebody stopped what sends them.
type silence struct {
	host     string
	from, to int64
}

// muted reports whether a line is one that was never sent. Servers' lines have the host's name behind a time of fixed length.
func muted(all []silence, at int64, text []byte) bool {
	const stamp = len("2026-03-02T09:15:22.123456+00:00 ")
	for i := range all {
		s := &all[i]
		if at >= s.from && at < s.to && len(text) > stamp && text[0] == '2' && bytes.HasPrefix(text[stamp:], []byte(s.host+" ")) {
			return true
		}
	}
	return false
}
