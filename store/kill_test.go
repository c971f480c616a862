package store

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
	"frontfoot/store/storetest"
)

// threeDays makes a batch of two messages whose events were received on three days, with a finding for each message.
func threeDays(number int) *detect.Batch {
	const rows = 3000
	b := &detect.Batch{Token: "lane/" + strconv.Itoa(number), Sites: []detect.Output{{Site: "exeter"}}}
	o := &b.Sites[0]
	for m := range 2 {
		eb := event.NewBuilder()
		for i := range int64(rows) {
			eb.SetTime(event.Time, t0+i*1e9)
			eb.SetTime(event.Received, t0+i%3*day)
			eb.SetString(event.Dataset, "auth")
			eb.SetString(event.Raw, strings.Repeat("line ", 40)+strconv.FormatInt(i, 10))
			eb.End()
		}
		offset := int64(2*number + m)
		message := detect.Message{Epoch: "e", Seq0: uint64(offset) * rows, Offset: offset, Events: eb.Batch()}
		o.Messages = append(o.Messages, detect.Scored{Message: message, Scores: make([]float32, rows), Models: make([]detect.Model, rows)})
		o.Findings = append(o.Findings, incident.Finding{ID: strconv.FormatInt(offset, 10), Site: "exeter", Received: t0, Epoch: "e", Seq: message.Seq0})
	}
	return b
}

// checkSums compares what the tables say of n batches of threeDays.
func checkSums(t *testing.T, s *Store, n int) {
	t.Helper()
	got := lines(t, s, `SELECT (SELECT count() FROM events), (SELECT uniqExact(epoch, seq) FROM events), (SELECT sum(events) FROM events_by_hour),
		(SELECT sum(bytes) FROM events_by_hour) = (SELECT sum(length(raw)) FROM events), (SELECT count() FROM findings)`)
	if want := fmt.Sprintf("%d\t%d\t%d\t1\t%d", 6000*n, 6000*n, 6000*n, 2*n); got[0] != want {
		t.Errorf("rows, their names, the roll-up's sum, its bytes, findings: got %s, want %s", got[0], want)
	}
}

// The engine is killed again and again while batches are written: each of them is there once, in the roll-up too.
func TestKilledEngine(t *testing.T) {
	p := storetest.StartProcess(t, t.TempDir())
	s := openWith(t, Config{URL: p.URL, User: p.User, Password: p.Password, RetentionDays: 10_000})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	kills := 20
	if testing.Short() {
		kills = 4
	}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	stop, written, begun := make(chan struct{}), make(chan int), make(chan struct{}, 1)
	go func() {
		n := 0
		defer func() { written <- n }()
		for ; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			b := threeDays(n)
			select {
			case begun <- struct{}{}:
			default:
			}
			if _, err := s.Write(ctx, b); err != nil {
				t.Errorf("batch %d: %v", n, err)
				return
			}
		}
	}()
	r := rand.New(rand.NewPCG(7, 7))
	for range kills {
		select {
		case <-begun:
		case <-ctx.Done():
			t.Fatal("no batch has been written for minutes")
		}
		<-time.After(time.Duration(r.IntN(120)) * time.Millisecond) // within a batch, or after one
		p.Kill()
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	n := <-written
	checkSums(t, s, n)
	t.Logf("%d batches in spite of %d kills", n, kills)
}

// Answers are lost on the way, and each batch is written twice: nothing is there twice.
func TestLostAnswers(t *testing.T) {
	s := open(t)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	r := rand.New(rand.NewPCG(3, 3))
	lost := 0
	lossy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if r.IntN(2) == 0 { // one Write at a time: no lock
			lost++
			proxy.ServeHTTP(httptest.NewRecorder(), q)
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, q)
	}))
	defer lossy.Close()
	cfg := s.cfg
	cfg.URL = lossy.URL
	through := openLogging(t, cfg, slog.New(slog.DiscardHandler))
	n := 0
	for ; lost < 50; n++ {
		write(t, through, threeDays(n))
		write(t, through, threeDays(n))
	}
	checkSums(t, s, n)
}
