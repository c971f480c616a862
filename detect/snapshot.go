package detect

import (
	"errors"
	"fmt"

	"frontfoot/detect/sketch"
)

// A snapshot is:
//
//	"FFS"        3 bytes
//	format       1 byte, snapshotFormat
//	model        varint, modelVersion: what was learned means the same in the same version alone
//	features     varint, how many features the layout has
//	site         text
//	key          varint, a hash of a fixed text under the site's key: under another key nothing of the state is recognised
//	state        see the encode functions; numbers are varints or little-endian, nothing is sorted because nothing is a map
const (
	snapshotMagic  = "FFS"
	snapshotFormat = 1
	modelVersion   = 1
)

// ErrSnapshot is wrapped by every error of Restore.
var ErrSnapshot = errors.New("unusable snapshot")

// Snapshot returns all that the site knows, in a canonical form: the same state, the same bytes.
func (s *Site) Snapshot() []byte {
	e := sketch.Encoder{Buf: append(make([]byte, 0, 64<<10), snapshotMagic...)}
	e.Byte(snapshotFormat)
	e.Uint(modelVersion)
	e.Uint(uint64(s.events.Layout().Features()))
	e.Text(s.name)
	e.Uint(s.fingerprint())
	s.clock.encode(&e)
	e.Uint(s.seen)
	s.engine.encode(&e)
	s.tracker.Encode(&e)
	return e.Buf
}

// fingerprint tells the site's key from others without giving it away.
func (s *Site) fingerprint() uint64 { return s.key.Hash(^uint64(0), "snapshot") }

// Restore makes the site know what it knew when state was taken. When it returns an error, which wraps ErrSnapshot, the site knows
// nothing: whoever wants to go on replays the log.
func (s *Site) Restore(state []byte) error {
	s.state = s.newState()
	if err := s.restore(state); err != nil {
		s.state = s.newState()
		return fmt.Errorf("%w of site %s: %w", ErrSnapshot, s.name, err)
	}
	return nil
}

func (s *Site) restore(state []byte) error {
	if len(state) < 4 || string(state[:3]) != snapshotMagic {
		return errors.New("this is no snapshot")
	}
	if state[3] != snapshotFormat {
		return fmt.Errorf("format %d, this program reads %d", state[3], snapshotFormat)
	}
	d := sketch.NewDecoder(state[4:])
	if v := d.Uint(); v != modelVersion {
		return fmt.Errorf("model version %d, this program has %d", v, modelVersion)
	}
	if n := d.Uint(); n != uint64(s.events.Layout().Features()) {
		return fmt.Errorf("%d features, this program has %d", n, s.events.Layout().Features())
	}
	if name := d.Text(64); name != s.name && d.Err() == nil {
		return fmt.Errorf("it is of site %q", name)
	}
	if d.Uint() != s.fingerprint() && d.Err() == nil {
		return errors.New("it was learned under another key of the site")
	}
	s.clock.decode(d)
	s.seen = d.Uint()
	if err := s.engine.decode(d); err != nil {
		return err
	}
	if err := s.tracker.Decode(d); err != nil {
		return err
	}
	if d.Left() > 0 {
		return fmt.Errorf("%d bytes too many", d.Left())
	}
	return d.Err()
}
