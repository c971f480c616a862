package ingest

import (
	"bytes"
	"runtime"

	"frontfoot/ingest/event"
)

// A desk is where a batch is made: the memory that this takes, many times the batch's own.
type desk struct {
	rows *event.Builder
	wire bytes.Buffer
}

// encode returns the rows as a message has them, in memory of their own.
func (d *desk) encode() ([]byte, error) {
	d.wire.Reset()
	if err := event.Encode(&d.wire, d.rows.Batch()); err != nil {
		return nil, err
	}
	return bytes.Clone(d.wire.Bytes()), nil
}

// desks are free desks, which all sites share. Nobody waits for Kafka or for lines at a desk, so a few for each core are enough.
type desks chan *desk

func newDesks() desks {
	all := make(desks, 4*runtime.GOMAXPROCS(0))
	for range cap(all) {
		all <- &desk{rows: event.NewBuilder()}
	}
	return all
}
