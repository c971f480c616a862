package detect

import "frontfoot/detect/sketch"

// A guard says how much of an event is to be learned, so that an attack does not become normal by lasting. Of what is more unusual than all but
// a sixteenth of the past an event counts the less the more unusual it is: one of those that come once in 2^b counts 2^(4-b). In what events
// are compared with, such events together count no more than they should.
//
// It is for streams of which nothing is known to be clean: there, too much that is new is a change, and has to be learned.
type guard struct {
	past    sketch.Tail // of how unusual events are
	budget  float32     // how many unusual events may count in what others are compared with
	lasting float32     // share of about the last eighth of all that is unusual
	events  float32     // so far, as far as they count
}

const (
	guardShare  = 1.0 / 16
	guardBits   = 4          // of that share
	guardMost   = 64         // the most that budget becomes
	guardLeast  = 1.0 / 1024 // the least that an event counts
	changeShare = 1.0 / 2    // of the last eighth that is unusual: no attack, but a change
)

// A lesson is how much of an event is learned: by models, and by what events are compared with.
type lesson struct{ model, past float32 }

// admit returns the lesson of an event, which counts so much of one. Ask once an event.
func (g *guard) admit(odd, counts float32, held bool) lesson {
	bits := g.past.Bits(odd)
	if g.past.Total() < youngest {
		bits = 0
	}
	unusual := float32(0)
	if bits >= guardBits {
		unusual = 1
	}
	g.events += counts
	g.lasting += (unusual - g.lasting) * (counts * 8 / (g.events + youngest))
	if !held && (bits < guardBits || g.lasting > changeShare) {
		g.budget = min(g.budget+2*guardShare, guardMost)
		return lesson{1, 1}
	}
	g.budget = min(g.budget+guardShare*guardShare, guardMost)
	share := min(1, g.budget)
	g.budget -= share
	return lesson{share * countsOf(bits), share}
}

// countsOf is what an event of so many bits counts.
func countsOf(bits float32) float32 { return max(guardLeast, sketch.Exp2(min(0, guardBits-bits))) }
