package detect

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

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
		w.corrupt = map[string]int64{topic: span.Next}
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

// unreadable reports whether the message at a position cannot be read.
func (w *world) unreadable(p bus.Position) bool {
	at, some := w.corrupt[p.Topic]
	return some && p.Offset == at
}
