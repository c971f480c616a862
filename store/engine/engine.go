// Package engine is the embedded database: the ClickHouse engine as a library in this process, and the HTTP endpoint
// that lets clickhouse-go, curl, Grafana and DBeaver speak to it as to any ClickHouse server.
//
// Install fetches the library, Open starts the engine on a data folder, Serve (or Handler) serves it:
//
//	path, err := engine.Install(ctx, engine.InstallOptions{Progress: os.Stderr})
//	e, err := engine.Open(engine.Config{Library: path, DataDir: dir}, logger)
//	err = e.Serve(ctx, listener, password)
//
// It knows nothing of frontfoot's tables. A process has at most one engine, and a data folder at most one process.
// The engine's SQL can read and write files as this process can (file(), INTO OUTFILE): whoever has the password
// has the process's rights, so the endpoint belongs on loopback.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Config says what to open. Only Library and DataDir are required.
type Config struct {
	Library string // path of libchdb.so; see DefaultLibrary
	DataDir string // the engine's folder, made when absent; one process at a time
	// Sessions is how many statements run at once (default 16); more wait. A session costs about 100 kB.
	Sessions int
	// Threads is how many threads one statement may use (default: the engine's, the number of cores).
	Threads int
	// MaxMemory bounds what all statements together may allocate, in bytes (default 2 GiB); a statement beyond it
	// fails with code 241.
	MaxMemory int64
	// Settings are query settings for every statement; a request's own win.
	Settings map[string]string
	// Arguments are further server settings of the engine, as --name=value.
	Arguments []string
}

// Engine is a running engine. Its methods may be called concurrently.
type Engine struct {
	lib      *library
	logger   *slog.Logger
	args     []string
	base     map[string]string // settings that every session has
	lock     *os.File
	free     chan *session // nil where one is to be made
	control  *session      // for KILL QUERY and nothing else, so that it never waits
	version  string
	timezone string

	killing sync.Mutex // orders the control session's statements
	busy    sync.WaitGroup
	closed  chan struct{}
	quiet   *time.Timer // runs out when no statement has run for trimAfter

	mu      sync.Mutex // guards what follows
	serial  int
	running map[*Result]struct{}
}

// trimAfter is how long the engine must be quiet before the library's pages are given back.
const trimAfter = 10 * time.Second

// ErrClosed is returned for statements after Close.
var ErrClosed = errors.New("the engine is closed")

// Open starts the engine on cfg.DataDir. A folder that another process has open is refused with an *Error.
func Open(cfg Config, logger *slog.Logger) (*Engine, error) {
	if cfg.Sessions <= 0 {
		cfg.Sessions = 16
	}
	if cfg.MaxMemory <= 0 {
		cfg.MaxMemory = 2 << 30
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	dir, err := filepath.Abs(cfg.DataDir)
	if err != nil {
		return nil, fmt.Errorf("resolving the data folder: %w", err)
	}
	if err := checkPlatform(runtime.GOOS, runtime.GOARCH); err != nil {
		return nil, err
	}
	if err := checkLibrary(cfg.Library); err != nil {
		return nil, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	taken, err := takeBackTokens(dir)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	if taken > 0 {
		logger.Info("tokens of inserts whose rows are not there were taken back", "tokens", taken, "folder", dir)
	}
	e := &Engine{logger: logger, lock: lock, running: map[*Result]struct{}{}, closed: make(chan struct{})}
	if err := e.start(cfg, dir); err != nil {
		return nil, errors.Join(err, e.stop())
	}
	e.quiet = time.AfterFunc(0, func() {
		if err := trim(cfg.Library); err != nil {
			logger.Warn("giving memory back", "error", err)
		}
	})
	logger.Info("engine started", "version", e.version, "folder", dir)
	return e, nil
}

func (e *Engine) start(cfg Config, dir string) (err error) {
	if e.lib, err = loadLibrary(cfg.Library); err != nil {
		return err
	}
	e.args = append(serverArguments(dir, cfg.MaxMemory), cfg.Arguments...)
	e.base = baseSettings(cfg)
	e.free = make(chan *session, cfg.Sessions)
	if e.control, err = e.connect(); err != nil {
		return err
	}
	for range cfg.Sessions {
		s, err := e.connect()
		if err != nil {
			return err
		}
		e.free <- s
	}
	r, err := e.control.query([]byte("SELECT version(), timezone()"), "TSVRaw", nil)
	if err != nil {
		return fmt.Errorf("asking the engine for its version: %w", err)
	}
	defer r.free()
	e.version, e.timezone, _ = strings.Cut(trimLine(r.bytes()), "\t")
	return nil
}

// serverArguments are the engine's settings that hold for all sessions: small caches, because frontfoot shares its
// machine, and no log of its own.
func serverArguments(dir string, memory int64) []string {
	return []string{
		"--path=" + dir,
		"--logger.console=false", // it writes to a terminal otherwise, between our lines
		"--max_server_memory_usage=" + strconv.FormatInt(memory, 10),
		"--mark_cache_size=67108864",
		"--primary_index_cache_size=67108864",
		"--index_mark_cache_size=16777216",
		"--os_threads_nice_value_merge_mutate=10", // merges yield to what somebody waits for
	}
}

func baseSettings(cfg Config) map[string]string {
	base := map[string]string{
		"query_profiler_real_time_period_ns": "0",
		"query_profiler_cpu_time_period_ns":  "0",
		"http_max_tries":                     "2", // ten take two minutes, in which nothing can cancel them and the engine cannot stop
		"http_receive_timeout":               "10",
	}
	if cfg.Threads > 0 {
		base["max_threads"] = strconv.Itoa(cfg.Threads)
	}
	maps.Copy(base, nativeSettings())
	maps.Copy(base, cfg.Settings)
	return base
}

// connect opens one more session, marked by a log_comment of its own so that KILL QUERY can name what it runs.
func (e *Engine) connect() (*session, error) {
	e.mu.Lock()
	e.serial++
	mark := "frontfoot-" + strconv.Itoa(e.serial)
	e.mu.Unlock()
	s, err := e.lib.connect(e.args...)
	if err != nil {
		return nil, &Error{
			Err:  fmt.Errorf("starting the engine: %w", err),
			Hint: "see that the data folder is writable and its disk not full; a folder of a newer engine cannot be opened by an older one",
		}
	}
	s.mark, s.base = mark, e.base
	settings := maps.Clone(e.base)
	settings["log_comment"] = mark
	if err := s.set(settings); err != nil {
		s.close()
		return nil, fmt.Errorf("setting up a session: %w", err)
	}
	return s, nil
}

// Close cancels what runs, waits for it and shuts the engine down; what was inserted is on disk. It can be called
// more than once.
func (e *Engine) Close() error {
	e.mu.Lock()
	select {
	case <-e.closed:
		e.mu.Unlock()
		return nil
	default:
	}
	close(e.closed)
	for r := range e.running {
		r.cancel(ErrClosed)
	}
	e.mu.Unlock()
	e.busy.Wait()
	e.quiet.Stop()
	err := e.stop()
	e.logger.Info("engine stopped")
	return err
}

func (e *Engine) stop() error {
	for len(e.free) > 0 {
		if s := <-e.free; s != nil {
			s.close()
		}
	}
	if e.control != nil {
		e.control.close()
	}
	return e.lock.Close()
}

// acquire takes a free session, waiting for one as long as ctx lives.
func (e *Engine) acquire(ctx context.Context) (*session, error) {
	e.mu.Lock()
	select {
	case <-e.closed:
		e.mu.Unlock()
		return nil, ErrClosed
	default:
	}
	e.busy.Add(1)
	e.mu.Unlock()
	select {
	case s := <-e.free:
		return e.present(s)
	case <-ctx.Done():
		e.busy.Done()
		return nil, ctx.Err()
	case <-e.closed:
		e.busy.Done()
		return nil, ErrClosed
	}
}

// present is a session from the pool: a new one where the last could not be replaced.
func (e *Engine) present(s *session) (_ *session, err error) {
	if s != nil {
		return s, nil
	}
	if s, err = e.connect(); err != nil {
		e.free <- nil
		e.busy.Done()
	}
	return s, err
}

// release gives a session back. One that its statement may have changed is replaced by a fresh one, or by none until it is needed: it must
// not answer another statement.
func (e *Engine) release(s *session, tainted bool) {
	defer e.busy.Done()
	if tainted {
		fresh, err := e.connect()
		if err != nil {
			e.logger.Error("replacing a session", "error", err)
		}
		s.close()
		s = fresh
	}
	e.free <- s
	e.quiet.Reset(trimAfter)
}

// lockFolder takes the folder for this process until the file is closed; the kernel frees it when the process dies.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "frontfoot.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		owner := make([]byte, 32)
		n, _ := f.ReadAt(owner, 0)
		return nil, errors.Join(&Error{
			Err:  fmt.Errorf("data folder %s is open in another process (%s): %w", dir, trimLine(owner[:n]), err),
			Hint: "stop that process, or give another --data folder",
		}, f.Close())
	}
	_ = f.Truncate(0)
	_, _ = f.WriteAt([]byte("pid "+strconv.Itoa(os.Getpid())+"\n"), 0)
	return f, nil
}
