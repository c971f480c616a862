package spelling

import (
	"time"

	"frontfoot/detect/sketch"
)

const (
	betWays = 8
	quiet   = int64(6 * time.Hour) // after which a bet begins anew
	richest = 64                   // bits: beyond, nothing more is to be known
)

// A bet is evidence that grows: what a better has won who pays one unit into each of a row of fair games against chance. He who begins anew
// when he is ruined wins 2^b with a chance of 2^-b a beginning (Ville 1939; Page, Biometrika 1954). He plays that half of the things are as odd
// as a 64th of the past: an odd one wins five bits, another loses one. So what is a little odd by nature, such as the short names
// of a network that delivers content, loses however often it comes.
type bet struct {
	key   uint64
	last  int64
	bits  float32
	names uint32 // since it began
	bytes uint32
	told  uint32 // names when it was told last
	begun bool   // by the name taken last
}

const (
	oddBits = 6          // log2(64)
	oddWins = 5          // log2(64/2)
	loses   = -0.9772799 // log2(64/63/2)
)

// won is what a thing so improbable wins.
func won(bits float32) float32 {
	if bits >= oddBits {
		return oddWins
	}
	return loses
}

// A table keeps bets in bounded memory. A new one takes the place of what has won least, so that who has won much cannot be put out by a flood of
// those who win once. There are few bets at a time, because most are soon lost.
type table struct {
	seats []uint16 // number of the bet on each, 0 where there is none
	bets  sketch.Pool[bet]
}

func newTable(n int) table { return table{seats: make([]uint16, n)} }

// play adds what a name of so many bytes has won to the bet of a key. It returns nil where there is no room, or nothing is left of it.
func (x *table) play(key uint64, won float32, bytes int, now int64) *bet {
	i := int(key>>20) & (len(x.seats)/betWays - 1) * betWays
	seat, b := &x.seats[i], x.bets.At(x.seats[i])
	for j := i; j < i+betWays; j++ {
		other := x.bets.At(x.seats[j])
		if other != nil && other.key == key {
			seat, b = &x.seats[j], other
			break
		}
		if left, least := other.left(now), b.left(now); left < least || left == least && other.since() < b.since() {
			seat, b = &x.seats[j], other
		}
	}
	if b == nil || b.key != key {
		if won <= 0 || b.left(now) > won {
			return nil
		}
		x.bets.Give(*seat)
		*seat = x.bets.Take()
		b = x.bets.At(*seat)
		b.key = key
	}
	if b.add(won, bytes, now); b.bits > 0 {
		return b
	}
	x.bets.Give(*seat)
	*seat = 0
	return nil
}

// left is what a bet still has, nothing where there is none.
func (b *bet) left(now int64) float32 {
	if b == nil || now-b.last > quiet {
		return 0
	}
	return b.bits
}

// since is when a bet was played last, 0 where there is none.
func (b *bet) since() int64 {
	if b == nil {
		return 0
	}
	return b.last
}

func (b *bet) add(won float32, bytes int, now int64) {
	if b.begun = b.left(now) == 0; b.begun {
		b.bits, b.names, b.bytes, b.told = 0, 0, 0, 0
	}
	b.last = max(b.last, now)
	b.bits = min(b.bits+won, richest)
	if bytes > 0 { // no answer
		b.names++
	}
	b.bytes += uint32(bytes)
}

// tells reports whether a bet that has won so many bits is to be told, and remembers it: first, and at half as many names again.
func (b *bet) tells(bits, bar float32) bool {
	if bits < bar || 2*b.names < 3*b.told {
		return false
	}
	b.told = b.names
	return true
}

func (x *table) size() int { return 2*len(x.seats) + x.bets.Bytes() }
