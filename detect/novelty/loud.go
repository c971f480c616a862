package novelty

// MaxLoud is how many features a Verdict names.
const MaxLoud = 8

// hear takes in a measure where it is louder than those before.
func (v *Verdict) hear(me *Measure) {
	if me.Bits > v.Bits || v.Loudest < 0 && me.Bits >= 1 {
		v.Loudest, v.Bits = me.Feature, me.Bits
	}
}

// Name fills in the most surprising features of the event scored last. Few events are asked for more than the loudest.
func (m *Model) Name(v *Verdict) {
	v.Loud = v.Loud[:0]
	for _, i := range m.here {
		if me := &m.now[i]; me.Bits >= 1 {
			v.name(me)
		}
	}
}

// name takes in a measure that is louder than one there, or for which there is room.
func (v *Verdict) name(me *Measure) {
	i := len(v.Loud)
	if i == MaxLoud {
		if i--; me.Bits <= v.Loud[i].Bits {
			return
		}
	} else {
		v.Loud = append(v.Loud, Measure{})
	}
	for ; i > 0 && v.Loud[i-1].Bits < me.Bits; i-- {
		v.Loud[i] = v.Loud[i-1]
	}
	v.Loud[i] = *me
}
