package opening

import (
	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/ingest/event"
)

// A relation says what is in the circle of a machine. To add one takes an entry in relations, last, and a function that reads it off a row: 0 where the row has none.
type relation struct {
	of     func(*sequence.Row) (who, thing uint64)
	who    int    // the field of the machine
	thing  int    // the field of what it has to do with
	does   string // what it does with it: "spoke to"
	tactic feature.Hint
	side   feature.Side
}

// relations returns all relations. Their order is part of what stories mean.
func relations() []relation {
	return []relation{
		{outside, feature.SourceInside, feature.DestinationOutside, "spoke to", feature.CommandControl, feature.Peer},
		{ports, feature.SourceInside, feature.DestinationPort, "spoke to port", feature.CommandControl, feature.Service},
		{inside, feature.SourceInside, feature.DestinationInside, "spoke to", feature.LateralMovement, feature.Peer},
		{answers, feature.DestinationInside, feature.DestinationPort, "answered at port", feature.Persistence, feature.Program},
	}
}

// outside is a machine, and a place outside that it speaks to or tries to.
func outside(r *sequence.Row) (who, thing uint64) {
	return r.Values[feature.SourceInside].Hash, r.Values[feature.DestinationOutside].Hash
}

// inside is a machine, and another one that it speaks to or tries to.
func inside(r *sequence.Row) (who, thing uint64) {
	return r.Values[feature.SourceInside].Hash, r.Values[feature.DestinationInside].Hash
}

// ports is a machine, and a port that it speaks to or tries to. An answer is logged as a connection to a port that has no name here.
func ports(r *sequence.Row) (who, thing uint64) {
	return r.Values[feature.SourceInside].Hash, r.Values[feature.DestinationPort].Hash
}

// answers is a machine, and a port at which it answered with more than a handshake.
func answers(r *sequence.Row) (who, thing uint64) {
	if r.Uint(event.DestinationBytes) <= sequence.Handshake {
		return 0, 0
	}
	return r.Values[feature.DestinationInside].Hash, r.Values[feature.DestinationPort].Hash
}
