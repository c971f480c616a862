package stride

import "frontfoot/detect/sketch"

// Domains of hashes.
const (
	words  = 1<<33 + iota
	digits // of other numbers in a name
)

const maxDigits = 9 // of a number; what stands before them is part of the name

// read takes the name of a record apart: its sort, which is the name without its digits, and its place. The number is the longest run of digits, the last of equals; names that
// differ in anything else lie far apart. The place is 0 where there is no number.
func (m *Model) read(name string) (sort, place uint64) {
	from, to := longest(name)
	if from == to {
		return 0, 0
	}
	from = max(from, to-maxDigits)
	other := uint64(0)
	for i := 0; i < len(name); {
		if i == from {
			i = to
			continue
		}
		j, digit := i+1, isDigit(name[i])
		for j < len(name) && j != from && isDigit(name[j]) == digit {
			j++
		}
		if digit {
			other = sketch.Mix(other, m.key.Hash(digits, name[i:j]))
		} else {
			sort = sketch.Mix(sort, m.key.Hash(words, name[i:j]))
		}
		i = j
	}
	for i := from; i < to; i++ {
		place = 10*place + uint64(name[i]-'0')
	}
	return sort, (sketch.Mix(sort, other)|1)<<32 | place
}

// longest returns where the longest run of digits is.
func longest(name string) (from, to int) {
	for i := 0; i < len(name); {
		j := i
		for j < len(name) && isDigit(name[j]) {
			j++
		}
		if j > i && j-i >= to-from {
			from, to = i, j
		}
		i = j + 1
	}
	return from, to
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
