package engine

import (
	"context"
	"errors"
	"regexp"
	"time"
)

// errKilled is the cause of a statement's end by KILL QUERY.
var errKilled = errors.New("killed by KILL QUERY")

// killEvery is how often a cancelled statement is killed again until it ends: one that has not begun yet cannot be
// killed, and its thread must come to a point where it looks.
const killEvery = 50 * time.Millisecond

// guard kills what s runs when ctx ends. The function that it returns ends the guarding: after it no kill can reach
// the session's next statement.
func (e *Engine) guard(ctx context.Context, s *session) (stop func()) {
	over, finished := make(chan struct{}), make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(finished)
		again := time.NewTicker(killEvery)
		defer again.Stop()
		for {
			e.killSession(s.mark)
			select {
			case <-over:
				return
			case <-again.C:
			}
		}
	})
	return func() {
		if cancel() {
			return
		}
		close(over)
		<-finished
	}
}

// killSession asks the engine to end what the session with this mark runs. It does not wait for the end: KILL QUERY
// with SYNC was seen to hang for over a minute.
func (e *Engine) killSession(mark string) {
	e.killing.Lock()
	defer e.killing.Unlock()
	if err := e.control.exec("KILL QUERY WHERE Settings['log_comment'] = '" + mark + "' ASYNC"); err != nil {
		e.logger.Warn("killing a statement", "error", err)
	}
}

// killByID is the form of KILL QUERY that clients use to cancel: by the query_id that they gave.
var killByID = regexp.MustCompile(`(?is)^\s*KILL\s+QUERY\s+WHERE\s+query_id\s*=\s*'([^'\\]*)'\s*(?:SYNC|ASYNC)?\s*$`)

func killTarget(st statement) (id string, ok bool) {
	if m := killByID.FindSubmatch(st.bare); m != nil {
		return string(m[1]), true
	}
	return "", false
}

// kill ends the running statements with that id, and returns the request whose answer is what KILL QUERY answers. The
// engine itself does not know the ids that clients give.
func (e *Engine) kill(id string, req Request) Request {
	n := "0"
	e.mu.Lock()
	for r := range e.running {
		if r.id == id {
			r.cancel(errKilled)
			n = "1"
		}
	}
	e.mu.Unlock()
	return Request{
		SQL:    []byte("SELECT 'waiting' AS kill_status, {id:String} AS query_id, 'default' AS user FROM numbers({n:UInt64})"),
		Params: map[string]string{"id": id, "n": n},
		Format: req.Format,
		ID:     req.ID,
	}
}
