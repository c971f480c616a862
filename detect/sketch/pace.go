package sketch

// A Pace keeps the findings of a whole site at a rate that is too seldom for an Alarm to learn, by one bar more on top of all its datasets' (adaptive conformal
// inference, Gibbs and Candès 2021). What is that rare comes in bursts and differs between datasets, so no shape of a tail has it: what came is counted.
//
// It moves by a bit with each finding, so that the next has to be twice as rare until as many events have passed as one finding is asked of. While it is between its
// ends, there are after n events rate*n findings, but for as many as the bits that it has moved by. With smaller steps a fortnight's dozen would not move it as far as
// tails are wrong, with larger ones a burst would silence what is four times as rare.
type Pace struct{ bits float32 }

// paceStep is how many bits a finding moves a Pace by; paceDown and paceUp are how far it goes, which is as far as an Alarm does.
const (
	paceStep = 1
	paceDown = -2
	paceUp   = 3
)

// keep counts an event of a rate that was a finding or not.
func (p *Pace) keep(found bool, rate float64) {
	p.bits -= float32(paceStep * rate)
	if found {
		p.bits += paceStep
	}
	p.bits = min(max(paceDown, p.bits), paceUp)
}

// Encode appends the pace to e.
func (p *Pace) Encode(e *Encoder) { e.Float(p.bits) }

// Decode reads what Encode wrote.
func (p *Pace) Decode(d *Decoder) { p.bits = min(max(paceDown, d.Signed()), paceUp) }
