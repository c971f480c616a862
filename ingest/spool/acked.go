package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// The file acked has two slots. What was made durable last is never written over before what follows it is durable, so that one of them is always
// whole and speaks of segments that are there. Numbers are big endian:
//
//	0   8  "ffacked1"
//	8   8  how often it was written: the larger one holds
//	16  8  segment, 8 offset, 4 lines of the frame there, 4 zero: what is below has been acknowledged
//	40  16 epoch of that place
//	56  8  number of the next event, 8 of the next note
//	72  4  length of what the reader wants to keep, 4 CRC-32C of the slot with these four bytes zero
//	80     what the reader wants to keep
const (
	ackMagic = "ffacked1"
	ackHead  = 80
	ackSlot  = 64 << 10
	ackName  = "acked"
)

// A Place is where reading goes on: after Line lines of the frame at Offset.
type Place struct {
	Segment uint64
	Offset  int64
	Line    uint32
}

// An Ack says that everything before At is elsewhere.
type Ack struct {
	At        Place
	Epoch     Epoch
	Seq, Note uint64 // the next ones of that epoch
	Kept      []byte // given back by Reader.Last; what does not fit into 64 KiB is left out
}

// ackFile holds the last acknowledgement.
type ackFile struct {
	f       *os.File
	fsync   func(*os.File) error
	writeAt func(f *os.File, p []byte, off int64) (int, error)
	written uint64
	slot    int64 // that may be written: the other one holds what is durable
	last    Ack
	missing bool // the disk was full: last is not in the file
	synced  bool // last is durable
}

// open reads the newest whole slot and makes it durable; where there is none the Ack is zero.
func (a *ackFile) open(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("opening the acknowledgements: %w", err)
	}
	a.f = f
	_ = unix.Fallocate(int(f.Fd()), 0, 0, 2*ackSlot) // where there is no room now, set does without
	for slot := range int64(2) {
		if ack, written, ok := parseAck(readSlot(f, slot*ackSlot)); ok && written > a.written {
			a.last, a.written, a.slot = ack, written, slot
		}
	}
	if a.written == 0 {
		return nil
	}
	if err := a.sync(); err != nil && !errors.Is(err, ErrFull) { // a process that was killed may have left it in memory alone
		return err
	}
	return nil
}

// readSlot reads as much of a slot as its head says. What cannot be read is not whole.
func readSlot(f *os.File, at int64) []byte {
	head := make([]byte, ackHead)
	if _, err := f.ReadAt(head, at); err != nil {
		return nil
	}
	kept := min(int(binary.BigEndian.Uint32(head[72:])), ackSlot-ackHead)
	slot := slices.Concat(head, make([]byte, kept))
	n, _ := f.ReadAt(slot[ackHead:], at+ackHead)
	return slot[:ackHead+n]
}

// close makes the last acknowledgement durable where the disk has room for it; where it has not, more is read again.
func (a *ackFile) close() error {
	if a.f == nil {
		return nil
	}
	err := a.sync()
	if errors.Is(err, ErrFull) {
		err = nil
	}
	return errors.Join(err, a.f.Close())
}

// set writes an acknowledgement. After a crash of the machine, not of the process, an earlier one may hold: then more is read again. On a disk that
// is full it is the same, until sync succeeds.
func (a *ackFile) set(ack Ack) error {
	a.last, a.synced = ack, false
	if err := a.write(); err != nil && !errors.Is(err, ErrFull) {
		return err
	}
	return nil
}

func (a *ackFile) write() error {
	if !a.missing {
		a.written++
	}
	a.missing = true
	_, err := a.writeAt(a.f, encodeAck(a.last, a.written), a.slot*ackSlot)
	switch {
	case noSpace(err):
		return fmt.Errorf("writing an acknowledgement: %w: %w", ErrFull, err)
	case err != nil:
		return fmt.Errorf("writing an acknowledgement: %w", err)
	}
	a.missing = false
	return nil
}

// sync makes it durable, so that what it speaks of may be removed. It is ErrFull where the disk has no room for it: nothing may be removed then.
func (a *ackFile) sync() error {
	if a.synced {
		return nil
	}
	if a.missing {
		if err := a.write(); err != nil {
			return err
		}
	}
	err := a.fsync(a.f)
	switch {
	case noSpace(err): // what the kernel could not place it may have thrown away
		a.missing = true
		return fmt.Errorf("making an acknowledgement durable: %w: %w", ErrFull, err)
	case err != nil:
		return fmt.Errorf("making an acknowledgement durable: %w", err)
	}
	a.synced, a.slot = true, 1-a.slot
	return nil
}

func encodeAck(ack Ack, written uint64) []byte {
	if len(ack.Kept) > ackSlot-ackHead {
		ack.Kept = nil
	}
	b := make([]byte, 0, ackHead+len(ack.Kept))
	b = append(b, ackMagic...)
	b = binary.BigEndian.AppendUint64(b, written)
	b = binary.BigEndian.AppendUint64(b, ack.At.Segment)
	b = binary.BigEndian.AppendUint64(b, uint64(ack.At.Offset))
	b = binary.BigEndian.AppendUint32(b, ack.At.Line)
	b = append(b, 0, 0, 0, 0)
	b = append(b, ack.Epoch[:]...)
	b = binary.BigEndian.AppendUint64(b, ack.Seq)
	b = binary.BigEndian.AppendUint64(b, ack.Note)
	b = binary.BigEndian.AppendUint32(b, uint32(len(ack.Kept)))
	b = append(b, 0, 0, 0, 0)
	b = append(b, ack.Kept...)
	binary.BigEndian.PutUint32(b[76:], crc32.Checksum(b, castagnoli))
	return b
}

// parseAck reads a slot, and false where it is not whole.
func parseAck(b []byte) (Ack, uint64, bool) {
	if len(b) < ackHead || string(b[:8]) != ackMagic {
		return Ack{}, 0, false
	}
	n := int(binary.BigEndian.Uint32(b[72:]))
	if n > len(b)-ackHead {
		return Ack{}, 0, false
	}
	b = append([]byte(nil), b[:ackHead+n]...)
	sum := binary.BigEndian.Uint32(b[76:])
	clear(b[76:80])
	if sum != crc32.Checksum(b, castagnoli) {
		return Ack{}, 0, false
	}
	a := Ack{
		At:  Place{binary.BigEndian.Uint64(b[16:]), int64(binary.BigEndian.Uint64(b[24:])), binary.BigEndian.Uint32(b[32:])},
		Seq: binary.BigEndian.Uint64(b[56:]), Note: binary.BigEndian.Uint64(b[64:]), Kept: b[ackHead:],
	}
	copy(a.Epoch[:], b[40:])
	return a, binary.BigEndian.Uint64(b[8:]), true
}
