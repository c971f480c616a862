package detect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
)

// A partition's new leader may not know at once how far it goes: what a record names is waited for.
func TestLeaderKnowsTooLittleAtATakeover(t *testing.T) {
	for _, known := range []int64{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			w, span := interrupted(t, "ashford", false)
			topic := bus.RawTopic("ashford")
			whole := w.topics[topic]
			w.topics[topic] = whole[:span.Next+known]
			time.AfterFunc(missingWait/2, func() {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.topics[topic] = whole
			})
			if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			w.all(t)
			if n := w.count(t, "ashford", "ledger lost_log"); n > 0 {
				t.Errorf("%d losses are told", n)
			}
		})
	}
}

// A message that can no longer be read says nothing of whether the log is another one: what was inserted is not read again from the start.
func TestFirstMessageIsUnreadableAtATakeover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, span := interrupted(t, "ashford", true)
		topic := bus.RawTopic("ashford")
		w.corrupt = map[string]stretch{topic: {span.Next, span.Next + 1}}
		if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if n, want := w.count(t, "ashford", "event"), eventsIn(w.topics[topic]); n != want {
			t.Errorf("%d events, want %d", n, want)
		}
	})
}

// What retention took of a site before any worker read it is told.
func TestSiteIsSeenLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(1, protections{}, conformLog(30))
		topic := bus.RawTopic("ashford")
		w.starts[topic] = 3
		if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if n, want := w.count(t, "ashford", "event"), eventsIn(w.topics[topic][3:]); n != want {
			t.Errorf("%d events, want %d", n, want)
		}
		if w.count(t, "ashford", "ledger lost_log") == 0 {
			t.Error("the loss is not told")
		}
	})
}

// A batch of many messages that cannot be read is passed over at once, with one letter and one entry of the ledger, also when it is met again.
func TestBatchOfManyMessagesIsUnreadable(t *testing.T) {
	for _, takeover := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w, span := newWorld(1, protections{}, conformLog(30)), checkpoint.Span{}
			if takeover {
				w, span = interrupted(t, "ashford", false)
			}
			w.step = 5
			topic, bad := bus.RawTopic("ashford"), stretch{span.Next + 1, span.Next + 3}
			w.corrupt = map[string]stretch{topic: bad, bus.CtlTopic("ashford"): {1, 3}}
			if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			rest := slices.Concat(w.topics[topic][:bad.from], w.topics[topic][bad.to:])
			if n, want := w.count(t, "ashford", "event"), eventsIn(rest); n != want {
				t.Errorf("takeover %v: %d events, want %d", takeover, n, want)
			}
			letters, controls := map[string]int{}, 0
			for _, m := range w.topics[bus.DLQTopic("ashford")] {
				for _, h := range m.Headers {
					switch {
					case h.Key == "reason" && strings.HasPrefix(string(h.Value), "messages "):
						letters[string(h.Value)]++
					case h.Key == "control":
						controls++
					}
				}
			}
			if want := fmt.Sprintf("messages %d to %d: batch cannot be read: damaged", bad.from, bad.to-1); letters[want] != 1 {
				t.Errorf("takeover %v: letters %v, want one that says %q", takeover, letters, want)
			}
			if n := w.count(t, "ashford", "ledger lost_log"); n > 0 || controls != 1 {
				t.Errorf("takeover %v: %d losses are told of what is there, and %d letters of the control topic, want 1", takeover, n, controls)
			}
		})
	}
}

// stretch is offsets from one up to but not including another.
type stretch struct{ from, to int64 }

// unreadable returns why the message at a position cannot be read, nil where it can.
func (w *world) unreadable(p bus.Position) error {
	if bad, some := w.corrupt[p.Topic]; some && p.Offset >= bad.from && p.Offset < bad.to {
		return &bus.CorruptError{From: p.Offset, Next: bad.to, Err: errors.New("damaged")}
	}
	return nil
}

// sound is how far the log of a position can be read before what cannot.
func (w *world) sound(p bus.Position, end int64) int64 {
	if bad, some := w.corrupt[p.Topic]; some && p.Offset < bad.from {
		return min(end, bad.from)
	}
	return end
}
