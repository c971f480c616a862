package influence

import (
	"cmp"
	"slices"
	"strings"
)

const told = 16 // sources that are told of a day: those who taught most, and as many of those who were held back most

// A Lesson is what a source taught on a day.
type Lesson struct {
	Day    int64  // since 1970 UTC, of the site's own time
	Source string // "": all who are not told of by name
	Events uint64
	Taught uint64 // as much as so many events that are learned in full
}

// A day is what a source did on the day that ends, all its accounts together.
type day struct {
	name           string
	events, taught uint64
}

func (d *day) held() uint64 { return d.events*one - d.taught }

func (d *day) lesson(number uint32) Lesson {
	return Lesson{Day: int64(number), Source: d.name, Events: d.events, Taught: (d.taught + one/2) / one}
}

// tell appends who taught most on the day, who was held back most, and all others together.
func (b *Book) tell(out *[]Lesson) {
	rest := day{events: b.all.events, taught: b.all.taught}
	say := func(d *day) {
		*out = append(*out, d.lesson(b.all.day))
		rest.events -= d.events
		rest.taught -= d.taught
	}
	all := b.today()
	slices.SortStableFunc(all, func(x, y day) int { return cmp.Compare(y.taught, x.taught) })
	n := min(told, len(all))
	for i := range all[:n] {
		say(&all[i])
	}
	all = all[n:]
	slices.SortStableFunc(all, func(x, y day) int { return cmp.Compare(y.held(), x.held()) })
	for i := range all[:min(told, len(all))] {
		if all[i].held() >= one {
			say(&all[i])
		}
	}
	if rest.events > 0 {
		*out = append(*out, rest.lesson(b.all.day))
	}
}

// today returns those who sent something today, by name.
func (b *Book) today() (all []day) {
	for seat := range b.sources.All() {
		if s := &seat.Thing; s.day == b.all.day && s.name != "" {
			all = append(all, day{s.name, s.events, s.taught})
		}
	}
	slices.SortFunc(all, func(x, y day) int { return strings.Compare(x.name, y.name) })
	merged := all[:0]
	for _, d := range all {
		if n := len(merged); n > 0 && merged[n-1].name == d.name {
			merged[n-1].events += d.events
			merged[n-1].taught += d.taught
			continue
		}
		merged = append(merged, d)
	}
	return merged
}
