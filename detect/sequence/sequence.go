// Package sequence says what a model is that counts over rows: one that sees what many ordinary rows make together, where novelty looks at each
// by itself. The site gives every model each row, and makes of what a model finds an observation of its own beside the row's. What a model finds
// is held against how many tests it makes (Trials).
//
// A model is a pure function of the rows it was given, in bounded memory, and for one goroutine. How a batch is cut is nothing to it.
package sequence

import (
	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// A Row is one event as a Model sees it. It is valid until the Model returns.
type Row struct {
	*feature.Row                // hashed values; Time is the event's own
	Batch        *event.Batch   // with the columns as they were parsed
	Index        int            // of the row in Batch
	Now          int64          // the site's own time, which no single stamp moves far: windows go by it
	Daily        float32        // events a day at this site
	Learning     bool           // the site is too young to raise incidents: all of it is taken as ordinary
	Counts       *sketch.Counts // how often each value was seen at this site, by its hash, before this row
	Place        Place
	opened       opened // known once a model asked
}

// Text is the text of a column in the row.
func (r *Row) Text(c event.Column) string { return r.Batch.Text(c, r.Index) }

// Uint is the number of a column in the row, 0 where there is none.
func (r *Row) Uint(c event.Column) uint64 {
	n, _ := r.Batch.Uint(c, r.Index)
	return n
}

// Entity is who or what a field of the row names, in memory of its own.
func (r *Row) Entity(l *feature.Layout, field int) incident.Entity {
	f := &l.Fields[field]
	return incident.Entity{Hash: r.Values[field].Hash, Name: f.Name, Text: f.Format(r.Values[field]), Actor: f.Role == feature.Actor}
}

// A Model counts over rows. The site calls Begin for each batch, and for each of its rows first Take and then Learn.
type Model interface {
	// Name stands in findings and in snapshots.
	Name() string
	// Begin makes the model ready for the rows of b: whether b.Filled is asked here, once a batch.
	Begin(b *event.Batch)
	// Take counts a row in the windows that are open and returns what they show with it, nil for nothing. What it returns is the caller's.
	Take(r *Row) *Finding
	// Learn tells whether the row taken last is held: of somebody in an open incident, or of what people said is an attack. What is held
	// must not become normal by lasting.
	Learn(r *Row, held bool)
	// Encode and Decode write and read all that the model knows, in a canonical form.
	Encode(e *sketch.Encoder)
	Decode(d *sketch.Decoder) error
	// Bytes is the memory that the model takes.
	Bytes() int
}

// MaxKinds is how many kinds of finding a Model may have.
const MaxKinds = 256

// A Finding is what rows show together. It is told with the row that completed it, and has its place in the log unless it names another.
type Finding struct {
	Kind     int // 0 to MaxKinds-1: two findings of one kind of a model are of one kind in a story
	Bits     float32
	Field    string            // ECS field or fields it is about, joined by " + "
	Value    string            // what of them was seen: "40 in an hour"
	Hash     uint64            // keyed hash of what is spoken of, by which people's verdicts know it again: no count in it
	Seen     string            // a clause: "10.1.4.7 spoke to 40 addresses within an hour"
	Expected string            // a clause: "3 at most are usual"
	Tactic   feature.Hint      // what it may mean
	Busy     float32           // how many such chances a day one who acts has: 24 of a window of an hour
	Side     feature.Side      // what of an event it tells: kinds of one side are one piece of evidence
	Entities []incident.Entity // the one who acts, or else whom it is about, first
	Place    *Place            // of an earlier row that shows it better than the one that completed it, else nil; one model names a row once
}
