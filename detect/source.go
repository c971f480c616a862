package detect

import (
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/influence"
	"frontfoot/detect/sketch"
)

const (
	anybody = 1.0 / 200 // of the site's events a day: what anybody may teach in full, so that a flood by somebody new is less than a hundredth
	atLeast = 16        // events, where that is fewer
	outside = 1         // all addresses of the world are one source: who writes from there has as many as he likes
	half    = 0.5       // share of an event below which it is no example for models that count over rows
)

// teaches returns how much of the row scored last the models learn, by what its source taught before of this kind of log: who acted from an inside address, the world
// outside as one, or else the host that wrote of it, or all that is written without a name. Kinds of logs are kept apart, because who is busy in one may be new in another, where it
// would have a large say. Neither the device that passes on what others did nor the account that was tried is a source: the first is everybody's, and who
// wants to move what is usual picks any number of the second.
func (s *Site) teaches(learning bool, daily float32) float32 {
	kind := s.row.Values[feature.Dataset].Hash
	e := influence.Event{
		Source: kind, Second: uint32(s.clock.now / int64(time.Second)), Floor: max(atLeast, anybody*daily),
		Free: learning || s.cfg.without.lacks(PartInfluence),
	}
	values := s.row.Values
	switch in, host := &values[feature.SourceInside], &values[feature.Host]; {
	case in.Hash != 0:
		e.Source, e.Name = sketch.Mix(in.Hash, kind), in.Text
	case values[feature.SourceOutside].Hash != 0:
		e.Source, e.Name = sketch.Mix(kind, outside), "outside"
	case host.Hash != 0:
		e.Source, e.Name = sketch.Mix(host.Hash, kind), host.Text
	}
	return s.influence.Admit(&e)
}
