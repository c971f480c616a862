package detect

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"frontfoot/ingest/bus"
)

// unreadable returns a world with a message of ashford that nobody can read.
func unreadable(size int) *world {
	w := newWorld(1, protections{}, conformLog(10))
	w.step = 5
	topic := bus.RawTopic("ashford")
	bad := bus.Message{Offset: int64(len(w.topics[topic])), Value: make([]byte, size), Headers: []bus.Header{{Key: "kind", Value: []byte("fine")}}}
	w.topics[topic] = append(w.topics[topic], bad)
	return w
}

// all checks that every event of both sites is there.
func (w *world) all(t *testing.T) {
	t.Helper()
	for _, site := range []string{"ashford", "northmoor"} {
		if n, want := w.count(t, site, "event"), eventsIn(w.topics[bus.RawTopic(site)]); n != want {
			t.Errorf("%d events of %s, want %d", n, site, want)
		}
	}
}

// A dead-letter topic that is missing is made, and where that is forbidden the lane goes on without it.
func TestDeadLetterTopicIsMissing(t *testing.T) {
	for _, barred := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := unreadable(10)
			w.missing, w.barred = map[string]bool{bus.DLQTopic("ashford"): true}, barred
			worker, err := w.work(t.Context(), &member{calm: true}, 2*time.Minute, context.Canceled, conformSite)
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			w.all(t)
			lost := testutil.ToFloat64(worker.metrics.unposted.WithLabelValues("ashford"))
			if n := len(w.topics[bus.DLQTopic("ashford")]); barred == (n > 0) || barred != (lost > 0) {
				t.Errorf("barred %v: %d letters, %v lost", barred, n, lost)
			}
			if n := w.count(t, "ashford", "ledger dead_letter"); n == 0 {
				t.Error("the ledger does not tell")
			}
		})
	}
}

// What is too large for the dead-letter topic, with the headers that are added, is told of by its offset and stops nothing.
func TestLetterIsTooLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := unreadable(1 << 20)
		w.largest = 1 << 20
		_, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite)
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		w.all(t)
		letters := w.topics[bus.DLQTopic("ashford")]
		if len(letters) == 0 {
			t.Fatal("there is no letter")
		}
		x := letter{msg: letters[len(letters)-1]}
		if at := int64(len(w.topics[bus.RawTopic("ashford")])) - 1; x.offset() != at || len(x.msg.Value) > 0 {
			t.Errorf("the letter is about offset %d, want %d; it holds %d bytes", x.offset(), at, len(x.msg.Value))
		}
		kinds := 0
		for _, h := range x.msg.Headers {
			if h.Key == "kind" {
				kinds++
			}
		}
		if kinds != 1 {
			t.Errorf("%d kinds are named", kinds)
		}
	})
}

// What the store refuses is told once, and is welcome when it is sent again, whenever its worker dies.
func TestWorkerDiesAfterARejection(t *testing.T) {
	for _, alive := range []time.Duration{300 * time.Millisecond, time.Second, time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(1, protections{}, conformLog(10))
			topic := bus.RawTopic("ashford")
			value := conformEvents("ashford", 0, 3)
			env := bus.Envelope{Epoch: [16]byte{77}, N: 3, Size: uint32(len(value))}
			last := bus.Message{Offset: int64(len(w.topics[topic])), Headers: env.Headers(), Value: value}
			w.topics[topic] = append(w.topics[topic], last)
			refuse := func(m *Scored) bool { return m.Offset == last.Offset }
			if _, err := w.work(t.Context(), &member{calm: true, refuse: refuse}, alive, bus.ErrFenced, conformSite); !errors.Is(err, bus.ErrFenced) {
				t.Error(err)
			}
			if _, err := w.work(t.Context(), &member{calm: true, refuse: refuse}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			if n := w.count(t, "ashford", "ledger dead_letter 4d00"); n != 1 {
				t.Errorf("after %v: the ledger tells %d times what was refused", alive, n)
			}
			for range 2 {
				last.Offset = int64(len(w.topics[topic]))
				w.topics[topic] = append(w.topics[topic], last)
			}
			if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			w.all(t)
		})
	}
}
