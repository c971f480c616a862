// Package influence bounds how much one source teaches the models of a site in a day, so that nobody moves what is usual there by sending much. It
// counts who taught how much, and tells it when the day has ended. It neither knows what an event is nor what is learned of it.
//
// A source is measured by its own past, in each sort of thing that it does: what it taught on its busiest day, which fades by half in a fortnight, or a share of the
// site's day if that is more, it may teach in full. Let that be m; what comes when it has asked for n > m counts (m/n)². However much comes, that is less than 2m
// in all: a server that is always busy is learned as it is, one that becomes so is within days, and a flood teaches little. Who was not there on a day before
// shares the past of all such, too: many new names are no way around it.
package influence

import (
	"strings"

	"frontfoot/detect/sketch"
)

const (
	one    = 1024         // an event that is learned in full: weights are counted in parts of it, so that sums are exact
	fade   = 20           // of a source's busiest day one part in so many goes each day: half in a fortnight
	passed = 2            // and of that of newcomers one in so many, for when a site begins all are
	asleep = 28           // days of silence after which no more of it goes: who was away for months is not all new
	young  = 24 * 60 * 60 // seconds in which nothing is held back, because what is usual of anybody is not known

	fewest, most = 64, 1024 // accounts with a name
	longest      = 64       // bytes of a name
)

// An account is what a source asked for and taught on the day it was last seen, in parts of an event.
type account struct {
	day    uint32 // since 1970
	events uint64
	asked  uint64
	taught uint64
	best   uint64 // what it taught on its busiest day before, faded
}

// A source is an account with a name; what it does of several sorts has as many.
type source struct {
	account
	name string
}

// A Book has the accounts of a site.
type Book struct {
	sources sketch.Shelf[source]
	others  account // of all who were not there on a day before, or have no place
	all     account
	kept    uint64 // parts of events that were ever held back
	began   uint32 // the second of the first event, 0 before
	names   int    // bytes of all names
}

// New returns a Book in which nobody has taught.
func New() *Book { return &Book{sources: sketch.NewShelf[source](fewest, most)} }

// An Event is what a Book is asked about.
type Event struct {
	Source uint64  // hash of who sent it and of what sort it is, 0 where nobody is known
	Name   string  // of who sent it
	Second uint32  // since 1970, of the site's own time
	Floor  float32 // events that anybody may teach in a day
	Free   bool    // whether it is learned in full whoever sent it
}

// Admit returns how much of an event is to be learned, 0 to 1. The day must have been passed to.
func (b *Book) Admit(e *Event) float32 {
	if b.began == 0 {
		b.began = e.Second
	}
	free := e.Free || e.Second-b.began < young
	day, floor := b.all.day, uint64(max(1, e.Floor)*one)
	share, own := uint64(one), b.account(e)
	if own != nil {
		own.pass(day, fade)
		if share = own.grant(share, floor); own.best == 0 {
			share = b.others.grant(share, floor)
		}
	} else {
		share = b.others.grant(share, floor)
	}
	if free {
		share = one
	}
	if own != nil {
		own.count(share, free)
	}
	if own == nil || own.best == 0 || free {
		b.others.count(share, free)
	}
	b.all.count(share, free)
	b.kept += one - share
	return float32(share) / one
}

// account returns the account of the source of an event, nil where it has none.
func (b *Book) account(e *Event) *account {
	if e.Source == 0 {
		return nil
	}
	seat, there := b.sources.Find(e.Source, e.Second)
	if seat == nil {
		return nil
	}
	if !there {
		name := strings.ToValidUTF8(strings.Clone(e.Name[:min(len(e.Name), longest)]), "")
		b.names += len(name) - len(seat.Thing.name)
		seat.Place(e.Source, e.Second, source{name: name})
	}
	seat.Use(e.Second)
	return &seat.Thing.account
}

// Kept returns how many events were ever held back, as far as they were.
func (b *Book) Kept() uint64 { return b.kept / one }

// Pass moves the book to a day, which never is an earlier one, and tells who taught on the day that ended with it, unless out is nil.
func (b *Book) Pass(day uint32, out *[]Lesson) {
	if day == b.all.day {
		return
	}
	if b.all.events > 0 && out != nil {
		b.tell(out)
	}
	b.all.pass(day, fade)
	b.others.pass(day, passed)
}

// Return puts the book back to what another knew before. The day goes on, and is told of from there on.
func (b *Book) Return(past *Book) {
	day, kept := b.all.day, b.kept
	*b = *past
	if b.kept = kept; day > b.all.day {
		b.Pass(day, nil)
	}
}

// pass begins a new day of the account, and takes one part in so many of its busiest day.
func (a *account) pass(day uint32, part uint64) {
	if day == a.day {
		return
	}
	for range min(day-a.day, asleep) {
		a.best -= a.best / part
	}
	a.best = max(a.best, a.taught)
	*a = account{day: day, best: a.best}
}

// grant returns how much of a share the account may teach.
func (a *account) grant(share, floor uint64) uint64 {
	a.asked += share
	limit := max(floor, a.best)
	if a.asked <= limit {
		return share
	}
	r := float64(limit) / float64(a.asked)
	return uint64(float64(share) * r * r)
}

// count adds an event of which a share was taught.
func (a *account) count(share uint64, free bool) {
	a.events++
	a.taught += share
	if free {
		a.best = max(a.best, a.taught)
	}
}

// Bytes is the memory that the book takes.
func (b *Book) Bytes() int { return b.sources.Bytes() + b.names }
