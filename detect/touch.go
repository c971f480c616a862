package detect

import (
	"fmt"

	"frontfoot/detect/decoy"
	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/verdict"
)

const (
	decoyModel = "decoy"   // model of findings about decoys
	decoyBits  = 40        // their score at least: more than any day shows by chance
	decoyKind  = 1<<16 - 2 // feature of their stories
	decoySide  = 254       // and what of an event it tells
)

// touch makes of an observation that of somebody who met a decoy: an incident at once, also while the site learns, unless people have said that it
// is none. It reports whether it is to be a finding: the same who meets the same decoy again within the hour adds to the story alone, and where
// it is benign to meet it, the event is one like others.
func (s *Site) touch(o *incident.Observation, t *decoy.Touch, alert bool) bool {
	hash := s.key.Hash(decoyKind, t.Kind.String()+"="+t.Decoy)
	who, by := "somebody", uint64(0)
	if len(o.Entities) > 0 && o.Entities[0].Actor {
		who, by = o.Entities[0].Text, o.Entities[0].Hash
	}
	o.Entities = append(o.Entities, incident.Entity{Hash: hash, Name: "decoy." + t.Kind.String(), Text: t.Decoy})
	said := s.book.Quiet(o.Names(), decoyModel, hash, s.clock.now)
	if said == verdict.Benign {
		return alert
	}
	if said == verdict.Nothing {
		o.Certain, o.Learning = true, false
	}
	what := fmt.Sprintf("%s met the decoy %s %s", who, t.Kind, t.Decoy)
	tactic := string(tacticOf(t.Kind))
	f := &o.Finding
	f.Model, f.Score, f.Tactic = decoyModel, max(f.Score, decoyBits), tactic
	f.Field, f.Value, f.Expected, f.Seen = t.Column.Spec().ECS, t.Decoy, "nobody uses it", what
	f.Reason = what + ", which nobody uses"
	o.Kinds = append([]incident.Kind{{
		Feature: decoyKind, Name: decoyModel, Bits: f.Score, Value: hash, What: what, Expected: "(nobody uses it)", Tactic: tactic, Side: decoySide,
	}}, o.Kinds...)
	return s.decoys.Fresh(hash^by, s.clock.now)
}

// followed reports whether one who acts in the row scored last met a decoy in a story that goes on: of theirs all that is unusual by itself belongs to
// it, however many others do the like.
func (s *Site) followed() bool {
	if v := &s.engine.verdict; v.Loudest < 0 || v.Bits < loud {
		return false
	}
	for i := range s.row.Values {
		if s.engine.layout.Fields[i].Role == feature.Actor && s.tracker.Follows(s.row.Values[i].Hash) {
			return true
		}
	}
	return false
}

// tacticOf is what it hints at that a decoy is met.
func tacticOf(k decoy.Kind) feature.Hint {
	switch k {
	case decoy.Account:
		return feature.CredentialAccess
	case decoy.Share:
		return feature.LateralMovement
	case decoy.Address, decoy.Host, decoy.URL:
	}
	return feature.Discovery
}
