package checkpoint_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client returns a client of a new embedded broker with the shared topics.
func client(t *testing.T) *bus.Client {
	t.Helper()
	logger := slog.New(slog.DiscardHandler)
	b, err := broker.Start(broker.Config{Dir: t.TempDir()}, logger)
	if err != nil {
		t.Fatal(err)
	}
	c, err := bus.New(bus.Config{Brokers: []string{b.Addr()}}, logger, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), b.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := c.EnsureTopics(t.Context(), bus.SharedSpecs(1)...); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoadFindsWhatSaveStored(t *testing.T) {
	c := client(t)
	big := bytes.Repeat([]byte("0123456789abcdef"), 150_000) // three chunks
	refs := map[string]checkpoint.Ref{}
	blobs := map[string][]byte{"a/0": []byte("small"), "b/0": big, "a/1": []byte("another")}
	for _, key := range []string{"a/0", "b/0", "a/1"} {
		ref, err := checkpoint.Save(t.Context(), c, key, blobs[key])
		if err != nil {
			t.Fatal(err)
		}
		refs[key] = ref
	}
	for key, want := range blobs {
		got, err := checkpoint.Load(t.Context(), c, key, refs[key])
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: got %d bytes, want %d", key, len(got), len(want))
		}
	}
}

func TestLoadRefusesWhatWasNotSaved(t *testing.T) {
	c := client(t)
	ref, err := checkpoint.Save(t.Context(), c, "a/0", []byte("state"))
	if err != nil {
		t.Fatal(err)
	}
	damaged, missing, huge := ref, ref, ref
	damaged.Sum[0]++
	missing.Offset = 99
	huge.Size = 1 << 31
	for name, test := range map[string]struct {
		key  string
		ref  checkpoint.Ref
		want error
	}{
		"other bytes":    {"a/0", damaged, checkpoint.ErrDamaged},
		"beyond the end": {"a/0", missing, checkpoint.ErrMissing},
		"another's key":  {"b/0", ref, checkpoint.ErrMissing},
		"absurd size":    {"a/0", huge, checkpoint.ErrDamaged},
	} {
		if _, err := checkpoint.Load(t.Context(), c, test.key, test.ref); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
	if _, err := checkpoint.Save(t.Context(), c, "a/0", nil); err == nil {
		t.Error("an empty blob was saved: its reference would be the zero one")
	}
}

func TestPlaceRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := checkpoint.Place{
			Batch: rapid.Uint64().Draw(t, "batch"),
			Next:  rapid.MapOf(rapid.StringMatching(`[a-z0-9-]{3,40}`), rapid.Int64Range(0, 1<<62)).Draw(t, "next"),
		}
		want.Manifest.Offset = rapid.Int64Range(0, 1<<62).Draw(t, "offset")
		want.Manifest.Size = rapid.Uint32().Draw(t, "size")
		want.Manifest.Sum[7] = rapid.Byte().Draw(t, "sum")
		got, err := checkpoint.DecodePlace(want.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// The record must fit into what a broker takes as metadata.
func TestPlaceOf150SitesFits(t *testing.T) {
	p := checkpoint.Place{Batch: 1 << 40, Next: map[string]int64{}}
	for i := range 150 {
		p.Next[strings.Repeat("x", 9)+string(rune('a'+i/26))+string(rune('a'+i%26))] = 1 << 27
	}
	if n := len(p.Encode()); n > bus.MaxMetadata {
		t.Errorf("got %d bytes, at most %d are taken", n, bus.MaxMetadata)
	}
}

func FuzzDecodePlace(f *testing.F) {
	f.Add("")
	f.Add("AQ")
	f.Add(checkpoint.Place{Batch: 7, Next: map[string]int64{"local": 3, "other": 1 << 40}}.Encode())
	f.Fuzz(func(t *testing.T, text string) {
		p, err := checkpoint.DecodePlace(text)
		if err != nil {
			return
		}
		again, err := checkpoint.DecodePlace(p.Encode())
		if err != nil {
			t.Fatalf("what was decoded cannot be decoded again: %v", err)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Fatal(diff)
		}
	})
}
