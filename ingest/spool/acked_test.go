package spool

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// A power cut may lose, tear or keep each write since the last fsync. What was durable, for which segments were removed, must hold all the same.
func TestPowerCutKeepsTheDurableAcknowledgement(t *testing.T) {
	path := filepath.Join(t.TempDir(), ackName)
	type write struct {
		off  int64
		data []byte
	}
	var since []write // the last fsync
	begin := func() *ackFile {
		a := &ackFile{fsync: func(*os.File) error { since = nil; return nil }, writeAt: func(f *os.File, p []byte, off int64) (int, error) {
			since = append(since, write{off, bytes.Clone(p)})
			return f.WriteAt(p, off)
		}}
		check(t, a.open(path))
		return a
	}
	for killed := range 2 { // whether a process was killed, and began anew, before the power failed
		a := begin()
		for seq := range uint64(3) {
			check(t, a.set(Ack{At: Place{Segment: seq + 1}, Seq: seq}))
		}
		check(t, a.sync())
		durable, err := os.ReadFile(path)
		check(t, err)
		for seq := range uint64(killed + 2) {
			check(t, a.set(Ack{At: Place{Segment: seq + 4}, Seq: seq + 3}))
		}
		least := uint64(2)
		check(t, a.f.Close())
		if killed == 1 {
			a = begin()
			least = a.last.Seq
			durable, err = os.ReadFile(path)
			check(t, err)
			check(t, a.set(Ack{At: Place{Segment: 9}, Seq: 9}))
			check(t, a.set(Ack{At: Place{Segment: 10}, Seq: 10}))
			check(t, a.f.Close())
		}
		lost := since
		for outcome := range 9 { // 3 for each of the two writes
			disk := bytes.Clone(durable)
			for i, w := range lost {
				kept := len(w.data) * (outcome / (1 + 2*i) % 3) / 2
				copy(disk[w.off:], w.data[:kept])
			}
			check(t, os.WriteFile(path, disk, 0o600))
			a := begin()
			if a.last.Seq < least {
				t.Errorf("killed %d, outcome %d: the acknowledgement of %d holds, %d was durable", killed, outcome, a.last.Seq, least)
			}
			check(t, a.f.Close())
		}
		check(t, os.Remove(path))
	}
}
