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
//	model        varint, modelVersion: what was learned means the same in the same version alone, but that version 2 lacked the models that
//	             count over rows, which then know nothing yet. Versions that share a format share its layout
//	features     varint, how many features the layout has
//	site         text
//	key          varint, a hash of a fixed text under the site's key: under another key nothing of the state is recognised
//	state        see the encode functions; numbers are varints or little-endian, nothing is sorted because nothing is a map.
//	             Format 1 ended before the arrivals, format 2 before the tracker's marks, the verdicts and the decoys,
//	             format 3 before the tracker's memory of counted stories and the models that count over rows (their number, and of each the name and what it knows, with its length),
//	             format 4 before what the evidence of stories is of; they are still read.
const (
	snapshotMagic  = "FFS"
	snapshotFormat = 5
	oldestFormat   = 1
	modelVersion   = 3
	oldestModel    = 2
)

// ErrSnapshot is wrapped by every error of Restore.
var ErrSnapshot = errors.New("unusable snapshot")

// A foreignError says that what was learned means nothing here: it is of other models, or under another key. Which events had come by then is the
// same for all of them.
type foreignError struct {
	why      string
	arrivals arrivals
}

func (e *foreignError) Error() string { return e.why }

// Snapshot returns all that the site knows, in a canonical form: the same state, the same bytes.
func (s *Site) Snapshot() []byte {
	s.hear()
	e := sketch.Encoder{Buf: append(make([]byte, 0, 64<<10), snapshotMagic...)}
	e.Byte(snapshotFormat)
	e.Uint(modelVersion)
	e.Uint(uint64(s.events.Layout().Features()))
	e.Text(s.name)
	e.Uint(s.fingerprint())
	s.clock.encode(&e)
	e.Uint(s.seen)
	s.engine.encode(&e)
	s.fusion.encode(&e)
	s.tracker.Encode(&e)
	s.arrivals.encode(&e)
	s.tracker.EncodeMarks(&e)
	s.book.Encode(&e)
	s.decoys.Encode(&e)
	s.tracker.EncodeCounted(&e)
	s.sequences.encode(&e)
	s.tracker.EncodeSorts(&e)
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
	format := state[3]
	if format < oldestFormat || format > snapshotFormat {
		return fmt.Errorf("format %d, this program reads %d to %d", format, oldestFormat, snapshotFormat)
	}
	d, foreign := sketch.NewDecoder(state[4:]), ""
	if v := d.Uint(); v < oldestModel || v > modelVersion {
		foreign = fmt.Sprintf("model version %d, this program reads %d to %d", v, oldestModel, modelVersion)
	}
	if n := d.Uint(); n != uint64(s.events.Layout().Features()) {
		return fmt.Errorf("%d features, this program has %d", n, s.events.Layout().Features())
	}
	if name := d.Text(64); name != s.name && d.Err() == nil {
		return fmt.Errorf("it is of site %q", name)
	}
	if d.Uint() != s.fingerprint() && foreign == "" {
		foreign = "it was learned under another key of the site"
	}
	s.clock.decode(d)
	s.seen = d.Uint()
	if err := s.engine.decode(d); err != nil {
		return err
	}
	if err := s.fusion.decode(d); err != nil {
		return err
	}
	if err := s.tracker.Decode(d); err != nil {
		return err
	}
	if format >= 2 {
		s.arrivals.decode(d)
	} else {
		s.arrivals.begun, s.arrivals.late = true, true
	}
	if format >= 3 {
		if err := s.tracker.DecodeMarks(d); err != nil {
			return err
		}
		if err := s.book.Decode(d); err != nil {
			return err
		}
		if err := s.decoys.Decode(d); err != nil {
			return err
		}
	}
	if format >= 4 {
		if err := s.tracker.DecodeCounted(d); err != nil {
			return err
		}
		if err := s.sequences.decode(d); err != nil {
			return err
		}
	}
	if format >= 5 {
		if err := s.tracker.DecodeSorts(d); err != nil {
			return err
		}
	}
	if d.Left() > 0 {
		return fmt.Errorf("%d bytes too many", d.Left())
	}
	if d.Err() == nil && foreign != "" {
		return &foreignError{foreign, s.arrivals}
	}
	return d.Err()
}
