package engine

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

const endless = "SELECT max(sipHash64(number)) FROM numbers(1000000000000000)"

// limit bounds what a machine that is busy with other tests may take.
const limit = 2 * time.Minute

// waitFor polls until the engine answers want to sql.
func waitFor(t testing.TB, sql, want string) {
	t.Helper()
	deadline := time.Now().Add(limit)
	got := ""
	for tick := time.NewTicker(20 * time.Millisecond); time.Now().Before(deadline); <-tick.C {
		if got = ask(t, sql); got == want {
			tick.Stop()
			return
		}
	}
	t.Fatalf("%s: still %q, want %q", sql, got, want)
}

const runningNow = "SELECT count() FROM system.processes WHERE query LIKE '%1000000000000000%' AND query NOT LIKE '%processes%'"

func TestCancel(t *testing.T) {
	needEngine(t)
	for _, sql := range []string{endless, "SELECT number FROM numbers(1000000000000000) FORMAT Null", "INSERT INTO FUNCTION null('a UInt64') SELECT number FROM numbers(1000000000000000)"} {
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan error, 1)
		go func() {
			_, err := answerOf(ctx, Request{SQL: []byte(sql)})
			over <- err
		}()
		waitFor(t, runningNow, "1")
		cancel()
		if err := <-over; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", sql, err)
		}
		waitFor(t, runningNow, "0")
	}
}

func TestCancelBeforeStart(t *testing.T) {
	needEngine(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := answerOf(ctx, Request{SQL: []byte(endless)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestCancelStream(t *testing.T) {
	needEngine(t)
	r, err := shared.Query(t.Context(), Request{SQL: []byte("SELECT number FROM numbers(1000000000000000)")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, runningNow, "0")
}

func TestCancelByClient(t *testing.T) {
	s := serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/?user=default&password="+password, strings.NewReader(endless))
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		over <- err
	}()
	waitFor(t, runningNow, "1")
	cancel() // the client hangs up
	<-over
	waitFor(t, runningNow, "0")
}

func TestKillQuery(t *testing.T) {
	s := serve(t)
	over := make(chan string, 1)
	go func() {
		_, got := do(t, "POST", s.URL+"/?query_id=slow-one", strings.NewReader(endless))
		over <- got
	}()
	waitFor(t, runningNow, "1")
	if _, got := do(t, "POST", s.URL, strings.NewReader("KILL QUERY WHERE query_id = 'other'")); got != "" {
		t.Errorf("killing what is not there: got %q", got)
	}
	if _, got := do(t, "POST", s.URL, strings.NewReader("KILL QUERY WHERE query_id = 'slow-one' SYNC")); got != "waiting\tslow-one\tdefault\n" {
		t.Errorf("got %q", got)
	}
	if got := <-over; !strings.Contains(got, "Code: 394.") {
		t.Errorf("the killed query got %q", got)
	}
}

func TestCancelInsert(t *testing.T) {
	needEngine(t)
	ask(t, "CREATE TABLE IF NOT EXISTS hung (a UInt64) ENGINE = MergeTree ORDER BY a")
	ctx, cancel := context.WithCancel(t.Context())
	body := &stuck{sent: make(chan struct{}), ctx: ctx}
	over := make(chan error, 1)
	go func() {
		_, err := answerOf(ctx, Request{SQL: []byte("INSERT INTO hung FORMAT TSV"), Data: body})
		over <- err
	}()
	<-body.sent
	cancel()
	if err := <-over; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	waitFor(t, "SELECT count() FROM system.processes WHERE query LIKE 'INSERT INTO hung%'", "0")
	if n := ask(t, "SELECT count() FROM hung"); n != "0" {
		t.Errorf("got %s rows of an insert that was cancelled", n)
	}
	ask(t, "DROP TABLE hung SYNC") // nothing holds it
}

// stuck is a body that sends one row and then waits for ctx, as a connection does that went away.
type stuck struct {
	sent chan struct{}
	ctx  context.Context //nolint:containedctx // io.Reader has no room for it
	once bool
}

func (s *stuck) Read(p []byte) (int, error) {
	if !s.once {
		s.once = true
		return copy(p, "1\n"), nil
	}
	close(s.sent)
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

// Nothing cancels a statement that waits between two tries to reach an address, so they are few.
func TestUnreachableAddressIsGivenUp(t *testing.T) {
	needEngine(t)
	_, err := answerOf(t.Context(), Request{SQL: []byte("SELECT * FROM url('http://127.0.0.1:1/x', CSV, 'a String')")})
	if err == nil {
		t.Error("an address that nobody listens at was read")
	}
	if tries := ask(t, "SELECT getSetting('http_max_tries')"); tries != "2" {
		t.Errorf("%s tries", tries)
	}
}
