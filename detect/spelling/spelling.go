// Package spelling finds machines by the names that they ask for: names of chance, as bots make them to find their master, and long names
// under one domain, which carry data out. Use it to tell of each name asked for and each answer; it says how improbable is what the one who asks
// has asked for of late.
//
// Every name counts once a site, when it is new. How odd its domain is spelled, and how much is said in front of the domain, is measured by a chain of
// characters that the site's own names teach; how seldom so much is, by those before it; and what a machine's names make together, by a bet
// (see bet). A service with many short names, an odd name now and then, or one name asked for for ever win nothing.
package spelling

import (
	"strings"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

const (
	askers  = 256 // bets on machines that ask for names of chance
	tunnels = 256 // and on machines with a domain
	doubted = 10  // bits of a bet from which its names are learned at less weight
	dim     = 0.125
	week    = int64(7 * 24 * time.Hour)
	longest = 255 // bytes of a name that are looked at
)

// A Name is one that was asked for. Who is a keyed hash.
type Name struct {
	Who    uint64 // asked
	Text   string
	Domain string // the part of it that is registered, at its end
	At     int64  // nanoseconds since 1970
}

// A Verdict is what the names of one who asks show of late.
type Verdict struct {
	Bits  float32 // what the bet has won; 0 for nothing
	Fresh bool    // it is to be told: few bets win as much, and it was of fewer names when it was told last
	Names int     // since it began
	Bytes int     // carried in front of the domain by them
}

// A Model knows the names of a site. It is for one goroutine.
type Model struct {
	key     sketch.Key
	chain   *chain
	usual   sketch.Mean    // bits a character
	names   *sketch.Counts // full names and domains
	odd     sketch.Tail    // bits of new domains above the usual
	full    sketch.Tail    // bits in front of the domain, of new names
	lost    [2]sketch.Mean // share of domains that do not exist, of others and of odd ones
	askers  table
	tunnels table
	shared  *sketch.Spread  // who asks for names of each domain
	trials  sequence.Trials // bets begun
	turns   int64           // weeks begun

	// of the name taken last, to be learned
	domain, sub  string
	excess, said float32
	weight       float32

	layout *feature.Layout
	use    []event.Column // that hold names, of the current batch
}

// New returns a Model that knows how English names are spelled, and nothing else, for rows of the layout of events.
func New(key sketch.Key, layout *feature.Layout) *Model {
	m := &Model{
		key: key, layout: layout, chain: new(chain), names: sketch.NewCounts(16<<10, 32<<10), askers: newTable(askers), tunnels: newTable(tunnels), shared: sketch.NewSpread(32 << 10),
	}
	m.chain.prior()
	return m
}

// Pass moves the site's time forward to t.
func (m *Model) Pass(t int64) {
	if m.trials.Pass(t, t) {
		m.turns = t / week
	}
	if turn := m.trials.Now() / week; turn > m.turns {
		m.turns = turn
		m.shared.Turn()
		if turn%2 == 0 {
			m.halve()
		}
	}
}

func (m *Model) halve() {
	m.chain.halve()
	m.names.Scale(0.5, 0.25)
	m.odd.Scale(0.5)
	m.full.Scale(0.5)
}

const (
	nameDomain   = 1 // domains of hashes
	domainDomain = 2
	answerDomain = 3
)

// fresh counts a text and reports whether it had not been seen.
func (m *Model) fresh(domain uint64, text string) bool {
	h := m.key.Hash(domain, text)
	if m.names.Get(h) > 0 {
		m.names.Add(h, 1)
		return false
	}
	m.names.Add(h, 1)
	return true
}

// Ask takes up a question. It returns what the asker's new domains show, and what its names under this one do.
func (m *Model) Ask(n *Name) (chance, carried Verdict) {
	m.domain, m.sub, m.weight = "", "", 1
	text := n.Text[max(0, len(n.Text)-longest):]
	if len(n.Domain) > len(text) || !m.fresh(nameDomain, text) {
		return Verdict{}, Verdict{}
	}
	if m.fresh(domainDomain, n.Domain) {
		chance = m.askDomain(n)
	}
	domain := m.key.Hash(domainDomain, n.Domain)
	m.shared.Note(domain, n.Who)
	m.sub = strings.TrimSuffix(text[:len(text)-len(n.Domain)], ".")
	if m.sub == "" {
		return chance, Verdict{}
	}
	m.said = m.chain.bits(m.sub)
	b := m.play(&m.tunnels, sketch.Mix(n.Who, domain), won(rare(&m.full, m.said)), len(m.sub), n.At)
	return chance, m.shows(b, m.shared.Alone(domain))
}

// askDomain plays for a domain that is new here.
func (m *Model) askDomain(n *Name) Verdict {
	m.domain, m.excess = m.spelled(n.Domain)
	return m.shows(m.play(&m.askers, n.Who, won(rare(&m.odd, m.excess)), len(m.domain), n.At), 1)
}

// spelled returns the label of a domain, and how many bits it has above what is usual for its length.
func (m *Model) spelled(domain string) (label string, excess float32) {
	label, _, _ = strings.Cut(domain, ".")
	return label, m.chain.bits(label) - float32(m.usual.Mean()*float32(len(label)))
}

const mostWins = 4 // bits, for an answer

// Answer takes up whether a name exists, once a domain. It is a game of its own: that half of a bot's names do not exist, against the share of all
// that are spelled as oddly, because what was mistyped is odd as well. The bet is told with the next question.
func (m *Model) Answer(n *Name, exists bool) {
	if !m.fresh(answerDomain, n.Domain) {
		return
	}
	lost := &m.lost[0]
	if _, excess := m.spelled(n.Domain); rare(&m.odd, excess) >= oddBits {
		lost = &m.lost[1]
	}
	share, missing := (float32(lost.Mean()*lost.Weight())+1)/(lost.Weight()+2), float32(1)
	if exists {
		share, missing = 1-share, 0
	}
	m.play(&m.askers, n.Who, min(max(-mostWins, -1-sketch.Log2(share)), mostWins), 0, n.At)
	lost.Add(missing, 1)
}

// play is a game of a bet, nil where there is no room for it or it is lost.
func (m *Model) play(x *table, key uint64, won float32, bytes int, at int64) *bet {
	b := x.play(key, won, bytes, at)
	if b == nil || b.begun { // who is ruined by his first game has begun, too
		m.trials.Make()
	}
	if b != nil && b.bits >= doubted {
		m.weight = dim
	}
	return b
}

// shows is what a bet says of a thing that is to some part the matter of one alone.
func (m *Model) shows(b *bet, alone float32) Verdict {
	if b == nil {
		return Verdict{}
	}
	bits := b.bits * alone
	return Verdict{Bits: bits, Fresh: b.tells(bits, m.trials.Bar()), Names: int(b.names), Bytes: int(b.bytes)}
}

// rare is how improbable x or above is by the past alone: a tail's shape beyond it is no evidence about a single name.
func rare(t *sketch.Tail, x float32) float32 {
	return min(t.Bits(x), sketch.Log2(2*t.Total()+1))
}

// learn counts the name taken last, where it was new, with a weight of 0 to 1.
func (m *Model) learn(weight float32) {
	weight *= m.weight
	if m.domain != "" {
		m.odd.Add(m.excess, weight)
		m.usual.Add(max(0, m.chain.bits(m.domain)/float32(len(m.domain))), weight)
		if weight == 1 {
			m.chain.learn(m.domain)
		}
	}
	if m.sub != "" {
		m.full.Add(m.said, weight)
	}
	m.domain, m.sub = "", ""
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int {
	return m.chain.size() + m.names.Bytes() + m.askers.size() + m.tunnels.size() + m.shared.Bytes() + m.odd.Bytes() + m.full.Bytes()
}
