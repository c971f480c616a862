package detect

import (
	"frontfoot/detect/feature"
	"frontfoot/detect/novelty"
	"frontfoot/detect/sketch"
	"frontfoot/detect/template"
)

const (
	notableBits = 2  // four events a day
	fadeSteps   = 64 // steps in which a half-life passes
)

// An engine scores rows of one layout and learns them. It is what logs and tables have in common.
type engine struct {
	layout *feature.Layout
	key    sketch.Key
	model  *novelty.Model
	shapes *template.Miner
	judge  judge
	fade   fade

	// of the row scored last
	verdict novelty.Verdict
	bits    float32
}

func newEngine(layout *feature.Layout, key sketch.Key, maxBytes int, judge judge) *engine {
	return &engine{layout: layout, key: key, judge: judge, model: novelty.New(layout, maxBytes), shapes: template.New(key)}
}

// score returns the bits of a row. Nothing is learned but which shapes of lines there are.
func (e *engine) score(r *feature.Row) float32 {
	if f := e.layout.Shape; f >= 0 && r.Message != "" {
		if id := e.shapes.Shape(r.Message); id != 0 {
			r.Values[f] = feature.Value{Hash: sketch.Mix(id, uint64(f)), Text: r.Message}
		}
	}
	e.model.Score(r, &e.verdict)
	e.bits = e.judge.score(r, e.model, &e.verdict)
	return e.bits
}

// named returns the verdict of the row scored last, with its loudest features.
func (e *engine) named() *novelty.Verdict {
	if e.verdict.Loudest >= 0 && len(e.verdict.Loud) == 0 {
		e.model.Name(&e.verdict)
	}
	return &e.verdict
}

// learn takes up a share of the row scored last, as far as the judge lets it; held is what belongs to an open incident.
func (e *engine) learn(held bool, share float32) {
	if share > 0 {
		e.model.Learn(share * e.judge.learn(held, share*e.fade.weight()))
	}
}

// trust learns the row scored last as known to be clean.
func (e *engine) trust() {
	e.model.Learn(1)
	e.judge.trust(e.fade.weight())
}

// alert reports whether the row scored last is one of that share of its dataset's rows that looks most unusual. Ask once a row.
func (e *engine) alert(rate float64) bool { return e.judge.alert(rate) }

// notable reports whether one thing about the row scored last is so rare that less than so many events a day show the like.
func (e *engine) notable(daily float32) bool {
	return e.verdict.Loudest >= 0 && e.verdict.Bits >= sketch.Log2(daily)-notableBits
}

// pass lets the past fade up to step, a count of 64ths of half-lives.
func (e *engine) pass(step int64) {
	if step <= e.fade.step {
		return
	}
	halves := step/fadeSteps - e.fade.step/fadeSteps
	for range min(halves, 40) {
		e.model.Halve()
		e.judge.halve()
	}
	e.fade.step = step
	e.model.SetWeight(e.fade.weight())
}

// fade is how far the present half-life has gone. Instead of making all counts smaller at each step, new ones are made larger.
type fade struct{ step int64 }

func (f fade) weight() float32 { return fadeTable[f.step%fadeSteps] }

// fadeTable holds 2^(i/64) in 512ths, which counts hold exactly.
var fadeTable = makeFadeTable()

func makeFadeTable() (t [fadeSteps]float32) {
	for i := range t {
		lo, hi := uint64(1<<9), uint64(1<<10)
		for hi-lo > 1 { // the largest whole x with Log2(x/2^9) <= i/64
			if mid := (lo + hi) / 2; sketch.Log2(float32(mid)/(1<<9)) <= float32(i)/fadeSteps {
				lo = mid
			} else {
				hi = mid
			}
		}
		t[i] = float32(lo) / (1 << 9)
	}
	return t
}

func (e *engine) encode(enc *sketch.Encoder) {
	enc.Uint(uint64(e.fade.step))
	e.model.Encode(enc)
	e.shapes.Encode(enc)
}

func (e *engine) decode(d *sketch.Decoder) error {
	e.fade.step = int64(d.Uint() & (1<<62 - 1))
	if err := e.model.Decode(d); err != nil {
		return err
	}
	return e.shapes.Decode(d)
}

// loudest returns the model that speaks loudest of the row scored last.
func (e *engine) loudest() Model {
	if e.verdict.Loudest < 0 {
		return None
	}
	switch a, b := e.layout.Parts(e.verdict.Loudest); {
	case a == e.layout.Shape || b >= 0 && b == e.layout.Shape:
		return Template
	case b >= 0:
		return Pair
	}
	return Value
}

// bytes returns the memory that the engine takes.
func (e *engine) bytes() int {
	return e.model.Bytes() + e.shapes.Bytes() + e.judge.bytes()
}
