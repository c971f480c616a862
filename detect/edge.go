package detect

import (
	"frontfoot/detect/feature"
	"frontfoot/detect/sketch"
)

// An edge is one of a row's fields that name somebody, or two of them: how often it comes in a minute is watched.
type edge struct{ a, b int } // fields; b is -1 for one

// maxEdges bounds what a row costs: a table with more columns that name somebody is watched for the first ones.
const maxEdges = 8

// edgesOf returns those who act or are acted upon, then those of them who meet.
func edgesOf(l *feature.Layout) []edge {
	var edges []edge
	somebody := func(field int) bool {
		return l.Fields[field].Role == feature.Actor || l.Fields[field].Role == feature.Target
	}
	for i := range l.Fields {
		if somebody(i) {
			edges = append(edges, edge{i, -1})
		}
	}
	for _, p := range l.Pairs {
		if somebody(p.A) && somebody(p.B) {
			edges = append(edges, edge{p.A, p.B})
		}
	}
	return edges[:min(len(edges), maxEdges)]
}

// key returns what an edge of a row is counted by, 0 where it lacks one.
func (e edge) key(r *feature.Row) uint64 {
	a := r.Values[e.a].Hash
	switch {
	case e.b < 0 || a == 0:
		return a
	case r.Values[e.b].Hash == 0:
		return 0
	}
	return sketch.Mix(a, r.Values[e.b].Hash)
}
