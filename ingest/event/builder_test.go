package event

import (
	"strconv"
	"testing"
)

// Rows that a column leaves out, few or many, have no value in it, and a batch that is taken again after more rows has all of them.
func TestGaps(t *testing.T) {
	b := NewBuilder()
	set := map[int]bool{0: true, 1: true, 3: true, 12: true, 60: true, 61: true}
	for row := range 100 {
		if set[row] {
			b.AddText(UserName, []byte(strconv.Itoa(row)))
			b.AddUint(SourcePort, uint64(row))
			b.AddUint(SourceBytes, uint64(row)<<40|1)
		}
		b.End()
		if row != 40 && row != 99 {
			continue
		}
		batch := b.Batch()
		for at := range batch.Rows() {
			text := ""
			if set[at] {
				text = strconv.Itoa(at)
			}
			port, ported := batch.Uint(SourcePort, at)
			size, sized := batch.Uint(SourceBytes, at)
			if batch.Has(UserName, at) != set[at] || batch.Text(UserName, at) != text || ported != set[at] || sized != set[at] ||
				set[at] && (port != uint64(at) || size != uint64(at)<<40|1) {
				t.Errorf("%d rows: row %d has %q, %d and %d", row+1, at, batch.Text(UserName, at), port, size)
			}
		}
	}
}
