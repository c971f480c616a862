package engine

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// library is libchdb's C interface, loaded into this process. It is never unloaded: the engine's threads outlive
// its last connection.
type library struct {
	connectC     func(argc int32, argv unsafe.Pointer) *uintptr
	closeC       func(conn *uintptr)
	queryC       statementFunc
	streamC      statementFunc
	fetchC       func(conn, stream uintptr) uintptr
	cancelC      func(conn, stream uintptr)
	insertC      statementFunc
	appendC      func(insert uintptr, data unsafe.Pointer, n uintptr) int32
	doneC        func(insert uintptr) uintptr
	insertErrorC func(insert uintptr) string
	abortC       func(insert uintptr)
	destroyInsC  func(insert uintptr)
	classifyC    func(conn uintptr, sql unsafe.Pointer, n uintptr, database unsafe.Pointer, dn uintptr, out *analysis) int32
	destroyC     func(result uintptr)
	bufferC      func(result uintptr) unsafe.Pointer
	lengthC      func(result uintptr) uintptr
	errorC       func(result uintptr) string
	storageRows  func(result uintptr) uint64
	storageBytes func(result uintptr) uint64
	rowsWritten  func(result uintptr) uint64
	bytesWritten func(result uintptr) uint64
	versionC     func() string
	signalsC     func(enabled int32)
	shutdownC    func() int32
}

// statementFunc is the shape of chdb_query_with_params_n and of its streaming twin.
type statementFunc func(conn uintptr, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr,
	names, nameLens, values, valueLens unsafe.Pointer, count uintptr) uintptr

// loadLibrary loads the shared object at path. The engine is told to leave the process's signals to the Go runtime.
func loadLibrary(path string) (lib *library, err error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, loadError(path, err)
	}
	// RegisterLibFunc panics when a symbol is missing: the file is then some other library, or another version of it.
	defer func() {
		if r := recover(); r != nil {
			lib, err = nil, wrongLibrary(path, fmt.Errorf("%v", r))
		}
	}()
	lib = &library{}
	for name, fn := range map[string]any{
		"chdb_connect":                     &lib.connectC,
		"chdb_close_conn":                  &lib.closeC,
		"chdb_query_with_params_n":         &lib.queryC,
		"chdb_stream_query_with_params_n":  &lib.streamC,
		"chdb_stream_fetch_result":         &lib.fetchC,
		"chdb_stream_cancel_query":         &lib.cancelC,
		"chdb_destroy_query_result":        &lib.destroyC,
		"chdb_stream_insert_with_params_n": &lib.insertC,
		"chdb_stream_append":               &lib.appendC,
		"chdb_stream_done":                 &lib.doneC,
		"chdb_stream_insert_error":         &lib.insertErrorC,
		"chdb_stream_cancel_insert":        &lib.abortC,
		"chdb_destroy_insert_stream":       &lib.destroyInsC,
		"chdb_classify_query_n":            &lib.classifyC,
		"chdb_result_buffer":               &lib.bufferC,
		"chdb_result_length":               &lib.lengthC,
		"chdb_result_error":                &lib.errorC,
		"chdb_result_storage_rows_read":    &lib.storageRows,
		"chdb_result_storage_bytes_read":   &lib.storageBytes,
		"chdb_result_rows_written":         &lib.rowsWritten,
		"chdb_result_bytes_written":        &lib.bytesWritten,
		"chdb_version":                     &lib.versionC,
		"chdb_set_signal_handlers_enabled": &lib.signalsC,
		"chdb_shutdown":                    &lib.shutdownC,
	} {
		purego.RegisterLibFunc(fn, handle, name)
	}
	keepSignals(func() { lib.signalsC(0) })
	return lib, nil
}

// session is one connection to the engine: it runs one statement at a time, and its callers see to that.
type session struct {
	lib      *library
	handle   *uintptr
	mark     string            // its log_comment, which names it in system.processes
	base     map[string]string // settings that it always has
	current  map[string]string // settings of the last request, still in effect
	database string            // "" stands for default
}

// connect opens a session. The first one of a process starts the engine with args; the later ones only join it.
func (l *library) connect(args ...string) (*session, error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	argv := make([]*byte, 0, len(args)+2)
	for _, a := range append([]string{"clickhouse"}, args...) {
		if strings.IndexByte(a, 0) >= 0 {
			return nil, errors.New("an argument of the engine holds a NUL")
		}
		p := &append([]byte(a), 0)[0]
		pin.Pin(p)
		argv = append(argv, p)
	}
	argc := len(argv)
	argv = append(argv, nil)
	var handle *uintptr
	keepSignals(func() { handle = l.connectC(int32(argc), unsafe.Pointer(&argv[0])) })
	if handle == nil || *handle == 0 {
		return nil, errors.New("the engine refused the connection")
	}
	return &session{lib: l, handle: handle, current: map[string]string{}}, nil
}

func (s *session) close() {
	s.lib.closeC(s.handle)
	s.handle = nil
}

// param is a value for a {name:Type} placeholder, in TSV escaping, which is what the engine parses it as.
type param struct{ name, value string }

// query runs one statement and returns its whole result, which the caller frees.
func (s *session) query(sql []byte, format string, params []param) (*result, error) {
	return s.lib.result(s.run(s.lib.queryC, sql, format, params))
}

// stream starts a SELECT whose result is fetched block by block.
func (s *session) stream(sql []byte, format string, params []param) (*stream, error) {
	r, err := s.lib.result(s.run(s.lib.streamC, sql, format, params))
	if err != nil {
		return nil, err
	}
	return &stream{session: s, head: r}, nil
}

func (s *session) run(fn statementFunc, sql []byte, format string, params []param) uintptr {
	var pin runtime.Pinner
	defer pin.Unpin()
	ptr := func(b []byte) unsafe.Pointer {
		if len(b) == 0 {
			b = []byte{0}
		}
		pin.Pin(&b[0])
		return unsafe.Pointer(&b[0])
	}
	n := len(params)
	names, nameLens := make([]unsafe.Pointer, n+1), make([]uintptr, n+1)
	values, valueLens := make([]unsafe.Pointer, n+1), make([]uintptr, n+1)
	for i, p := range params {
		names[i], nameLens[i] = ptr([]byte(p.name)), uintptr(len(p.name))
		values[i], valueLens[i] = ptr([]byte(p.value)), uintptr(len(p.value))
	}
	pin.Pin(&names[0])
	pin.Pin(&nameLens[0])
	pin.Pin(&values[0])
	pin.Pin(&valueLens[0])
	return fn(*s.handle, ptr(sql), uintptr(len(sql)), ptr([]byte(format)), uintptr(len(format)),
		unsafe.Pointer(&names[0]), unsafe.Pointer(&nameLens[0]), unsafe.Pointer(&values[0]), unsafe.Pointer(&valueLens[0]), uintptr(n))
}

// result is one block of bytes that the engine owns until free.
type result struct {
	lib *library
	ptr uintptr
}

// result wraps a handle of the engine; its error, if it holds one, is returned as *Exception and the handle freed.
func (l *library) result(ptr uintptr) (*result, error) {
	if ptr == 0 {
		return nil, errors.New("the engine returned nothing")
	}
	if text := l.errorC(ptr); text != "" {
		l.destroyC(ptr)
		return nil, parseException(text)
	}
	return &result{lib: l, ptr: ptr}, nil
}

// bytes is the engine's memory: valid until free.
func (r *result) bytes() []byte {
	n := r.lib.lengthC(r.ptr)
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(r.lib.bufferC(r.ptr)), n)
}

func (r *result) free() { r.lib.destroyC(r.ptr) }

// stream is a SELECT in progress. Its session is busy until close.
type stream struct {
	session *session
	head    *result
	ended   bool
}

// next returns the next block, nil at the end.
func (s *stream) next() (*result, error) {
	if s.ended {
		return nil, nil
	}
	r, err := s.session.lib.result(s.session.lib.fetchC(*s.session.handle, s.head.ptr))
	if err != nil {
		s.ended = true
		return nil, err
	}
	if s.session.lib.lengthC(r.ptr) == 0 {
		s.ended = true
		r.free()
		return nil, nil
	}
	return r, nil
}

// close ends the statement, finished or not.
func (s *stream) close() {
	if !s.ended {
		s.session.lib.cancelC(*s.session.handle, s.head.ptr)
	}
	s.head.free()
}

// analysis is chdb_query_analysis_v1: what the engine's parser says of a text.
type analysis struct {
	size, statements, _, class uint32 // the third are flags
}
