package sketch

// A Mean is a decayed mean.
type Mean struct{ sum, weight float32 }

// enough is the weight above which the past of a Mean is made half.
const enough = 1 << 14

// Add counts x, not negative, with weight w.
func (m *Mean) Add(x, w float32) {
	if m.sum, m.weight = m.sum+float32(x*w), m.weight+w; m.weight > enough {
		m.Scale(0.5)
	}
}

// Mean returns the mean, 0 of nothing.
func (m *Mean) Mean() float32 {
	if m.weight == 0 {
		return 0
	}
	return m.sum / m.weight
}

// Weight returns how much it is of.
func (m *Mean) Weight() float32 { return m.weight }

// Scale multiplies the past by f.
func (m *Mean) Scale(f float32) { m.sum, m.weight = m.sum*f, m.weight*f }

// Encode appends the mean to e.
func (m *Mean) Encode(e *Encoder) {
	e.Float(m.sum)
	e.Float(m.weight)
}

// Decode reads what Encode wrote; d keeps the error.
func (m *Mean) Decode(d *Decoder) { m.sum, m.weight = d.Float(), d.Float() }
