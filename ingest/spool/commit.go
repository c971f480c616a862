package spool

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontfoot/ingest/failpoint"
)

// errBusy means that the disk is slower than what is written: wait.
var errBusy = errors.New("waiting for the disk")

// full reports whether waiting may help.
func full(err error) bool { return errors.Is(err, ErrFull) || errors.Is(err, errBusy) }

func (s *Spool) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run commits until ctx ends, and once more then. It returns an error when the disk has failed: the spool takes nothing any more then.
func (s *Spool) Run(ctx context.Context) error {
	due := time.NewTimer(time.Hour)
	due.Stop()
	defer due.Stop()
	waiting := false
	for {
		select {
		case <-ctx.Done():
			return s.Commit()
		case <-s.wake:
			if s.dueNow() {
				break
			}
			if !waiting {
				waiting = true
				due.Reset(s.set.CommitEvery)
			}
			continue
		case <-due.C:
		}
		waiting = false
		due.Stop()
		if err := s.Commit(); err != nil {
			return err
		}
	}
}

func (s *Spool) dueNow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unsynced >= s.set.CommitBytes
}

// Commit makes what was appended durable and lets it be read. A disk that fails once is not tried again.
func (s *Spool) Commit() error {
	s.committing.Lock()
	defer s.committing.Unlock()
	s.mu.Lock()
	if s.failed != nil {
		defer s.mu.Unlock()
		if errors.Is(s.failed, errClosed) {
			return nil
		}
		return s.failed
	}
	if err := s.writeHeld(); err != nil {
		defer s.mu.Unlock()
		return err
	}
	dirty := s.dirty
	ends := make([]int64, len(dirty))
	for i, seg := range dirty {
		ends[i] = seg.written
	}
	unsynced := s.unsynced
	s.dirty = nil
	s.mu.Unlock()

	failpoint.Hit("spool_before_fsync")
	began := time.Now()
	for _, seg := range dirty {
		if err := s.set.sync(seg.f); err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.fail(fmt.Errorf("making the spool durable: %w", err))
		}
	}
	failpoint.Hit("spool_after_fsync")
	if len(dirty) > 0 {
		s.metrics.Sync.Observe(time.Since(began).Seconds())
	}
	s.mu.Lock()
	for i, seg := range dirty {
		seg.end = ends[i]
	}
	s.unsynced -= unsynced
	for _, seg := range s.segments {
		if seg.sealed && seg.end == seg.written { // readers have their own
			_ = seg.close()
		}
	}
	if len(dirty) > 0 {
		s.broadcast()
	}
	s.mu.Unlock()
	return nil
}
