package template

// A Parameter is what stands at a place of a shape in which its texts differ.
type Parameter struct {
	Place int    // which word of the shape it is, from 0; the same in all texts of the shape
	Text  string // shares the text's memory
}

// Parameters returns the parameters of the last text in their order. Of neighbours that are parameters by their form it is one from the
// first to the last; a value that is empty is none. It is overwritten by the next call, and valid as long as the text.
func (m *Miner) Parameters() []Parameter {
	l := &m.line
	params := m.params[:0]
	for i, w := range l.words[:l.n] {
		if m.isOpen(i, w) {
			s := l.spans[i]
			params = append(params, Parameter{i, l.text[s.from:s.to]})
		}
	}
	return params
}

// AppendTemplate appends the last text to dst, with <*> for its parameters and for what was not read of it.
func (m *Miner) AppendTemplate(dst []byte) []byte {
	const mark = "<*>"
	l := &m.line
	at := 0
	for i, w := range l.words[:l.n] {
		if m.isOpen(i, w) {
			s := l.spans[i]
			dst = append(dst, l.text[at:s.from]...)
			dst = append(dst, mark...)
			at = int(s.to)
		}
	}
	dst = append(dst, l.text[at:max(at, l.end)]...)
	if l.end < len(l.text) {
		dst = append(dst, mark...)
	}
	return dst
}

// isOpen reports whether a word of the last text is, or has, a parameter.
func (m *Miner) isOpen(i int, w word) bool {
	if w >= literal && w&label != 0 {
		return m.line.spans[i].from < m.line.spans[i].to
	}
	return m.shapes[m.last].words[i] < literal
}
