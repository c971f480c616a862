// Package line is what inputs hand to the collector: lines in chunks, whose memory stays the input's and whose being
// durable is told back. Window cuts a stream of bytes into records of bounded size. The package neither reads nor listens
// itself: that is done by the packages syslog and tail.
package line

import (
	"bytes"
	"net/netip"
	"time"
)

// Flags say what is odd about a line. Such a line is an event like any other.
type Flags uint8

// The flags.
const (
	Truncated Flags = 1 << iota // only the first bytes were kept
	Partial                     // the stream ended before the line did
	BadFrame                    // began neither with an octet count nor with <
)

// A Line is one record as it came, its terminator possibly still there.
type Line struct {
	// Raw holds any bytes, possibly none.
	Raw []byte
	// Peer is who sent it, the zero Addr where nobody did.
	Peer netip.Addr
	// Flags say what is odd about it.
	Flags Flags
}

// A Chunk is a number of lines that were read together.
type Chunk struct {
	// Lines in their order.
	Lines []Line
	// Received is when they were read.
	Received time.Time
	// Path is the file they are from, "" for none.
	Path string
	// Position, where it has a Key, is how far the source was read when the chunk ends. It becomes durable together with the lines: after a
	// crash either both are there or neither.
	Position Position
	// Dropped is how many records were lost before these lines because they were not read in time.
	Dropped uint64
	// Droppable says that the sender cannot be held back: the Sink counts the lines as lost, rather than block, where there is no room for them.
	Droppable bool
}

// A Position is how far a source was read, in a form that only the source itself understands.
type Position struct {
	// Key names the source, "" for none.
	Key string
	// Value is the position; none means that the source is to be forgotten.
	Value []byte
}

// Empty reports whether the line is no event: nothing but line ends.
func (l *Line) Empty() bool { return len(bytes.TrimRight(l.Raw, "\r\n\x00")) == 0 }

// A Sink takes a chunk and blocks until it has: that is how inputs are held back. When it returns, the chunk's memory is the
// caller's again. An error means that nothing more will be taken, and nothing of this chunk was. A Sink may be called by many goroutines at a time.
type Sink func(Chunk) error
