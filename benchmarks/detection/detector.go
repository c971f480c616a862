package detection

import (
	"cmp"
	"slices"
	"strings"
)

// on returns the result on a stream, nil where there is none.
func (d *Detector) on(stream string) *Result {
	for _, x := range d.Results {
		if x.Stream == stream {
			return x
		}
	}
	return nil
}

// family returns the streams that differ from this in their seed alone, as one name.
func (r *Result) family() string {
	if strings.HasPrefix(r.Stream, r.Family+"-s") && r.Incidents == nil {
		return r.Family
	}
	return r.Stream
}

// typesOf returns the types of attack of a family, by group and name.
func (d *Detector) typesOf(family string) []Type {
	var all []Type
	for _, x := range d.Results {
		for _, t := range x.Types {
			if x.family() == family && !slices.ContainsFunc(all, func(y Type) bool { return y.Name == t.Name }) {
				all = append(all, t)
			}
		}
	}
	slices.SortFunc(all, func(a, b Type) int { return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Name, b.Name)) })
	return all
}

// recall returns the median recall of a type over a family, nil where it is not there.
func (d *Detector) recall(family, name string) *float64 {
	var all []float64
	for _, x := range d.Results {
		for _, t := range x.Types {
			if x.family() == family && t.Name == name {
				all = append(all, t.Recall)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	return &all[(len(all)-1)/2]
}
