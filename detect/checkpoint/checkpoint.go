// Package checkpoint keeps snapshots on the topic ff.ckpt and finds them again by reference. A reference names the blob by its SHA-256, so a
// damaged, missing or foreign blob is never taken for the right one. Which reference counts is not decided here: it stands in the
// lane's fenced place record, and nothing else may be restored.
package checkpoint

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/failpoint"
)

// chunkBytes is the most of a blob that one record carries: a record batch must stay below the topic's 1 MiB.
const chunkBytes = 900_000

// headerBlob names the SHA-256 of the blob that a chunk is of.
const headerBlob = "blob"

// MaxBlob is the largest blob that Load accepts, in bytes.
const MaxBlob = 64 << 20

var (
	// ErrMissing says that the blob is no longer on the topic, or not whole.
	ErrMissing = errors.New("checkpoint is missing")
	// ErrDamaged says that the bytes found are not those that were saved.
	ErrDamaged = errors.New("checkpoint is damaged")
)

// A Ref finds a blob. The zero Ref refers to nothing.
type Ref struct {
	Offset int64             // of the first chunk on ff.ckpt
	Size   uint32            // of the blob in bytes
	Sum    [sha256.Size]byte // of the blob
}

// IsZero reports whether r refers to nothing.
func (r Ref) IsZero() bool { return r.Size == 0 }

func (r Ref) chunks() int { return (int(r.Size) + chunkBytes - 1) / chunkBytes }

// A Log is the part of the Kafka client that checkpoints need.
type Log interface {
	Produce(ctx context.Context, topic string, msgs ...bus.Message) (int64, error)
	Fetch(ctx context.Context, topic string, from int64, opt bus.FetchOptions) (bus.FetchResult, error)
}

// Save appends blob under key, in chunks, and returns how to find it. The key is for the topic's compaction: a later blob with the same key
// replaces this one. An empty blob is an error.
func Save(ctx context.Context, log Log, key string, blob []byte) (Ref, error) {
	if len(blob) == 0 || len(blob) > MaxBlob {
		return Ref{}, fmt.Errorf("saving checkpoint %s: %d bytes are not between 1 and %d", key, len(blob), MaxBlob)
	}
	ref := Ref{Offset: -1, Size: uint32(len(blob)), Sum: sha256.Sum256(blob)}
	for i, chunk := range slices.Collect(slices.Chunk(blob, chunkBytes)) {
		at, err := log.Produce(ctx, bus.Checkpoint, bus.Message{
			Key: chunkKey(key, i), Value: chunk, Headers: []bus.Header{{Key: headerBlob, Value: ref.Sum[:]}},
		})
		if err != nil {
			return Ref{}, fmt.Errorf("saving checkpoint %s: %w", key, err)
		}
		if i == 0 {
			ref.Offset = at
		}
		failpoint.Hit("mid_checkpoint")
	}
	return ref, nil
}

// RefTo returns the reference to a blob of one chunk that stands at an offset.
func RefTo(offset int64, blob []byte) Ref {
	return Ref{Offset: offset, Size: uint32(len(blob)), Sum: sha256.Sum256(blob)}
}

// Load returns the blob that Save stored under key as ref, or an error that wraps ErrMissing or ErrDamaged.
func Load(ctx context.Context, log Log, key string, ref Ref) ([]byte, error) {
	if ref.Size > MaxBlob {
		return nil, fmt.Errorf("loading checkpoint %s: %w: it claims %d bytes", key, ErrDamaged, ref.Size)
	}
	blob := make([]byte, 0, ref.Size)
	want := 0
	for at := ref.Offset; want < ref.chunks(); {
		got, err := log.Fetch(ctx, bus.Checkpoint, at, bus.FetchOptions{})
		switch {
		case errors.Is(err, bus.ErrOffsetOutOfRange):
			return nil, fmt.Errorf("loading checkpoint %s: %w: %w", key, ErrMissing, err)
		case errors.Is(err, bus.ErrCorrupt):
			return nil, fmt.Errorf("loading checkpoint %s: %w: %w", key, ErrDamaged, err)
		case err != nil:
			return nil, fmt.Errorf("loading checkpoint %s: %w", key, err)
		}
		for _, m := range got.Messages {
			at = m.Offset + 1
			if want < ref.chunks() && string(m.Key) == string(chunkKey(key, want)) && ref.maybe(m.Headers) {
				blob = append(blob, m.Value...)
				want++
			}
		}
		if len(got.Messages) == 0 && at >= got.HighWatermark {
			return nil, fmt.Errorf("loading checkpoint %s: %w: %d of %d chunks found", key, ErrMissing, want, ref.chunks())
		}
	}
	if sha256.Sum256(blob) != ref.Sum {
		return nil, fmt.Errorf("loading checkpoint %s: %w: its SHA-256 differs", key, ErrDamaged)
	}
	return blob, nil
}

// maybe reports whether a chunk may be of the blob: one that names another was written between its chunks, by a worker that had lost the lane.
func (r Ref) maybe(headers []bus.Header) bool {
	for i := range headers {
		if headers[i].Key == headerBlob {
			return string(headers[i].Value) == string(r.Sum[:])
		}
	}
	return true // chunks of the first version name none
}

func chunkKey(key string, i int) []byte { return strconv.AppendInt([]byte(key+"/"), int64(i), 10) }
