package spelling

import (
	"time"
)

const (
	betWays  = 8
	betBytes = 40
	quiet    = int64(6 * time.Hour) // after which a bet begins anew
	richest  = 64                   // bits: beyond, nothing more is to be known
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
// those who win once.
type table struct{ bets []bet }

func newTable(n int) table { return table{make([]bet, n)} }

// play adds what a name of so many bytes has won to the bet of a key. It returns nil where there is no room, or nothing is left of it.
func (x *table) play(key uint64, won float32, bytes int, now int64) *bet {
	i := int(key>>20) & (len(x.bets)/betWays - 1) * betWays
	places := x.bets[i : i+betWays : i+betWays]
	low := 0
	for i := range places {
		b := &places[i]
		if b.key == key {
			low = i
			break
		}
		if b.left(now) < places[low].left(now) || b.left(now) == places[low].left(now) && b.last < places[low].last {
			low = i
		}
	}
	b := &places[low]
	if b.key != key {
		if won <= 0 || b.left(now) > won {
			return nil
		}
		*b = bet{key: key}
	}
	return b.add(won, bytes, now)
}

// left is what a bet still has.
func (b *bet) left(now int64) float32 {
	if now-b.last > quiet {
		return 0
	}
	return b.bits
}

func (b *bet) add(won float32, bytes int, now int64) *bet {
	if b.begun = b.left(now) == 0; b.begun {
		b.bits, b.names, b.bytes, b.told = 0, 0, 0, 0
	}
	b.last = max(b.last, now)
	if b.bits = min(b.bits+won, richest); b.bits <= 0 {
		*b = bet{}
		return nil
	}
	if bytes > 0 { // no answer
		b.names++
	}
	b.bytes += uint32(bytes)
	return b
}

// tells reports whether a bet that has won so many bits is to be told, and remembers it: first, and at half as many names again.
func (b *bet) tells(bits, bar float32) bool {
	if bits < bar || 2*b.names < 3*b.told {
		return false
	}
	b.told = b.names
	return true
}

func (x *table) size() int { return betBytes * len(x.bets) }
