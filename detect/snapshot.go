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
//	model        varint, modelVersion: what was learned means the same in the same version alone. A model that is added needs no new version: it knows
//	             nothing yet
//	features     varint, how many features the layout has
//	site         text
//	key          varint, a hash of a fixed text under the site's key: under another key nothing of the state is recognised
//	arrivals     their length, varint, and which events had come. What a later format adds to them stands at their end
//	state        see the encode functions; numbers are varints or little-endian, nothing is sorted because nothing is a map.
//
// From format 5 on all up to the arrivals stays as it is in every format: whatever the models become, before or after this program, which events had
// come is read. Models of another format or version are learned anew from the log.
const (
	snapshotMagic  = "FFS"
	snapshotFormat = 10
	oldestFormat   = 5 // of which the arrivals are read
	modelVersion   = 10
)

// ErrSnapshot is wrapped by every error of Restore.
var ErrSnapshot = errors.New("unusable snapshot")

// A foreignError says that what was learned means nothing here: it is of other models, of another layout, or under another key. Which events had come by
// then is the same for all of them.
type foreignError struct {
	error
	arrivals arrivals
}

func (e *foreignError) Unwrap() error { return e.error }

// Snapshot returns all that the site knows, in a canonical form: the same state, the same bytes.
func (s *Site) Snapshot() []byte {
	s.hear()
	e := sketch.Encoder{Buf: append(make([]byte, 0, 64<<10), snapshotMagic...)}
	e.Byte(snapshotFormat)
	e.Uint(modelVersion)
	e.Uint(s.features())
	e.Text(s.name)
	e.Uint(s.fingerprint())
	var came sketch.Encoder
	s.arrivals.encode(&came)
	e.Text(string(came.Buf))
	s.clock.encode(&e)
	e.Uint(s.seen)
	s.engine.encode(&e)
	s.fusion.encode(&e)
	s.tracker.Encode(&e)
	s.book.Encode(&e)
	s.decoys.Encode(&e)
	s.sequences.encode(&e)
	s.keeping.encode(&e)
	s.influence.Encode(&e)
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
	format, d := state[3], sketch.NewDecoder(state[4:])
	h := head{format: format, model: d.Uint(), features: d.Uint(), name: d.Text(64), key: d.Uint()}
	switch {
	case d.Err() != nil:
		return d.Err()
	case format < oldestFormat:
		return fmt.Errorf("format %d, this program reads %d to %d", format, oldestFormat, snapshotFormat)
	case h.name != s.name:
		return fmt.Errorf("it is of site %q", h.name)
	}
	came, err := decodeArrivals(format, d)
	if err != nil {
		return err
	}
	why := s.foreign(&h)
	if why == nil {
		why = s.decodeState(d)
	}
	if why != nil {
		return &foreignError{why, came}
	}
	s.arrivals = came
	return nil
}

// A head is what stands first in a snapshot of any format.
type head struct {
	format          byte
	model, features uint64
	name            string
	key             uint64
}

func (s *Site) features() uint64 { return uint64(s.events.Layout().Features()) }

// foreign returns why what was learned means nothing here, nil where it does.
func (s *Site) foreign(h *head) error {
	switch {
	case h.format != snapshotFormat:
		return fmt.Errorf("format %d, this program reads models of %d", h.format, snapshotFormat)
	case h.model != modelVersion:
		return fmt.Errorf("model version %d, this program reads %d", h.model, modelVersion)
	case h.features != s.features():
		return fmt.Errorf("%d features, this program has %d", h.features, s.features())
	case h.key != s.fingerprint():
		return errors.New("it was learned under another key of the site")
	}
	return nil
}

// maxArrivals is the most bytes that the arrivals of any format take.
const maxArrivals = 1 << 20

// decodeArrivals reads which events had come, as far as this program knows of them.
func decodeArrivals(format byte, d *sketch.Decoder) (a arrivals, err error) {
	block := sketch.NewDecoder([]byte(d.Text(maxArrivals)))
	a.decode(block)
	if format == snapshotFormat && block.Left() > 0 {
		return a, fmt.Errorf("%d bytes of arrivals too many", block.Left())
	}
	return a, errors.Join(d.Err(), block.Err())
}

// decodeState reads all behind the head.
func (s *Site) decodeState(d *sketch.Decoder) error {
	s.clock.decode(d)
	s.seen = d.Uint()
	for _, decode := range [...]func(*sketch.Decoder) error{
		s.engine.decode, s.fusion.decode, s.tracker.Decode, s.book.Decode, s.decoys.Decode, s.sequences.decode,
	} {
		if err := decode(d); err != nil {
			return err
		}
	}
	s.keeping.decode(d)
	if err := s.influence.Decode(d); err != nil {
		return err
	}
	if d.Left() > 0 {
		return fmt.Errorf("%d bytes too many", d.Left())
	}
	return d.Err()
}
