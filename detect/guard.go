package detect

import "frontfoot/detect/sketch"

// A guard says how much of an event is to be learned, so that an attack does not become normal by lasting. Of what is more unusual than all but
// a sixteenth of the past an event counts the less the more unusual it is: one of those that come once in 2^b counts 2^(4-b). In what events
// are compared with, such events together count no more than they should.
//
// Where the first events were known to be clean, they draw the line for good: while more than a quarter of the latest events are beyond it, it
// stays, and all that is unusual counts next to nothing. Where nothing is known, too much that is new is a change, and has to be learned.
type guard struct {
	past     sketch.Tail // of how unusual events are
	budget   float32     // how many unusual events may count in what others are compared with
	recent   float32     // share of the latest events that are unusual
	lasting  float32     // and of about the last eighth of all
	events   float32     // so far, as far as they count
	anchored bool        // the first events were known to be clean
}

const (
	guardShare   = 1.0 / 16
	guardBits    = 4          // of that share
	guardMost    = 64         // the most that budget becomes
	guardLeast   = 1.0 / 1024 // the least that an event counts
	floodShare   = 1.0 / 4
	floodBits    = 3          // what is unusual during a flood
	floodWeight  = 1.0 / 4096 // and what it counts
	recentEvents = 64         // events
	changeShare  = 1.0 / 2    // of the last eighth that is unusual: no attack, but a change
)

// A lesson is how much of an event is learned: by models, and by what events are compared with.
type lesson struct{ model, past float32 }

// admit returns the lesson of an event, which counts so much of one. Ask once an event.
func (g *guard) admit(odd, counts float32, held bool) lesson {
	flooded := g.flooded()
	bits, bar := g.past.Bits(odd), float32(guardBits)
	if g.past.Total() < youngest {
		bits = 0
	}
	unusual := float32(0)
	if bits >= guardBits {
		unusual = 1
	}
	g.events += counts
	g.recent += (unusual - g.recent) / recentEvents
	g.lasting += (unusual - g.lasting) * (counts * 8 / (g.events + youngest))
	if flooded {
		bar = floodBits
	}
	if !held && (bits < bar || !g.anchored && g.lasting > changeShare) {
		g.budget = min(g.budget+2*guardShare, guardMost)
		return lesson{1, 1}
	}
	g.budget = min(g.budget+guardShare*guardShare, guardMost)
	share := min(1, g.budget)
	g.budget -= share
	if flooded {
		return lesson{floodWeight, share}
	}
	return lesson{share * max(guardLeast, sketch.Exp2(min(0, guardBits-bits))), share}
}

// flooded reports whether the line stays where it is.
func (g *guard) flooded() bool { return g.anchored && g.recent > floodShare }
