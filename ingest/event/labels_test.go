package event

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
)

// TestDecodeRefusesLabelsOfUnequalLength checks that keys without values are no labels: Arrow would panic where they are used.
func TestDecodeRefusesLabelsOfUnequalLength(t *testing.T) {
	b := NewBuilder()
	for range 9 {
		b.Label("k", []byte("v"))
	}
	b.End()
	b.End()
	var msg bytes.Buffer
	if err := Encode(&msg, b.Batch()); err != nil {
		t.Fatal(err)
	}
	raw := msg.Bytes()
	var nodes []byte // of the pairs, their keys and their values: nine each, none absent
	for range 3 {
		nodes = binary.LittleEndian.AppendUint64(nodes, 9)
		nodes = binary.LittleEndian.AppendUint64(nodes, 0)
	}
	at := bytes.Index(raw, nodes)
	offsets := bytes.Index(raw, []byte{0, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0})
	if at < 0 || offsets < 0 {
		t.Fatalf("the message does not look as it did: nodes at %d, offsets at %d", at, offsets)
	}
	raw[at], raw[at+32] = 2, 2            // two pairs, nine keys, two values
	raw[offsets+4], raw[offsets+8] = 2, 2 // of which the rows have two
	if _, err := Decode(raw); !errors.Is(err, ErrMalformed) {
		t.Errorf("got error %v, want ErrMalformed", err)
	}
}
