package whereabouts

import (
	"math/bits"
	"net/netip"
	"slices"
	"time"
)

const (
	places  = 4  // networks that are remembered of an account
	longest = 20 // octaves of seconds: twelve days, and longer
)

// The ways in which an account may be elsewhere before.
const (
	inside = iota
	outside
	ways
)

// An account is where one was.
type account struct {
	address   [16]byte       // outside, of its last arrival
	networks  [places]uint32 // outside, the latest first
	countries [places]uint8  // they are in, 0 where that is not known
	seen      [ways]uint32   // when it was there last, in seconds and one; 0 is never
	best      [ways]uint8    // the soonest that it was in a new network after it was elsewhere, in steps
	moves     uint8          // to new networks, at most 255
}

// find returns the number of a network among those where it was, -1 for none.
func (a *account) find(network uint32) int {
	return slices.Index(a.networks[:], network)
}

// was reports whether it was in a country.
func (a *account) was(country uint8) bool {
	return slices.Contains(a.countries[:], country)
}

// stays reports whether it is still where it was, and takes that up.
func (a *account) stays(c *Case, at uint32) bool {
	if a.seen[outside] == 0 || a.networks[0] != uint32(c.Network) || at+1-a.seen[outside] >= pause {
		return false
	}
	a.seen[outside] = at + 1
	if c.Country > 0 {
		a.countries[0] = c.Country
	}
	return true
}

// lesson is what it teaches that the account comes.
func (a *account) lesson(c *Case, at uint32, h *habit) lesson {
	l := lesson{habit: h, country: c.Country, first: a.seen[outside] == 0}
	if !l.first && a.find(uint32(c.Network)) < 0 {
		l.moved, l.steps = true, a.steps(at)
	}
	return l
}

// arrive takes up that it has come.
func (a *account) arrive(c *Case, at uint32, l *lesson) {
	i := a.find(uint32(c.Network))
	country := c.Country
	if i >= 0 && country == 0 {
		country = a.countries[i]
	}
	if i < 0 {
		i = places - 1
	}
	copy(a.networks[1:i+1], a.networks[:i])
	copy(a.countries[1:i+1], a.countries[:i])
	a.networks[0], a.countries[0], a.seen[outside] = uint32(c.Network), country, at+1
	if ip, err := netip.ParseAddr(c.Address); err == nil {
		a.address = ip.As16()
	}
	if l.moved {
		a.moves += min(1, 255-a.moves)
		for way, step := range l.steps {
			a.best[way] = max(a.best[way], step)
		}
	}
}

func (a *account) last() netip.Addr { return netip.AddrFrom16(a.address).Unmap() }

// ago is how long it is since it was seen.
func (a *account) ago(way int, at uint32) time.Duration {
	return time.Duration(at+1-a.seen[way]) * time.Second
}

// steps says how soon an arrival at a time comes after it was elsewhere: the more steps, the sooner; 0 where it was not.
func (a *account) steps(at uint32) (steps [ways]uint8) {
	for way, seen := range a.seen {
		if seen > 0 {
			steps[way] = fastest - uint8(min(bits.Len32(at+1-seen), longest))
		}
	}
	return steps
}

// span is the shortest time of a step.
func span(step uint8) time.Duration {
	return time.Duration(1<<(longest-step)) * time.Second
}
