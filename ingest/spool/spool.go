// Package spool keeps the lines that a site's inputs took until Kafka has them: Append makes them durable on disk, together with how far their
// source was read, and gives each a number; a Reader gives them back in order, in this run or a later one, until Acknowledge says that they are
// elsewhere. A spool holds a bounded number of bytes: when it is full, Append waits, or refuses. It parses nothing and sends nothing.
//
// What holds after a crash at any moment:
//
//	before the segment has its name          the file is removed
//	while a frame is written                 the frame is cut off; nobody was told that it is durable
//	after writing, before fsync              the frame is there or it is cut off, its position with it; nobody was told
//	after fsync                              the frame is there, and is read until it is acknowledged
//	while an acknowledgement is written      the last durable one holds: what came since is read again, under the same numbers
//	while a segment is removed               it is there, acknowledged, or gone
//
// and after damage:
//
//	a frame, also the last of a segment      is passed over and reported (ledger.Damaged): with the numbers of its lines where a frame follows
//	a note that is whole and means nothing   it is reported in its own place
//	the head of a segment                    its copy is used
//	both copies, or a file that is none      the file is set aside (NAME.bad, all are kept); the numbers missing are reported
//	a segment removed or of an older state   the numbers missing are reported
//	a renamed segment                        gets its name back
//	the acknowledgements                     everything is read again
//	a position                               the source is read again from where its input says
//
// What the disk cannot read is not taken for damage at a start: it may be there again soon, and lines that were passed over would come twice then.
// The spool does not open. While it runs, a page that cannot be read is damage.
package spool

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sys/unix"

	"frontfoot/ingest/hint"
	"frontfoot/ingest/ledger"
	"frontfoot/ingest/line"
)

// Settings say where and how large. Dir must be set.
type Settings struct {
	// Dir is the spool's own folder. It is made where there is none.
	Dir string
	// MaxBytes is how much of the disk it may take, 2 GiB where zero. Below four segments it takes four.
	MaxBytes int64
	// SegmentBytes is the size of a segment, 16 MiB where zero. A segment is removed as a whole.
	SegmentBytes int64
	// CommitEvery and CommitBytes bound how long and how much is written before it is made durable: 50 ms and 1 MiB where zero.
	CommitEvery time.Duration
	CommitBytes int64

	// allocate, sync, readAt and writeAt stand in for the kernel in tests.
	allocate func(*os.File, int64) error
	sync     func(*os.File) error
	readAt   func(f *os.File, p []byte, off int64) (int, error)
	writeAt  func(f *os.File, p []byte, off int64) (int, error)
}

func (s Settings) withDefaults() Settings {
	s.SegmentBytes = max(cmp.Or(s.SegmentBytes, 16<<20), headBlock+page)
	s.MaxBytes = max(cmp.Or(s.MaxBytes, 2<<30), 4*s.SegmentBytes)
	s.CommitEvery = cmp.Or(s.CommitEvery, 50*time.Millisecond)
	s.CommitBytes = cmp.Or(s.CommitBytes, 1<<20)
	if s.allocate == nil {
		s.allocate = func(f *os.File, size int64) error { return unix.Fallocate(int(f.Fd()), 0, 0, size) }
	}
	if s.sync == nil {
		s.sync = (*os.File).Sync
	}
	if s.readAt == nil {
		s.readAt = (*os.File).ReadAt
	}
	if s.writeAt == nil {
		s.writeAt = (*os.File).WriteAt
	}
	return s
}

// Metrics count what the spool does. Every field must be set.
type Metrics struct {
	Bytes   prometheus.Gauge    // of the disk that are taken
	Backlog prometheus.Gauge    // lines taken and not acknowledged
	Frames  prometheus.Counter  // frames written
	Sync    prometheus.Observer // seconds of a commit
	Full    prometheus.Gauge    // 1 while there is no room for lines
	Damaged prometheus.Counter  // places that could not be read
}

// maxUnsynced is how much may be written and not durable: then Append waits for the disk.
const maxUnsynced = 8 << 20

var (
	// ErrFull means that there is no room for lines now.
	ErrFull = errors.New("spool is full")
	// errClosed means that Close was called.
	errClosed = errors.New("spool is closed")
)

// A Spool is open. Its methods may be called concurrently.
type Spool struct {
	set     Settings
	logger  *slog.Logger
	metrics Metrics
	lock    *os.File
	epoch   Epoch

	committing sync.Mutex // one commit at a time, so that what is durable only grows

	mu        sync.Mutex
	segments  []*segment // in order of their numbers; the last one is active where it is not sealed
	reserve   int64      // bytes of the reserve file, 0 where there is none
	bytes     int64      // of all files
	number    uint64     // of the next segment
	seq, note uint64     // the next of this epoch
	positions map[string][]byte
	scratch   []byte
	dirty     []*segment // written since the last commit
	unsynced  int64
	held      [][]byte // taken and not written: see holdBack
	full      bool
	retryAt   time.Time       // not before then is a full disk tried again
	pending   []ledger.Entry  // losses that there was no room to write down
	reported  map[string]bool // damage that was written down
	changed   chan struct{}   // closed and replaced whenever something is committed or there may be room
	wake      chan struct{}   // tells Run that something is dirty
	failed    error           // why nothing is taken any more

	acked ackFile
	ends  map[Epoch]uint64 // the number after the last event of earlier epochs, as far as can be told
}

// Open makes the folder this process's own, reads what is there, repairs it, and begins a new epoch. No damage that it finds in the
// folder is a reason not to open; a folder that cannot be used or read, or is in use, is an *hint.Error. Run must be called for anything to become durable.
func Open(set Settings, logger *slog.Logger, metrics Metrics) (*Spool, error) {
	s := &Spool{
		set: set.withDefaults(), logger: logger, metrics: metrics,
		positions: map[string][]byte{}, reported: map[string]bool{}, ends: map[Epoch]uint64{},
		changed: make(chan struct{}), wake: make(chan struct{}, 1),
	}
	_, _ = rand.Read(s.epoch[:]) // never fails
	if err := s.lockFolder(); err != nil {
		return nil, err
	}
	if err := s.recover(); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the spool %s: %w", s.set.Dir, err), s.release())
	}
	return s, nil
}

// lockFolder makes the folder and keeps other processes out of it.
func (s *Spool) lockFolder() error {
	if err := s.makeFolders(s.set.Dir); err != nil {
		return &hint.Error{Err: fmt.Errorf("making the spool's folder: %w", err), Hint: "let this user write there, or choose another data folder"}
	}
	f, err := os.OpenFile(filepath.Join(s.set.Dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return &hint.Error{Err: fmt.Errorf("opening the spool's folder: %w", err), Hint: "let this user write to " + s.set.Dir}
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return &hint.Error{
				Err:  fmt.Errorf("opening the spool %s: it is in use", s.set.Dir),
				Hint: "another collector works on this folder: stop it, or give this one another data folder; two never share one",
			}
		}
		return fmt.Errorf("locking the spool %s: %w", s.set.Dir, err)
	}
	s.lock = f
	return nil
}

// Epoch returns the epoch of what is appended now.
func (s *Spool) Epoch() Epoch { return s.epoch }

// Positions returns how far each source was read, as far as it is written down.
func (s *Spool) Positions() []line.Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]line.Position, 0, len(s.positions))
	for key, value := range s.positions {
		all = append(all, line.Position{Key: key, Value: value})
	}
	return all
}

// Close commits what was appended, unless a commit has failed, and releases the folder. The second call does nothing.
func (s *Spool) Close() error {
	err := s.Commit()
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.failed, errClosed) {
		return nil
	}
	if last := s.active(); last != nil && s.failed == nil {
		err = errors.Join(err, s.seal(last))
	}
	if s.failed != nil {
		err = nil // it was told already
	}
	s.failed = errClosed
	s.broadcast()
	return errors.Join(err, s.release())
}

// release closes what is open.
func (s *Spool) release() error {
	var errs []error
	for _, seg := range s.segments {
		errs = append(errs, seg.close())
	}
	return errors.Join(append(errs, s.acked.close(), s.lock.Close())...)
}

// broadcast tells those who wait that something has changed.
func (s *Spool) broadcast() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// fail makes every later call end with err. What failed once is not tried again: after an fsync that failed nobody knows what is on the disk.
func (s *Spool) fail(err error) error {
	if s.failed == nil {
		s.failed = err
		s.broadcast()
	}
	return s.failed
}
