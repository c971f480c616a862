package engine

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// endpoint speaks ClickHouse's HTTP interface.
type endpoint struct {
	engine   *Engine
	password [sha256.Size]byte
}

// Handler serves the engine over ClickHouse's HTTP interface to whoever gives the password, as user default or
// frontfoot, by X-ClickHouse-User and X-ClickHouse-Key, by user and password in the URL's query, or by Basic
// authentication. /ping answers everybody.
//
// As in ClickHouse: the query comes in the URL, in the body, or both; GET only reads; param_NAME fills {NAME:Type};
// every other URL parameter is a setting of the engine. Not supported: sessions (session_id is ignored, so SET, USE
// and temporary tables end with their request), external tables, and log_comment, which the endpoint needs itself.
func (e *Engine) Handler(password string) http.Handler {
	h := &endpoint{engine: e, password: sha256.Sum256([]byte(password))}
	mux := http.NewServeMux()
	ok := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "Ok.\n") }
	mux.HandleFunc("/ping", ok)
	mux.HandleFunc("/replicas_status", ok)
	mux.HandleFunc("/{$}", h.root)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "There is no handle "+r.URL.Path+"\n\nUse / or /ping for health checks.\n"+
			"Send queries with POST, or with GET /?query=...", http.StatusNotFound)
	})
	return mux
}

func (h *endpoint) root(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		if !r.URL.Query().Has("query") {
			_, _ = io.WriteString(w, "Ok.\n")
			return
		}
	case http.MethodPost:
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "the method must be GET, HEAD or POST", http.StatusMethodNotAllowed)
		return
	}
	if err := h.authenticate(r); err != nil {
		if !hasCredentials(r) {
			w.Header().Set("WWW-Authenticate", `Basic realm="ClickHouse"`)
			writeException(w, err, http.StatusUnauthorized)
			return
		}
		writeException(w, err, http.StatusForbidden)
		return
	}
	h.serve(w, r)
}

// authenticate compares in constant time, whatever the lengths.
func (h *endpoint) authenticate(r *http.Request) error {
	user, password := credentials(r)
	given := sha256.Sum256([]byte(password))
	rightUser := subtle.ConstantTimeCompare([]byte(user), []byte("default")) | subtle.ConstantTimeCompare([]byte(user), []byte("frontfoot"))
	if rightUser&subtle.ConstantTimeCompare(given[:], h.password[:]) == 1 {
		return nil
	}
	return exception(516, "AUTHENTICATION_FAILED", user+": Authentication failed: password is incorrect, or there is no user with such name")
}

func hasCredentials(r *http.Request) bool {
	_, _, basic := r.BasicAuth()
	q := r.URL.Query()
	return basic || r.Header.Get("X-Clickhouse-User") != "" || r.Header.Get("X-Clickhouse-Key") != "" || q.Has("user") || q.Has("password")
}

// credentials are looked for where ClickHouse looks, in its order.
func credentials(r *http.Request) (user, password string) {
	user, password = r.Header.Get("X-Clickhouse-User"), r.Header.Get("X-Clickhouse-Key")
	if user == "" && password == "" {
		var basic bool
		if user, password, basic = r.BasicAuth(); !basic {
			q := r.URL.Query()
			user, password = q.Get("user"), q.Get("password")
		}
	}
	if user == "" {
		user = "default"
	}
	return user, password
}

func (h *endpoint) serve(w http.ResponseWriter, r *http.Request) {
	call, err := readCall(w, r)
	if err != nil {
		writeException(w, err, 0)
		return
	}
	if call.request.ID == "" {
		call.request.ID = uuid.NewString()
	}
	w.Header().Set("X-Clickhouse-Query-Id", call.request.ID)
	w.Header().Set("X-Clickhouse-Server-Display-Name", "frontfoot")
	w.Header().Set("X-Clickhouse-Timezone", h.engine.timezone)
	result, err := h.engine.Query(r.Context(), call.request)
	if err != nil {
		writeException(w, err, 0)
		return
	}
	defer result.Close()
	out := &answer{w: w, call: call, result: result, tag: strings.ToLower(rand.Text()[:16])}
	out.send(h.engine, r)
}

// writeException answers with an error as ClickHouse does. status 0 is chosen by the exception's code.
func writeException(w http.ResponseWriter, err error, status int) {
	var e *Exception
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &e):
	case errors.As(err, &tooLarge):
		e = exception(307, "LIMIT_EXCEEDED", "The body is longer than "+strconv.FormatInt(tooLarge.Limit, 10)+" bytes")
	case errors.Is(err, io.ErrUnexpectedEOF):
		e = exception(33, "CANNOT_READ_ALL_DATA", "The body ends early: "+err.Error())
	default:
		e = exception(1001, "STD_EXCEPTION", err.Error())
	}
	if status == 0 {
		status = httpStatus(e.Code)
	}
	head := w.Header()
	head.Del("Content-Encoding")
	head.Set("Content-Type", "text/plain; charset=UTF-8")
	head.Set("X-Clickhouse-Exception-Code", strconv.Itoa(e.Code))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, e.Text+"\n")
}

// httpStatus is ClickHouse's own choice for the code of an exception.
func httpStatus(code int) int {
	switch code {
	case 194: // REQUIRED_PASSWORD
		return http.StatusUnauthorized
	case 192, 193, 516:
		return http.StatusForbidden
	case 6, 26, 27, 38, 41, 53, 62, 69, 70, 72, 117, 376, 441, 442, 675, 676: // what was sent cannot be parsed
		return http.StatusBadRequest
	case 46, 47, 50, 56, 60, 63, 73, 81, 115, 336: // no such function, identifier, type, storage, table, …, setting
		return http.StatusNotFound
	case 307:
		return http.StatusRequestEntityTooLarge
	case 48:
		return http.StatusNotImplemented
	case 159, 160:
		return http.StatusRequestTimeout
	}
	return http.StatusInternalServerError
}
