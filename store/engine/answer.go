package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// answer sends a result as the client asked for it.
type answer struct {
	w      http.ResponseWriter
	call   *call
	result *Result
	tag    string // in the header and around an exception that comes after bytes
	out    io.WriteCloser
	buf    []byte // transcoded Native, reused
}

// send writes headers and blocks. Until the first block is there an error can still become a status.
func (a *answer) send(e *Engine, r *http.Request) {
	native := a.call.revision > 0 && strings.EqualFold(a.result.Format, "Native")
	block, err := a.block(native)
	if errors.Is(err, io.EOF) && native {
		// The engine writes nothing for no rows; ClickHouse writes the columns' names. Asking for them needs a session,
		// and nobody may wait for one while holding one.
		_ = a.result.Close()
		block, err = e.describe(r.Context(), a.call.request, a.call.revision), nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		writeException(a.w, err, 0)
		return
	}
	a.header()
	if r.Method == http.MethodHead {
		return
	}
	if err := a.open(); err != nil {
		writeException(a.w, err, 0)
		return
	}
	for err == nil {
		if len(block) > 0 {
			if _, err := a.out.Write(block); err != nil {
				return // the client has gone away: the request's context ends the statement
			}
		}
		block, err = a.block(native)
	}
	if !errors.Is(err, io.EOF) {
		a.fail(err)
		return
	}
	_ = a.out.Close()
}

// block is the next piece of the result, framed for the client's revision.
func (a *answer) block(native bool) ([]byte, error) {
	b, err := a.result.Next()
	if err != nil || !native {
		return b, err
	}
	a.buf, err = transcodeNative(a.buf[:0], b, a.call.revision)
	return a.buf, err
}

func (a *answer) header() {
	s := a.result.Stats()
	summary, _ := json.Marshal(map[string]string{ // strings, as ClickHouse has them
		"read_rows": decimal(s.ReadRows), "read_bytes": decimal(s.ReadBytes),
		"written_rows": decimal(s.WrittenRows), "written_bytes": decimal(s.WrittenBytes),
		"total_rows_to_read": "0", "result_rows": decimal(s.WrittenRows), "result_bytes": decimal(s.ResultBytes),
		"elapsed_ns": strconv.FormatInt(s.Elapsed.Nanoseconds(), 10),
	})
	h := a.w.Header()
	h.Set("X-Clickhouse-Summary", string(summary))
	h.Set("X-Clickhouse-Format", a.result.Format)
	h.Set("X-Clickhouse-Exception-Tag", a.tag)
	h.Set("Content-Type", contentType(a.result.Format))
	if a.call.encoding != "" {
		h.Set("Content-Encoding", a.call.encoding)
	}
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }

// open puts the compression that the client asked for between the blocks and the connection.
func (a *answer) open() (err error) {
	switch {
	case a.call.framed != "":
		a.out = newFramedWriter(a.w, a.call.framed)
	case a.call.encoding != "":
		a.out, err = encoders[a.call.encoding](a.w)
	default:
		a.out = plainWriter{a.w}
	}
	return err
}

// plainWriter gives a Writer a Close that does nothing.
type plainWriter struct{ io.Writer }

func (plainWriter) Close() error { return nil }

// fail ends an answer whose beginning was sent already: the exception stands in the body, framed by the tag that the
// header announced.
func (a *answer) fail(err error) {
	text := err.Error()
	if e, ok := errors.AsType[*Exception](err); ok {
		text = e.Text
	}
	const marker = "__exception__"
	fmt.Fprintf(a.out, "\r\n%s\r\n%s\r\n%s\n%d %s\r\n%s\r\n", marker, a.tag, text, len(text)+1, a.tag, marker)
	_ = a.out.Close()
}

// contentType is what ClickHouse sends for a format.
func contentType(format string) string {
	f := strings.ToLower(format)
	switch {
	case f == "jsoneachrow", f == "jsonlines", f == "ndjson", strings.HasSuffix(f, "eachrow") && strings.HasPrefix(f, "json"):
		return "application/x-ndjson; charset=UTF-8"
	case strings.HasPrefix(f, "json"):
		return "application/json; charset=UTF-8"
	case strings.HasPrefix(f, "csv"):
		return "text/csv; charset=UTF-8; header=" + present(strings.Contains(f, "withnames"))
	case strings.HasPrefix(f, "tabseparated"), strings.HasPrefix(f, "tsv"):
		return "text/tab-separated-values; charset=UTF-8"
	case f == "xml":
		return "application/xml; charset=UTF-8"
	case f == "native", f == "arrow", f == "arrowstream", f == "parquet", f == "orc", f == "avro", strings.HasPrefix(f, "rowbinary"), f == "msgpack":
		return "application/octet-stream"
	}
	return "text/plain; charset=UTF-8"
}

func present(yes bool) string {
	if yes {
		return "present"
	}
	return "absent"
}
