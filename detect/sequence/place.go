package sequence

import (
	"strings"

	"frontfoot/detect/sketch"
)

// A Place is which row of the log one is, and when it was. In which message it came is no part of it: how messages are cut is nothing to a model.
type Place struct {
	Epoch    string // the collector's run, with Seq the row's number
	Seq      uint64
	Time     int64 // the event's own
	Received int64
	Premises string
}

const maxText = 1 << 12 // bytes of it

// Move puts q in place of p, in memory of its own.
func (p *Place) Move(q *Place) {
	epoch, premises := p.Epoch, p.Premises
	if *p = *q; p.Epoch == epoch {
		p.Epoch = epoch
	} else {
		p.Epoch = strings.Clone(p.Epoch)
	}
	if p.Premises == premises {
		p.Premises = premises
	} else {
		p.Premises = strings.Clone(p.Premises)
	}
}

// Encode appends the place to e.
func (p *Place) Encode(e *sketch.Encoder) {
	e.Text(p.Epoch)
	e.Uint(p.Seq)
	e.Int(p.Time)
	e.Int(p.Received)
	e.Text(p.Premises)
}

// Decode reads what Encode wrote.
func (p *Place) Decode(d *sketch.Decoder) {
	p.Epoch, p.Seq = d.Text(maxText), d.Uint()
	p.Time, p.Received, p.Premises = d.Int(), d.Int(), d.Text(maxText)
}
