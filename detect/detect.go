// Package detect scores events for novelty, site by site, and tells people about what is unusual. A Site is the state of one council: it
// scores each event before it learns from it, is a pure function of the log, and fits into fixed memory. The Worker runs many sites
// against Kafka. What is written, and where, is the Sink's business.
package detect

import (
	"context"
	"errors"
	"fmt"

	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
)

// A Message is one Kafka message of a site: its events and where they stand in the log.
type Message struct {
	Epoch  string // collector's run, 32 hex digits
	Seq0   uint64 // number of the first event; the others follow without gaps
	Offset int64  // on the site's topic
	Events *event.Batch
}

// An Output is what detection says of the messages of one site, to be written to the store.
type Output struct {
	Site      string
	Messages  []Scored
	Findings  []incident.Finding
	Incidents []incident.Version
}

// Scored is a message with the verdict on each of its rows.
type Scored struct {
	Message
	Scores []float32 // bits, a row each; 0 is ordinary
	Models []Model   // the model that spoke loudest, a row each
}

// A Batch is what one insert writes: the outputs of the sites of a lane over recorded offset ranges.
type Batch struct {
	Token string // a function of the lane and the ranges: the same batch tried again has the same token
	Sites []Output
}

// ErrRejected is wrapped by a Sink's errors that trying again cannot mend: it is there, and will not have these rows.
var ErrRejected = errors.New("the store rejects the batch")

// ErrFindingsRejected is an ErrRejected after all events of the batch were written: it is about findings or incidents.
var ErrFindingsRejected = fmt.Errorf("%w: its findings", ErrRejected)

// A Sink takes batches. Write returns when all of the batch is durable, or an error when that is not known: the same batch may then be
// written again. An error that wraps ErrRejected says that nothing of a table's rows can ever be written as they are. It keeps nothing of the batch after it has returned. One call at a time for each lane.
type Sink interface {
	Write(ctx context.Context, b *Batch) error
}

// A Model names what kind of novelty a score is about.
type Model uint8

// The models.
const (
	None     Model = iota // nothing unusual
	Value                 // a value rarely or never seen in its field
	Pair                  // two values that rarely or never come together
	Template              // a line of a shape rarely or never seen
)

// String returns the model's name as it stands in the store.
func (m Model) String() string {
	switch m {
	case Value:
		return "value"
	case Pair:
		return "pair"
	case Template:
		return "template"
	default:
		return ""
	}
}
