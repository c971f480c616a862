package detect

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
)

// Sites must spread over lanes, and stay where they are for ever: the place records say so.
func TestLaneOfSpreadsAndStays(t *testing.T) {
	for site, want := range map[string]int{"ashford-vale": 1, "northmoor": 3, "saltmarsh": 3, "local": 1} {
		if got := laneOf(site, 4); got != want {
			t.Errorf("laneOf(%q, 4) = %d, want %d", site, got, want)
		}
	}
	count := make([]int, 16)
	for i := range 1600 {
		count[laneOf(fmt.Sprint("council-", i), len(count))]++
	}
	for lane, n := range count {
		if n < 60 || n > 140 {
			t.Errorf("lane %d has %d of 1,600 sites", lane, n)
		}
	}
}

// A message of a few bytes must not make room for the four thousand million events that it claims.
func TestOpenRefusesEventsWithoutBytes(t *testing.T) {
	const claimed = 1<<32 - 1
	var value bytes.Buffer
	columns := arrow.NewSchema(nil, nil)
	w := ipc.NewWriter(&value, ipc.WithSchema(columns))
	if err := errors.Join(w.Write(array.NewRecord(columns, nil, claimed)), w.Close()); err != nil {
		t.Fatal(err)
	}
	m := bus.Message{Headers: bus.Envelope{N: claimed}.Headers(), Value: value.Bytes()}
	got := openRecord(&m, nil)
	if got.broken == nil || !strings.Contains(got.broken.Reason, event.ErrMalformed.Error()) || got.broken.N != claimed {
		t.Errorf("got %+v, want a malformed message", got)
	}
}
