package event

// Slice returns the rows from one up to but not including another, in memory of their own where that is simpler: it is meant for the rare message
// of which only a part is wanted.
func (b *Batch) Slice(from, to int) *Batch {
	out := &Batch{rows: to - from, Unknown: b.Unknown}
	for i := range b.cols {
		v := &b.cols[i]
		if !v.set {
			continue
		}
		if Column(i) == LabelsColumn {
			out.cols[i].set = true
			out.labels = b.labels.slice(from, to)
			continue
		}
		out.cols[i] = v.slice(from, to, table[i].Kind.width())
	}
	return out
}

func (v *view) slice(from, to, width int) view {
	out := view{set: true, width: v.width}
	if len(v.valid) > 0 {
		out.valid = make([]byte, (to-from+7)>>3)
		for row := from; row < to; row++ {
			if v.has(row) {
				out.valid[(row-from)>>3] |= 1 << ((row - from) & 7)
			}
		}
	}
	if width > 0 {
		out.data = v.data[from*width : to*width]
		return out
	}
	out.off = rebase(v.off[from : to+1])
	out.data = v.data[v.off[from]:v.off[to]]
	return out
}

func (l *labelView) slice(from, to int) labelView {
	first, last := int(l.off[from]), int(l.off[to])
	return labelView{off: rebase(l.off[from : to+1]), keys: l.keys.slice(first, last, 0), vals: l.vals.slice(first, last, 0)}
}

// rebase copies offsets so that they begin at 0.
func rebase(off []int32) []int32 {
	out := make([]int32, len(off))
	for i := range off {
		out[i] = off[i] - off[0]
	}
	return out
}
