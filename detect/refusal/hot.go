package refusal

import (
	"fmt"
	"slices"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	hottest  = 16
	hotBytes = 40 * hottest
)

// A suspect was told of as one whose logins are refused too often.
type suspect struct {
	who, class, kind uint64
	until            int64
	bits             float32
}

// hot are the latest suspects: what matters most of them is whether one is let in after all.
type hot struct{ all []suspect }

// add remembers a suspect, in place of itself, or of the one that is forgotten first.
func (h *hot) add(s *suspect) {
	place := len(h.all)
	for i := range h.all {
		x := &h.all[i]
		if x.who == s.who && x.kind == s.kind {
			*x = *s
			return
		}
		if len(h.all) == hottest && (place == hottest || x.until < h.all[place].until) {
			place = i
		}
	}
	if place == len(h.all) {
		h.all = append(h.all, *s)
		return
	}
	h.all[place] = *s
}

// enters tells of a suspect who is let in at an account at which it was refused. It is told once.
func (m *Model) enters(r *sequence.Row) *sequence.Finding {
	if len(m.hot.all) == 0 {
		return nil
	}
	who := feature.SourceInside
	if r.Values[who].Hash == 0 {
		who = feature.SourceOutside
	}
	source, user := r.Values[who].Hash, r.Values[feature.User].Hash
	if source == 0 || user == 0 {
		return nil
	}
	for i := range m.hot.all {
		s := m.hot.all[i]
		if s.who != source || s.class != r.Class {
			continue
		}
		a := m.actors.Known(sketch.Mix(s.who, s.kind))
		if r.Now > s.until || a == nil || a.Thing.met[1]>>(account(user)>>59)&1 == 0 {
			continue
		}
		m.hot.all = slices.Delete(m.hot.all, i, i+1)
		by, as := r.Entity(m.layout, who), r.Entity(m.layout, feature.User)
		return &sequence.Finding{
			Kind:     entered,
			Bits:     m.trials.Worth(s.bits, r.Daily),
			Busy:     1,
			Field:    by.Name + " + " + as.Name,
			Value:    by.Text + " + " + as.Text,
			Hash:     sketch.Mix(by.Hash, as.Hash),
			Seen:     fmt.Sprintf("%s was let in as %s after it was refused %s", by.Text, as.Text, incident.Times(a.Thing.n[1])),
			Expected: "whoever is refused so often is not let in",
			Tactic:   feature.InitialAccess,
			Side:     feature.Rights,
			Entities: []incident.Entity{by, as},
		}
	}
	return nil
}
