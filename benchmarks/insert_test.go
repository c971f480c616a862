package benchmarks

import (
	"fmt"
	"log/slog"
	"strconv"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"frontfoot/detect"
	"frontfoot/ingest/event"
	"frontfoot/store"
	"frontfoot/store/storetest"
)

// BenchmarkInsert writes scored events into the embedded engine and says what an event costs there.
func BenchmarkInsert(b *testing.B) {
	server, err := storetest.Start()
	if err != nil {
		b.Fatal(err)
	}
	if server == nil {
		b.Skip("the engine is not installed: run frontfoot engine install")
	}
	defer server.Close()
	const perMessage = 2000
	var batches []*event.Batch
	for _, m := range messages(b, sample(b, 40_000), perMessage) {
		batches = append(batches, decoded(b, m))
	}
	for _, rows := range []int{2_000, 20_000} {
		b.Run("rows="+strconv.Itoa(rows), func(b *testing.B) { insert(b, server, batches, rows, perMessage) })
	}
}

func insert(b *testing.B, server *storetest.Server, batches []*event.Batch, rows, perMessage int) {
	db := server.Database(b)
	s, err := store.Open(b.Context(), store.Config{URL: server.URL, User: server.User, Password: server.Password, Database: db},
		slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	sent := 0
	t := watch(b)
	for b.Loop() {
		out := detect.Output{Site: "northmoor"}
		for range rows / perMessage {
			n := sent / perMessage
			out.Messages = append(out.Messages, detect.Scored{
				Message: detect.Message{Epoch: epoch, Seq0: uint64(sent), Offset: int64(n), Events: batches[n%len(batches)]},
				Scores:  make([]float32, perMessage), Models: make([]detect.Model, perMessage),
			})
			sent += perMessage
		}
		if _, err := s.Write(b.Context(), &detect.Batch{Token: fmt.Sprintf("bench-%d-%d", rows, sent), Sites: []detect.Output{out}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(t.seconds()*1e6/float64(sent), "cpu-µs/event")
	q := database{server.URL, server.User, server.Password}
	if n := q.number(b, "SELECT count() FROM "+db+".events"); int(n) != sent {
		b.Errorf("%d rows in the table, want %d", int(n), sent)
	}
	b.ReportMetric(q.number(b, diskOf(db, "events"))/float64(sent), "diskB/event")
}
