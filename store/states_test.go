package store

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/detect"
)

// TestStates keeps states, of up to the most that a site takes, once however often they are written, and gives back their bytes.
func TestStates(t *testing.T) {
	s := open(t)
	today := time.Now().Truncate(24 * time.Hour).UnixNano() // of what is older the database keeps nothing
	state := make([]byte, 8<<20)
	for i, rng := 0, rand.New(rand.NewPCG(1, 2)); i < len(state); i++ {
		state[i] = byte(rng.Uint32())
	}
	kept := func(site string, at int64, snapshot []byte) *detect.Batch {
		return &detect.Batch{Token: site + nanoseconds(time.Unix(0, at)), Sites: []detect.Output{
			{Site: "else", Kept: &detect.Kept{Time: at, Snapshot: []byte("else")}},
			{Site: site, Kept: &detect.Kept{Time: at, Offset: at - today, Model: 4, Snapshot: snapshot}},
		}}
	}
	for range 2 {
		write(t, s, kept("exeter", today, state))
		write(t, s, kept("exeter", today+day, []byte{0, 255}))
		write(t, s, kept("york", today, []byte("theirs")))
	}
	got, err := s.States(t.Context(), "exeter")
	if err != nil {
		t.Fatal(err)
	}
	want := []State{
		{Site: "exeter", Time: time.Unix(0, today+day).UTC(), Offset: day, Model: 4, Size: 2},
		{Site: "exeter", Time: time.Unix(0, today).UTC(), Model: 4, Size: 8 << 20},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	for i, want := range [][]byte{{0, 255}, state} {
		if bits, err := s.State(t.Context(), "exeter", got[i].Time.UnixNano(), got[i].Offset); err != nil || !bytes.Equal(bits, want) {
			t.Errorf("state %d: %d bytes, %v", i, len(bits), err)
		}
	}
	if bits, err := s.State(t.Context(), "york", got[0].Time.UnixNano(), got[0].Offset); !errors.Is(err, detect.ErrNoState) {
		t.Errorf("another site's state: %d bytes, %v", len(bits), err)
	}
}
