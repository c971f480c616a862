package engine

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Request is one statement.
type Request struct {
	SQL      []byte
	Format   string            // of a result without a FORMAT clause; default TabSeparated
	Database string            // default "default"
	Settings map[string]string // for this statement alone
	Params   map[string]string // values of {name:Type} placeholders, in TSV escaping; the engine fills them in
	ReadOnly bool              // refuse what changes anything
	ID       string            // names the statement for KILL QUERY WHERE query_id = '…'
	Whole    bool              // end the statement before the first bytes: no error can come after them
	Data     io.Reader         // rows of an INSERT, behind those in SQL; may be nil
}

// Stats counts what a statement read and wrote.
type Stats struct {
	ReadRows, ReadBytes       uint64
	WrittenRows, WrittenBytes uint64
	ResultBytes               uint64
	Elapsed                   time.Duration
}

// Result is a statement's answer, to be read by one goroutine and closed. Where the format allows, it is read while
// the engine still works on it: an error can come after bytes.
type Result struct {
	Format string // of the bytes

	engine  *Engine
	id      string
	session *session
	tainted bool // the session may hold something of this statement: after an error its next one has answered with rows of it
	start   time.Time
	stats   Stats
	stream  *stream
	block   *result
	pending bool // block was not handed out yet
	cancel  context.CancelCauseFunc
	unguard func()
}

// Query runs one statement and returns its result. When ctx ends the engine cancels it. Errors of the engine are
// *Exception.
func (e *Engine) Query(ctx context.Context, req Request) (*Result, error) {
	st := parseStatement(req.SQL)
	if id, ok := killTarget(st); ok && !req.ReadOnly {
		req = e.kill(id, req)
		st = parseStatement(req.SQL)
	}
	s, err := e.acquire(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	r := &Result{engine: e, id: req.ID, session: s, cancel: cancel, start: time.Now(), Format: st.format}
	r.unguard = e.guard(ctx, s)
	e.mu.Lock()
	e.running[r] = struct{}{}
	select {
	case <-e.closed: // after Close has cancelled what was running
		cancel(ErrClosed)
	default:
	}
	e.mu.Unlock()
	if err := r.run(ctx, st, req); err != nil {
		r.tainted = true
		if cause := context.Cause(ctx); cause != nil {
			err = errors.Join(cause, err)
		}
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Result) run(ctx context.Context, st statement, req Request) error {
	if err := r.session.prepare(req.Settings, req.Database); err != nil {
		return err
	}
	if r.Format == "" {
		r.Format = req.Format
	}
	if r.Format == "" {
		r.Format = "TabSeparated"
	}
	params := make([]param, 0, len(req.Params))
	for _, name := range slices.Sorted(maps.Keys(req.Params)) {
		params = append(params, param{name, req.Params[name]})
	}
	if st.insert {
		if req.ReadOnly {
			return readOnly()
		}
		return r.insert(ctx, st, req.Data, params)
	}
	statements, class := r.session.classify(req.SQL)
	switch {
	case statements > 1:
		return exception(62, "SYNTAX_ERROR", "Multi-statements are not allowed")
	case class == classUnknown && len(bytes.TrimSpace(req.SQL)) == 0:
		return exception(62, "SYNTAX_ERROR", "Empty query")
	case req.ReadOnly && class == classUnknown:
		// Nearly always a syntax error, which the engine words best; should it run, it runs without rights.
		if err := r.session.exec("SET readonly = 1"); err != nil {
			return err
		}
	case req.ReadOnly && class != classRead:
		return readOnly()
	}
	r.tainted = class == classControl || req.ReadOnly && class == classUnknown
	return r.query(st, req, params)
}

func readOnly() error {
	return exception(164, "READONLY", "Cannot execute query in readonly mode: with method GET only queries that change nothing are allowed")
}

// query starts the statement: block by block when it may be cut so, else for its whole result.
func (r *Result) query(st statement, req Request, params []param) (err error) {
	if st.selects && !req.Whole && !st.totals && appendable[strings.ToLower(r.Format)] && req.Settings["extremes"] == "" {
		r.stream, err = r.session.stream(req.SQL, r.Format, params)
		if err == nil {
			return r.fetch()
		}
		if !isNotStreamable(err) {
			return err
		}
	}
	r.block, err = r.session.query(req.SQL, r.Format, params)
	r.pending = err == nil
	return err
}

// isNotStreamable recognises the engine's refusal to stream a statement that is no plain SELECT; nothing was run then.
func isNotStreamable(err error) bool {
	var e *Exception
	return errors.As(err, &e) && e.Code == 36 && strings.Contains(e.Text, "Streaming query is not supported")
}

// appendable are the formats, in lower case, whose documents can be cut between blocks. The engine closes and opens a
// document around every block, so that those with a header, a footer or a separator cannot be streamed.
var appendable = map[string]bool{
	"native": true, "tabseparated": true, "tsv": true, "tabseparatedraw": true, "tsvraw": true, "csv": true,
	"jsoneachrow": true, "jsonlines": true, "ndjson": true, "jsonstringseachrow": true, "jsoncompacteachrow": true,
	"jsoncompactstringseachrow": true, "rowbinary": true, "tskv": true, "lineasstring": true, "rawblob": true, "null": true,
}

// insertBuffer is how much of an INSERT's rows is handed to the engine at a time.
const insertBuffer = 64 << 10

func (r *Result) insert(ctx context.Context, st statement, data io.Reader, params []param) error {
	format := st.format
	if format == "" {
		format = "Values"
	}
	in, err := r.session.insert(st.bare, format, params)
	if err != nil {
		return err
	}
	defer in.close()
	if data == nil {
		data = bytes.NewReader(nil)
	}
	data = io.MultiReader(bytes.NewReader(st.data), data)
	buf := make([]byte, insertBuffer)
	for {
		n, err := data.Read(buf)
		if !in.append(buf[:n]) {
			break
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			in.abort()
			return err
		}
	}
	r.block, err = in.done()
	r.pending = err == nil
	return err
}

// fetch gets the next block of a stream.
func (r *Result) fetch() (err error) {
	r.block, err = r.stream.next()
	r.pending = err == nil && r.block != nil
	return err
}

// Next returns the next bytes of the answer, valid until the next call of Next or Close; io.EOF at its end.
func (r *Result) Next() ([]byte, error) {
	if !r.pending {
		r.drop()
		if r.stream == nil || r.session == nil {
			return nil, io.EOF
		}
		if err := r.fetch(); err != nil {
			r.tainted = true
			return nil, err
		}
		if r.block == nil {
			return nil, io.EOF
		}
	}
	r.pending = false
	b := r.block.bytes()
	r.stats.ResultBytes += uint64(len(b))
	return b, nil
}

// drop gives the block back to the engine, counted.
func (r *Result) drop() {
	if r.block == nil {
		return
	}
	lib := r.engine.lib
	r.stats.ReadRows += lib.storageRows(r.block.ptr)
	r.stats.ReadBytes += lib.storageBytes(r.block.ptr)
	r.stats.WrittenRows += lib.rowsWritten(r.block.ptr)
	r.stats.WrittenBytes += lib.bytesWritten(r.block.ptr)
	r.block.free()
	r.block = nil
}

// Stats are the counts so far.
func (r *Result) Stats() Stats {
	s := r.stats
	if r.block != nil {
		lib := r.engine.lib
		s.ReadRows += lib.storageRows(r.block.ptr)
		s.ReadBytes += lib.storageBytes(r.block.ptr)
		s.WrittenRows += lib.rowsWritten(r.block.ptr)
		s.WrittenBytes += lib.bytesWritten(r.block.ptr)
	}
	s.Elapsed = time.Since(r.start)
	return s
}

// Close ends the statement, finished or not, and gives its session back. It can be called more than once.
func (r *Result) Close() error {
	if r.session == nil {
		return nil
	}
	r.unguard()
	r.cancel(nil)
	r.drop()
	if r.stream != nil {
		r.tainted = r.tainted || !r.stream.ended
		r.stream.close()
	}
	r.engine.mu.Lock()
	delete(r.engine.running, r)
	r.engine.mu.Unlock()
	r.engine.release(r.session, r.tainted)
	r.session = nil
	return nil
}
