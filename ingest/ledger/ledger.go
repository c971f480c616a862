// Package ledger is the loss ledger: what came in, what is missing, from where and why, so that "no finding" is never taken for "no data". A
// collector sends entries in the log of its site, between the events they speak of; a worker adds what it notices itself; the store keeps
// them as rows of ingest_ledger. The package makes no entries and adds nothing up.
package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
)

// A Kind says what an entry counts.
type Kind string

// What collectors count.
const (
	Taken      Kind = "taken"       // lines that became events
	Unparsed   Kind = "unparsed"    // of them, lines that no format understood
	Partial    Kind = "partial"     // of them, lines that a format understood in part only
	Skewed     Kind = "skewed"      // of them, lines whose stamp was replaced because it was more than 26 h off
	Late       Kind = "late"        // of them, lines whose stamp was more than an hour before they came
	KernelDrop Kind = "kernel_drop" // datagrams that the kernel dropped before they could be read
	SpoolFull  Kind = "spool_full"  // datagrams that were read and dropped because the spool had no room
	Damaged    Kind = "damaged"     // records of the spool that can no longer be read; Rows is 0 where nobody can tell how many lines they held
	EpochEnd   Kind = "epoch_end"   // an epoch of the collector is over: Epoch, and in Seq the number its next event would have had
	Canary     Kind = "canary"      // proof, once an hour and input, that the path works; never an event
	Tick       Kind = "tick"        // proof that an idle site is not cut off; moves the site's clock, never an event
)

// What workers count.
const (
	Gap        Kind = "gap"         // events that the collector numbered and the log never brought
	GapFilled  Kind = "gap_filled"  // of them, those that came after all
	Duplicate  Kind = "duplicate"   // events that came again and were left out
	DeadLetter Kind = "dead_letter" // events set aside on the dead-letter topic
	LostLog    Kind = "lost_log"    // messages, not events, that the log no longer had when they were due
	Claimed    Kind = "claimed"     // events whose message claimed to be of another site
	StateLost  Kind = "state_lost"  // the site's saved state could not be used: it was learned anew from what the log still held
)

// Loss reports whether entries of this kind mean that events are missing from the store.
func (k Kind) Loss() bool {
	switch k {
	case KernelDrop, SpoolFull, Damaged, Gap, LostLog:
		return true
	default:
		return false
	}
}

// An Entry is one count. Times are nanoseconds since 1970 UTC.
type Entry struct {
	Kind   Kind   `json:"kind"`
	Reason string `json:"reason,omitempty"` // why, in a few plain words
	Input  string `json:"input,omitempty"`  // the collector's input, "" where it is of the whole site
	First  int64  `json:"first"`            // when the period or the loss that it speaks of began
	Last   int64  `json:"last"`             // and ended
	Epoch  string `json:"epoch,omitempty"`  // with Seq, where it speaks of numbered events: the first of them
	Seq    uint64 `json:"seq,omitempty"`
	Rows   uint64 `json:"rows"`
	Bytes  uint64 `json:"bytes,omitempty"`
}

// MaxEntries is the most entries of one message; maxText the longest text in one, in bytes.
const (
	MaxEntries = 1000
	maxText    = 256
)

// ErrMalformed is wrapped by the errors of Decode.
var ErrMalformed = errors.New("malformed ledger entries")

// Encode writes entries as the value of a Kafka message: a JSON array. There must be 1 to MaxEntries of them.
func Encode(entries []Entry) ([]byte, error) {
	if len(entries) == 0 || len(entries) > MaxEntries {
		return nil, fmt.Errorf("encoding %d ledger entries: 1 to %d go into a message", len(entries), MaxEntries)
	}
	value, err := json.Marshal(entries)
	if err != nil {
		return nil, fmt.Errorf("encoding ledger entries: %w", err)
	}
	return value, nil
}

// Decode reads what Encode wrote. It never panics and takes no more memory than a small multiple of value.
func Decode(value []byte) ([]Entry, error) {
	var entries []Entry
	if err := json.Unmarshal(value, &entries); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(entries) == 0 || len(entries) > MaxEntries {
		return nil, fmt.Errorf("%w: %d of them", ErrMalformed, len(entries))
	}
	for i := range entries {
		e := &entries[i]
		if e.Kind == "" || max(len(e.Kind), len(e.Reason), len(e.Input), len(e.Epoch)) > maxText {
			return nil, fmt.Errorf("%w: entry %d has no kind or a text of more than %d bytes", ErrMalformed, i, maxText)
		}
	}
	return entries, nil
}
