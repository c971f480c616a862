// Package line is what inputs hand to the collector: lines in chunks, whose memory stays the input's and whose arrival in
// Kafka is told back. Window cuts a stream of bytes into records of bounded size. The package neither reads nor listens
// itself: that is done by the packages syslog and tail.
package line

import (
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
	// Ack is called once when every line of the chunk is durable in Kafka, from any goroutine, in the order of the chunks.
	// It must not block. nil where nobody waits.
	Ack func()
}

// A Sink takes a chunk and blocks until it has: that is how inputs are held back. When it returns, the chunk's memory, except
// Ack, is the caller's again. An error means that nothing more will be taken; the chunk may have been taken in part and is not
// acknowledged. A Sink may be called by many goroutines at a time.
type Sink func(Chunk) error
