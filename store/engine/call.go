package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const (
	maxBody  = 8 << 30  // bytes of a request's body as sent, rows of an INSERT included: these are passed on as they come
	maxQuery = 16 << 20 // bytes of a statement's text without rows
	lookFor  = 1 << 20  // bytes at the start of a body in which an INSERT's FORMAT or VALUES must stand
)

// call is a request of the HTTP interface, taken apart.
type call struct {
	request  Request
	revision int    // client_protocol_version: how Native is to be framed
	framed   string // compress=1: the method of ClickHouse's own framing, "" for none
	encoding string // Content-Encoding of the answer, "" for none
}

// ownParameters are URL parameters that are no settings: ClickHouse's for its HTTP interface, or of sessions and quotas
// that there are not. log_comment is how the engine knows what to cancel.
var ownParameters = map[string]bool{
	"query": true, "query_id": true, "database": true, "default_format": true, "user": true, "password": true,
	"compress": true, "decompress": true, "client_protocol_version": true, "quota_key": true, "session_id": true,
	"session_timeout": true, "session_check": true, "close_session": true, "stacktrace": true, "role": true,
	"buffer_size": true, "wait_end_of_query": true, "readonly": true, "log_comment": true,
	"enable_http_compression": true, "http_zlib_compression_level": true, "network_compression_method": true,
	"network_zstd_compression_level": true, "http_native_compression_disable_checksumming_on_decompress": true,
	"send_progress_in_http_headers": true, "http_headers_progress_interval_ms": true,
	"cancel_http_readonly_queries_on_client_disconnect": true, "http_write_exception_in_output_format": true,
}

// readCall takes a request apart. The body stays open behind the rows of an INSERT.
func readCall(w http.ResponseWriter, r *http.Request) (*call, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, exception(36, "BAD_ARGUMENTS", "The URL cannot be parsed: "+err.Error())
	}
	body, err := openBody(w, r, values)
	if err != nil {
		return nil, err
	}
	if boundary := multipartBoundary(r); boundary {
		if err := readForm(r, values); err != nil {
			return nil, err
		}
		body = bytes.NewReader(nil)
	}
	c := &call{request: Request{
		Format:   first(values.Get("default_format"), r.Header.Get("X-Clickhouse-Format")),
		Database: first(values.Get("database"), r.Header.Get("X-Clickhouse-Database")),
		ID:       values.Get("query_id"),
		ReadOnly: r.Method != http.MethodPost || values.Get("readonly") != "" && values.Get("readonly") != "0",
		Whole:    isTrue(values.Get("wait_end_of_query")),
		Settings: map[string]string{},
		Params:   map[string]string{},
	}}
	for name, v := range values {
		if param, ok := strings.CutPrefix(name, "param_"); ok {
			c.request.Params[param] = v[0]
		} else if !ownParameters[name] {
			c.request.Settings[name] = v[0]
		}
	}
	c.revision, _ = strconv.Atoi(values.Get("client_protocol_version"))
	if isTrue(values.Get("compress")) {
		c.framed = first(values.Get("network_compression_method"), "LZ4")
	} else if values.Get("enable_http_compression") != "0" {
		c.encoding = chooseEncoding(r.Header.Get("Accept-Encoding"))
	}
	return c, c.readSQL(values.Get("query"), body)
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func isTrue(v string) bool { return v == "1" || strings.EqualFold(v, "true") }

// openBody undoes the compression of the body.
func openBody(w http.ResponseWriter, r *http.Request, values url.Values) (io.Reader, error) {
	body, err := decode(http.MaxBytesReader(w, r.Body, maxBody), r.Header.Get("Content-Encoding"))
	if errors.Is(err, io.EOF) {
		return bytes.NewReader(nil), nil
	}
	if err != nil {
		if _, ok := errors.AsType[*Exception](err); ok {
			return nil, err
		}
		return nil, exception(354, "INFLATE_FAILED", "The body cannot be decompressed: "+err.Error())
	}
	if isTrue(values.Get("decompress")) {
		body = newFramedReader(body)
	}
	return body, nil
}

// readSQL puts the statement together from the URL and the body, and leaves the rows of an INSERT in the body.
func (c *call) readSQL(query string, body io.Reader) error {
	if query != "" && parseStatement([]byte(query)).insert {
		c.request.SQL, c.request.Data = []byte(query), body
		return nil
	}
	text, whole, err := readUpTo(body, lookFor)
	if err != nil {
		return err
	}
	if query != "" {
		if len(text) > 0 {
			text = append([]byte(query+"\n"), text...)
		} else {
			text = []byte(query)
		}
	}
	if !whole {
		if st := parseStatement(text); st.insert && st.format != "" {
			c.request.SQL, c.request.Data = text, body
			return nil
		}
		rest, end, err := readUpTo(body, maxQuery-lookFor)
		if err != nil {
			return err
		}
		if !end {
			return exception(307, "LIMIT_EXCEEDED", fmt.Sprintf("The query is longer than %d bytes: rows of an INSERT belong behind FORMAT or VALUES", maxQuery))
		}
		text = append(text, rest...)
	}
	c.request.SQL = text
	return nil
}

// readUpTo reads at most limit bytes and says whether that was all.
func readUpTo(r io.Reader, limit int) (b []byte, whole bool, err error) {
	b, err = io.ReadAll(io.LimitReader(r, int64(limit)))
	if err != nil {
		return nil, false, fmt.Errorf("reading the body: %w", err)
	}
	return b, len(b) < limit, nil
}

func multipartBoundary(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// readForm adds the fields of a multipart form to the URL's values, as ClickHouse does; external tables, the form's
// files, are not supported. All fields together are as long as a query at most: they are kept in memory.
func readForm(r *http.Request, values url.Values) error {
	form, err := r.MultipartReader()
	if err != nil {
		return exception(36, "BAD_ARGUMENTS", "The form cannot be read: "+err.Error())
	}
	for left := maxQuery; ; {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the form: %w", err)
		}
		if part.FileName() != "" || values.Has(part.FormName()+"_structure") || values.Has(part.FormName()+"_format") {
			return exception(48, "NOT_IMPLEMENTED", "External tables are not supported")
		}
		text, whole, err := readUpTo(part, left)
		if err != nil {
			return err
		}
		if !whole {
			return exception(307, "LIMIT_EXCEEDED", "The fields of the form are too long")
		}
		left -= len(text)
		values.Set(part.FormName(), string(text))
	}
}
