package query

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"frontfoot/store"
)

// evidence writes at most so many events that show an incident, 0 for all, in the order of time.
func (p *page) evidence(in *store.Incident, most int) {
	if len(in.Evidence) == 0 {
		return
	}
	list := in.Evidence
	if most > 0 && len(list) > most {
		list = spread(list, most)
	}
	events := "events"
	if len(in.Evidence) == 1 {
		events = "event"
	}
	p.heading(fmt.Sprintf("Evidence: %d of %d %s, UTC", len(list), len(in.Evidence), events))
	for i := range list {
		e := &list[i]
		head := e.Time.UTC().Format("2006-01-02 15:04:05.000") + "  " + strconv.FormatFloat(float64(e.Score), 'f', 1, 32) + " bits"
		if e.Field != "" {
			head += "  " + escape(e.Field)
		}
		p.line("  ", p.paint(faint, head))
		if words := expectation(e); words != "" {
			p.line("    ", escape(words))
		}
		p.line("    ", escape(e.Raw))
	}
}

// spread picks so many events that each sort of them has its turn, the strongest first: a beacon has hundreds, and would hide the one login.
func spread(list []store.Evidence, most int) []store.Evidence {
	type sort struct{ dataset, model, field string }
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(list[b].Score, list[a].Score) })
	turn, taken := make([]int, len(list)), map[sort]int{} // of an event: how many of its sort are stronger
	for _, i := range order {
		s := sort{list[i].Dataset, list[i].Model, list[i].Field}
		turn[i] = taken[s]
		taken[s]++
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(turn[a], turn[b]) })
	picked := order[:most]
	slices.Sort(picked) // the list is in the order of time
	out := make([]store.Evidence, most)
	for n, i := range picked {
		out[n] = list[i]
	}
	return out
}

// expectation sets what was expected against what was seen.
func expectation(e *store.Evidence) string {
	var words []string
	if e.Expected != "" {
		words = append(words, "expected: "+e.Expected)
	}
	if e.Seen != "" {
		words = append(words, "seen: "+e.Seen)
	}
	return strings.Join(words, "; ")
}
