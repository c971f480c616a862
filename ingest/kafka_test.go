package ingest

import (
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
)

// The real Kafka client and the embedded broker: what comes in from 50 senders and a file is in the topic, each line once,
// numbered without gaps.
func TestThroughTheEmbeddedBroker(t *testing.T) {
	b, err := broker.Start(broker.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	client, err := bus.New(bus.Config{Brokers: []string{b.Addr()}}, quiet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.EnsureTopics(t.Context(), bus.SiteSpecs("leeds")...); err != nil {
		t.Fatal(err)
	}

	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	const perSender, senders = 100, 50
	write(t, path, numbered(0, 1000))
	file := fileInput(path)
	c := collector(t, client, dir, Config{Inputs: []Input{
		file, {Name: "net", Type: TypeSyslog, Site: "leeds", Listen: "127.0.0.1:0", Transport: "tcp"},
	}})
	stop := start(t, c)
	var sending sync.WaitGroup
	for n := range senders {
		sending.Go(func() {
			conn, err := net.Dial("tcp", c.Addr("net").String())
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			for i := range perSender {
				fmt.Fprintf(conn, "<13>%d-%d\n", n, i)
			}
		})
	}
	sending.Wait()

	want := lineNumbers(0, 1000)
	for n := range senders {
		for i := range perSender {
			want = append(want, fmt.Sprintf("<13>%d-%d", n, i))
		}
	}
	var got []string
	for offset, seq := int64(0), uint64(0); len(got) < len(want); {
		fetched, err := client.Fetch(t.Context(), bus.RawTopic("leeds"), offset, bus.FetchOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fetched.Messages {
			head, err := bus.ParseEnvelope(m.Headers)
			if err != nil || head.Seq0 != seq {
				t.Fatalf("message %d begins at %d, want %d (%v)", m.Offset, head.Seq0, seq, err)
			}
			rows, err := event.Decode(m.Value)
			if err != nil {
				t.Fatal(err)
			}
			for row := range rows.Rows() {
				got = append(got, rows.Text(event.Raw, row))
			}
			seq += uint64(head.N)
			offset = m.Offset + 1
		}
	}
	stop()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		t.Errorf("%d lines came, %d were sent", len(got), len(want))
	}
}
