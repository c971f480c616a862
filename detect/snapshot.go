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
//	             count over rows, version 3 excess, version 4 meeting, and version 5 drift, which then know nothing yet, that version 4 took a source's own mapped address for
//	             one that it spoke to, that those before 5 counted values otherwise, that those before 7 learned all of everybody, which is read as well, and that excess
//	             knows nothing yet of what those before 7 wrote. Versions that share a format share its layout
//	             but for that
//	features     varint, how many features the layout has
//	site         text
//	key          varint, a hash of a fixed text under the site's key: under another key nothing of the state is recognised
//	arrivals     their length, varint, and which events had come. What a later format adds to them stands at their end
//	state        see the encode functions; numbers are varints or little-endian, nothing is sorted because nothing is a map.
//	             In formats 1 to 4 the arrivals stood behind the tracker. Format 1 ended before them, format 2 before the tracker's marks, the verdicts and the
//	             decoys, format 3 before the tracker's memory of counted stories and the models that count over rows (their number, and of each the name and
//	             what it knows, with its length), format 4 before what the evidence of stories is of, format 5 before what is known of kept states and the
//	             tracker's memory of stories that one row as a whole tells; in formats 1 to 6 a fusion had a view more, and formats 1 to 7 ended before who taught how much. They are still read.
//
// From format 5 on all up to the arrivals stays as it is in every format: whatever the models become, before or after this program, which events had
// come is read.
const (
	snapshotMagic  = "FFS"
	snapshotFormat = 8
	arrivalsFirst  = 5 // the format from which on the arrivals stand before what the models know
	twoViews       = 7 // the format from which on a fusion has two views
	influences     = 8 // the format from which on it is known who taught how much
	oldestFormat   = 1
	modelVersion   = 7
	oldestModel    = 2
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
	s.arrivals.encodeMore(&came)
	e.Text(string(came.Buf))
	s.clock.encode(&e)
	e.Uint(s.seen)
	s.engine.encode(&e)
	s.fusion.encode(&e)
	s.tracker.Encode(&e)
	s.tracker.EncodeMarks(&e)
	s.book.Encode(&e)
	s.decoys.Encode(&e)
	s.tracker.EncodeCounted(&e)
	s.sequences.encode(&e)
	s.tracker.EncodeSorts(&e)
	s.keeping.encode(&e)
	s.tracker.EncodeWhole(&e)
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
		return h.unread()
	case h.name != s.name:
		return fmt.Errorf("it is of site %q", h.name)
	case format < arrivalsFirst:
		return s.restoreOld(&h, d)
	}
	came, err := decodeArrivals(format, d)
	if err != nil {
		return err
	}
	why := s.foreign(&h)
	if why == nil {
		why = s.decodeState(format, d)
	}
	if why != nil {
		return &foreignError{why, came}
	}
	s.arrivals = came
	return nil
}

// restoreOld reads a format in which what the models know must be read to find the arrivals.
func (s *Site) restoreOld(h *head, d *sketch.Decoder) error {
	why := s.foreign(h)
	if h.features != s.features() {
		return why
	}
	if err := s.decodeState(h.format, d); err != nil {
		return err
	}
	if why != nil {
		return &foreignError{why, s.arrivals}
	}
	return nil
}

// A head is what stands first in a snapshot of any format.
type head struct {
	format          byte
	model, features uint64
	name            string
	key             uint64
}

func (h *head) unread() error {
	return fmt.Errorf("format %d, this program reads %d to %d", h.format, oldestFormat, snapshotFormat)
}

func (s *Site) features() uint64 { return uint64(s.events.Layout().Features()) }

// foreign returns why what was learned means nothing here, nil where it does.
func (s *Site) foreign(h *head) error {
	switch {
	case h.format > snapshotFormat:
		return h.unread()
	case h.model < oldestModel || h.model > modelVersion:
		return fmt.Errorf("model version %d, this program reads %d to %d", h.model, oldestModel, modelVersion)
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
	a.decodeMore(block)
	if format == snapshotFormat && block.Left() > 0 {
		return a, fmt.Errorf("%d bytes of arrivals too many", block.Left())
	}
	return a, errors.Join(d.Err(), block.Err())
}

// decodeState reads all behind the head.
func (s *Site) decodeState(format byte, d *sketch.Decoder) error {
	s.clock.decode(d)
	s.seen = d.Uint()
	if err := s.engine.decode(d); err != nil {
		return err
	}
	if err := s.fusion.decode(format, d); err != nil {
		return err
	}
	if err := s.tracker.Decode(d); err != nil {
		return err
	}
	switch {
	case format == 1:
		s.arrivals.begun, s.arrivals.late = true, true
	case format < arrivalsFirst:
		s.arrivals.decode(d)
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
	if format >= 6 {
		s.keeping.decode(d)
		if err := s.tracker.DecodeWhole(d); err != nil {
			return err
		}
	}
	if format < influences {
		s.influence.Pass(s.clock.day(), nil)
	} else if err := s.influence.Decode(d); err != nil {
		return err
	}
	if d.Left() > 0 {
		return fmt.Errorf("%d bytes too many", d.Left())
	}
	return d.Err()
}
