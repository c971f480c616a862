package incident

import (
	"slices"

	"frontfoot/detect/sketch"
)

// plenty is how many events of a sort are enough to show it where room is short.
const plenty = 10

// A sample is the events that show a story, in their order, at most MaxEvidence. When there is no room left, one of what is shown most often
// makes room for what is shown seldom: a hundred lines of one flood would hide the three in which its author went on.
type sample struct {
	rows  []Row
	sorts []uint32 // what each of them is of
}

// sort says what an observation is of: all that is new about it.
func (o *Observation) sort() uint32 {
	var sort uint64
	for i := range o.Kinds {
		if k := &o.Kinds[i]; k.Feature < Whole {
			sort += sketch.Mix(k.Value, uint64(k.Feature))
		}
	}
	return uint32(sort >> 32)
}

// take adds an event of a sort, unless it is there for something else, or there is no room for more of it.
func (s *sample) take(r Row, sort uint32) {
	if slices.Contains(s.rows, r) {
		return
	}
	if len(s.rows) == MaxEvidence {
		i := s.spare(sort)
		if i < 0 {
			return
		}
		s.rows = append(s.rows[:i], s.rows[i+1:]...)
		s.sorts = append(s.sorts[:i], s.sorts[i+1:]...)
	}
	s.rows, s.sorts = append(s.rows, r), append(s.sorts, sort)
}

// spare returns the latest event of the sort that is shown most often, -1 where one more of the given sort is shown no less.
func (s *sample) spare(sort uint32) int {
	mine := s.count(sort)
	if mine >= plenty {
		return -1
	}
	counts := map[uint32]int{}
	for _, x := range s.sorts {
		counts[x]++
	}
	at, most := -1, mine+1
	for i, x := range s.sorts {
		if n := counts[x]; n > most || n == most && at >= 0 {
			at, most = i, n
		}
	}
	return at
}

// count is how many events of a sort there are.
func (s *sample) count(sort uint32) int {
	n := 0
	for _, x := range s.sorts {
		if x == sort {
			n++
		}
	}
	return n
}
