package refusal

import (
	"fmt"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	hottest  = 16
	hotBytes = 48 * hottest
)

// A suspect was told of as refused too often.
type suspect struct {
	who, class uint64
	until      int64
	bits       float32
	times      float32
}

// hot are the latest suspects: what matters most of them is whether one is let in after all.
type hot struct {
	all []suspect
}

// add remembers a suspect for a day, in place of the one whose day ends first.
func (h *hot) add(who, class uint64, v *Verdict, now int64) {
	s, place := suspect{who, class, now + day, v.Bits, v.Times}, -1
	for i := range h.all {
		if x := &h.all[i]; x.who == who && x.class == class {
			place = i
			break
		} else if place < 0 || x.until < h.all[place].until {
			place = i
		}
	}
	if known := place >= 0 && h.all[place].who == who && h.all[place].class == class; !known && len(h.all) < hottest {
		h.all = append(h.all, s)
		return
	}
	h.all[place] = s
}

// enters tells of a suspect who is let in. It is told once.
func (m *Model) enters(r *sequence.Row) *sequence.Finding {
	if len(m.hot.all) == 0 {
		return nil
	}
	who := feature.SourceInside
	if r.Values[who].Hash == 0 {
		who = feature.SourceOutside
	}
	source := r.Values[who].Hash
	if source == 0 || r.Values[feature.User].Hash == 0 {
		return nil
	}
	for i := range m.hot.all {
		s := m.hot.all[i]
		if s.who != source || s.class != r.Class {
			continue
		}
		m.hot.all = append(m.hot.all[:i], m.hot.all[i+1:]...)
		if r.Now > s.until {
			return nil
		}
		by, as := r.Entity(m.layout, who), r.Entity(m.layout, feature.User)
		return &sequence.Finding{
			Kind:     entered,
			Bits:     s.bits + max(0, sketch.Log2(r.Daily/m.Daily())),
			Busy:     1,
			Field:    by.Name + " + " + as.Name,
			Value:    by.Text + " + " + as.Text,
			Hash:     sketch.Mix(by.Hash, as.Hash),
			Seen:     fmt.Sprintf("%s was let in as %s after it was refused %s", by.Text, as.Text, incident.Times(s.times)),
			Expected: "whoever is refused so often is not let in",
			Tactic:   feature.InitialAccess,
			Side:     feature.Rights,
			Entities: []incident.Entity{by, as},
		}
	}
	return nil
}
