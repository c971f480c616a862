package checkpoint

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A Place is where a lane stands: what it has written to the store, and the manifest from which its sites' states can be restored. It is the
// metadata of the lane's offset commit, and so fenced by the group's generation.
//
// Encoding: base64 (no padding) of version 1, batch, manifest (offset, size, 32 bytes of SHA-256), the number of sites, and for each
// in the order of names: length of the name, name, next offset. Numbers are unsigned varints. A lane of 150 sites fits into 4,096 bytes.
type Place struct {
	Batch    uint64           // batches written so far
	Next     map[string]int64 // site to the first offset of its topic that is not yet in the store
	Manifest Ref              // zero while no checkpoint has been made
}

// A Manifest lists the snapshots of a lane's sites. It is saved as a blob itself.
type Manifest struct {
	Sites map[string]Snapshot `json:"sites"`
}

// A Snapshot is a site's saved state.
type Snapshot struct {
	At    int64     `json:"at"`    // the state holds every message before this offset of the site's topic
	Slot  uint8     `json:"slot"`  // 0 to 2, in turn
	Ref   Ref       `json:"ref"`   //
	Key   string    `json:"key"`   // on ff.ckpt
	Saved time.Time `json:"saved"` // when it was made; zero where a manifest does not tell
}

const placeVersion = 1

var errPlace = errors.New("not a place record")

// Encode returns the record as text.
func (p Place) Encode() string {
	b := []byte{placeVersion}
	b = binary.AppendUvarint(b, p.Batch)
	b = binary.AppendUvarint(b, uint64(p.Manifest.Offset))
	b = binary.AppendUvarint(b, uint64(p.Manifest.Size))
	b = append(b, p.Manifest.Sum[:]...)
	b = binary.AppendUvarint(b, uint64(len(p.Next)))
	for _, site := range slices.Sorted(maps.Keys(p.Next)) {
		b = binary.AppendUvarint(b, uint64(len(site)))
		b = append(b, site...)
		b = binary.AppendUvarint(b, uint64(p.Next[site]))
	}
	return base64.RawStdEncoding.EncodeToString(b)
}

// DecodePlace reads what Encode wrote; the empty text is the place of a lane that never wrote anything.
func DecodePlace(text string) (Place, error) {
	p := Place{Next: map[string]int64{}}
	if text == "" {
		return p, nil
	}
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return p, fmt.Errorf("decoding place: %w", err)
	}
	r := reader{rest: b}
	if v := r.bytes(1); len(v) != 1 || v[0] != placeVersion {
		return p, fmt.Errorf("decoding place: %w of version %d", errPlace, placeVersion)
	}
	p.Batch = r.number()
	p.Manifest.Offset = int64(r.number())
	p.Manifest.Size = uint32(r.number())
	copy(p.Manifest.Sum[:], r.bytes(len(p.Manifest.Sum)))
	for n := r.number(); n > 0 && !r.short; n-- {
		site := string(r.bytes(int(min(r.number(), uint64(len(b))))))
		p.Next[site] = int64(r.number())
	}
	if r.short || len(r.rest) > 0 {
		return p, fmt.Errorf("decoding place: %w: it is cut or too long", errPlace)
	}
	return p, nil
}

// reader takes bytes from the front and remembers when there were too few.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) number() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.short = true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.rest) {
		r.short = true
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}
