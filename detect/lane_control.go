package detect

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/cenkalti/backoff/v7"
	"github.com/sourcegraph/conc/panics"

	"frontfoot/ingest/bus"
)

var errOvertaken = errors.New("later rollbacks were there when its turn came")

// A heard record is a control record of a batch, read.
type heard struct {
	Control
	offset int64
	raw    bus.Message
	state  []byte // that a rollback goes back to
	err    error  // why it means nothing
}

// mostAsked is how many rollbacks of a batch are tried: each is a question to the store.
const mostAsked = 4

// hear reads the control records of a batch. Of rollbacks the last that can be used counts, because all stand before the batch's messages; the state that
// one names is asked for until the store answers.
func (l *lane) hear(ctx context.Context, s *Site, m *siteMessages) ([]heard, error) {
	records := make([]heard, len(m.controls))
	for i := range m.controls {
		h := &records[i]
		h.offset, h.raw = m.controls[i].Offset, m.controls[i]
		h.Control, h.err = DecodeControl(h.raw.Value)
	}
	asked, found := 0, false
	for i := range slices.Backward(records) {
		h := &records[i]
		switch {
		case h.Rollback == nil:
			continue
		case found || asked == mostAsked:
			h.err = errOvertaken
			continue
		}
		asked++
		state, err := l.kept(ctx, m.site, h.Rollback)
		switch {
		case errors.Is(err, ErrNoState):
			h.err = err
		case err != nil:
			return nil, err
		default:
			h.state, h.err = state, usable(s, state)
		}
		found = h.err == nil
	}
	return records, nil
}

// usable is Check, with a panic as an error: a state of long ago is no reason to stand still.
func usable(s *Site, state []byte) (err error) {
	if thrown := panics.Try(func() { err = s.Check(state) }); thrown != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, thrown.AsError())
	}
	return err
}

// kept asks the store for the state that a rollback names.
func (l *lane) kept(ctx context.Context, site string, r *Rollback) ([]byte, error) {
	if l.worker.dep.State == nil {
		return nil, ErrNoState
	}
	state, err := backoff.Retry(ctx, func() ([]byte, error) {
		state, err := l.worker.dep.State(ctx, site, r.To, r.State)
		switch {
		case errors.Is(err, ErrNoState):
			return nil, backoff.Permanent(err)
		case err != nil:
			l.logger.WarnContext(ctx, "the lane waits for the store, to put a site back", "site", site, "err", err)
		case sha256.Sum256(state) != r.SHA256:
			return nil, backoff.Permanent(fmt.Errorf("%w: its SHA-256 differs", ErrNoState))
		}
		return state, err
	}, backoff.WithMaxElapsedTime(0))
	if r := backoff.AsRetryError(err); r != nil {
		return nil, r.LastErr
	}
	return state, err
}

// told gives a state what a control record says.
func (s *Site) told(h *heard, next int64, out *Output) error {
	switch {
	case h.err != nil:
		return h.err
	case h.Rollback != nil:
		return s.rollBack(h.Rollback, h.state, h.offset, next, out)
	}
	s.Control(h.Control, h.offset, next, out)
	return nil
}
