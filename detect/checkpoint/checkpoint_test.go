package checkpoint_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"

	"go.uber.org/goleak"

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

// between lets something else happen after each record that is produced.
type between struct {
	*bus.Client
	do func()
}

func (b between) Produce(ctx context.Context, topic string, msgs ...bus.Message) (int64, error) {
	at, err := b.Client.Produce(ctx, topic, msgs...)
	b.do()
	return at, err
}

// One who has lost the lane and does not know it may write into the same slot, between the chunks of its owner.
func TestLoadPassesOverAnotherWritersChunks(t *testing.T) {
	c := client(t)
	mine, foreign := bytes.Repeat([]byte("mine"), 600_000), bytes.Repeat([]byte("his."), 600_000)
	ref, err := checkpoint.Save(t.Context(), between{c, func() {
		if _, err := checkpoint.Save(t.Context(), c, "a/0", foreign); err != nil {
			t.Error(err)
		}
	}}, "a/0", mine)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := checkpoint.Load(t.Context(), c, "a/0", ref); err != nil || !bytes.Equal(got, mine) {
		t.Errorf("got %d bytes, error %v", len(got), err)
	}
}

// corrupt is a log that cannot be read.
type corrupt struct{ checkpoint.Log }

func (corrupt) Fetch(context.Context, string, int64, bus.FetchOptions) (bus.FetchResult, error) {
	return bus.FetchResult{}, bus.ErrCorrupt
}

func TestLoadOfACorruptBatch(t *testing.T) {
	if _, err := checkpoint.Load(t.Context(), corrupt{}, "a/0", checkpoint.Ref{Size: 1}); !errors.Is(err, checkpoint.ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
}

func TestLoadRefusesWhatWasNotSaved(t *testing.T) {
	c := client(t)
	ref, err := checkpoint.Save(t.Context(), c, "a/0", []byte("state"))
	if err != nil {
		t.Fatal(err)
	}
	unnamed, err := c.Produce(t.Context(), bus.Checkpoint, bus.Message{Key: []byte("c/0/0"), Value: []byte("state")})
	if err != nil {
		t.Fatal(err)
	}
	other, damaged, missing, huge := ref, ref, ref, ref
	other.Sum[0]++
	damaged.Sum[0]++
	damaged.Offset = unnamed
	missing.Offset = 99
	huge.Size = 1 << 31
	for name, test := range map[string]struct {
		key  string
		ref  checkpoint.Ref
		want error
	}{
		"another's blob": {"a/0", other, checkpoint.ErrMissing},
		"other bytes":    {"c/0", damaged, checkpoint.ErrDamaged},
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
