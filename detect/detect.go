// Package detect scores events for novelty, site by site, and tells people about what is unusual. A Site is the state of one council: it
// scores each event before it learns from it, is a pure function of the log, and fits into fixed memory. The Worker runs many sites
// against Kafka. What is written, and where, is the Sink's business.
package detect

import (
	"context"

	"frontfoot/detect/incident"
	"frontfoot/detect/influence"
	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
)

// A Message is one Kafka message of a site: its events and where they stand in the log.
type Message struct {
	Epoch  string // collector's run, 32 hex digits
	Seq0   uint64 // number of the first event; the others follow without gaps
	Offset int64  // on the site's topic
	Row0   uint32 // row of the first event in the Kafka message: above 0 where the ones before it had come already
	Events *event.Batch
}

// An Output is what detection says of the messages of one site, to be written to the store.
type Output struct {
	Site      string
	Messages  []Scored
	Findings  []incident.Finding
	Incidents []incident.Version
	Ledger    []ledger.Entry
	Verdicts  []Verdict
	Kept      *Kept              // the state behind the messages, where one is to be kept
	Lessons   []influence.Lesson // who taught the models on a day that ended with the messages
}

// Empty reports whether there is nothing to write.
func (o *Output) Empty() bool {
	return len(o.Messages)+len(o.Findings)+len(o.Incidents)+len(o.Ledger)+len(o.Verdicts)+len(o.Lessons) == 0 && o.Kept == nil
}

// Scored is a message with the verdict on each of its rows.
type Scored struct {
	Message
	Scores []float32 // bits, a row each; 0 is ordinary
	Models []Model   // the model that spoke loudest, a row each
}

// A Batch is what one insert writes: the outputs of the sites of a lane over recorded offset ranges.
type Batch struct {
	Token string // a function of the lane, the batch's number and its ranges: the same batch tried again has the same token and the same rows
	Sites []Output
}

// A Rejection is what the store will never take, however often it is tried; the rest of the batch is there.
type Rejection struct {
	Site    string
	Message *Scored // whose rows it will not have; nil where it is findings, incidents or ledger entries
	Err     error
}

// A Sink takes batches. Write returns when all of the batch is durable, or an error when that is not known: the same batch may then be
// written again. What it will never take it returns instead, once the rest is durable. It sees to it by itself that no try hangs, and ends
// when ctx does. It keeps nothing of the batch after it has returned. One call at a time for each lane.
type Sink interface {
	Write(ctx context.Context, b *Batch) ([]Rejection, error)
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
