package bus

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestEnvelopeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Envelope{
			Epoch: [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "epoch")),
			N:     rapid.Uint32().Draw(t, "n"),
			Size:  rapid.Uint32().Draw(t, "size"),
		}
		want.Seq0 = rapid.Uint64Max(math.MaxUint64-uint64(want.N)).Draw(t, "seq0")
		other := Header{Key: "traceparent", Value: []byte("x")}
		got, err := ParseEnvelope(slices.Insert(want.Headers(), 2, other))
		if err != nil || got != want {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
	})
}

func TestEnvelopeErrors(t *testing.T) {
	whole := Envelope{Seq0: math.MaxUint64 - 5, N: 6}.Headers()
	if _, err := ParseEnvelope(whole); !errors.Is(err, ErrBadEnvelope) {
		t.Errorf("sequence beyond 64 bits: %v", err)
	}
	whole = Envelope{Seq0: 1, N: 6}.Headers()
	for i, h := range whole {
		missing := slices.Delete(slices.Clone(whole), i, i+1)
		short := append(slices.Clone(missing), Header{h.Key, h.Value[1:]})
		twice := append(slices.Clone(whole), h)
		for name, headers := range map[string][]Header{"missing": missing, "short": short, "twice": twice} {
			if _, err := ParseEnvelope(headers); !errors.Is(err, ErrBadEnvelope) {
				t.Errorf("%s %s: %v", h.Key, name, err)
			}
		}
	}
}

// Whatever parses is written again as it was; nothing panics.
func FuzzEnvelope(f *testing.F) {
	h := Envelope{Epoch: [16]byte{1}, Seq0: 2, N: 3, Size: 4}.Headers()
	f.Add(h[0].Value, h[1].Value, h[2].Value, h[3].Value)
	f.Add([]byte{}, []byte{1}, []byte(nil), []byte("12345"))
	f.Fuzz(func(t *testing.T, epoch, seq, n, size []byte) {
		in := []Header{{headerEpoch, epoch}, {headerSeq, seq}, {headerCount, n}, {headerSize, size}}
		env, err := ParseEnvelope(in)
		if err != nil {
			if !errors.Is(err, ErrBadEnvelope) {
				t.Fatal(err)
			}
			return
		}
		for i, out := range env.Headers() {
			if out.Key != in[i].Key || !slices.Equal(out.Value, in[i].Value) {
				t.Fatalf("%s: %x became %x", in[i].Key, in[i].Value, out.Value)
			}
		}
	})
}
