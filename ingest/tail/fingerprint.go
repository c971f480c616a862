package tail

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
)

// printSize is how much of a file's beginning tells it from another one.
const printSize = 1 << 10

// A fingerprint is what a file began with: inode numbers are given again, beginnings of logs hardly are.
type fingerprint struct {
	Len int    `json:"len"` // bytes it covers, at most printSize
	Sum string `json:"sha256"`
}

// printOf reads the fingerprint of the first size bytes of r.
func printOf(r io.ReaderAt, size int64) (fingerprint, error) {
	buf := make([]byte, min(size, printSize))
	n, err := r.ReadAt(buf, 0)
	if err != nil && n < len(buf) {
		return fingerprint{}, err
	}
	sum := sha256.Sum256(buf)
	return fingerprint{Len: len(buf), Sum: hex.EncodeToString(sum[:])}, nil
}

// matches reports whether r, now of that size, still begins like that.
func (f fingerprint) matches(r io.ReaderAt, size int64) bool {
	if size < int64(f.Len) {
		return false
	}
	if f.Len == 0 {
		return true
	}
	now, err := printOf(r, int64(f.Len))
	return err == nil && now == f
}

func cmpPositions(a, b *position) int {
	return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Dev, b.Dev), cmp.Compare(a.Ino, b.Ino))
}
