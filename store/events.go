package store

import (
	"context"
	"fmt"

	"github.com/sourcegraph/conc/panics"

	"frontfoot/detect"
)

// writeEvents inserts the batch's events and returns the messages that the database will never take.
func (s *Store) writeEvents(ctx context.Context, e *encoder, b *detect.Batch) ([]detect.Rejection, error) {
	inserts, rejected := s.messages(b)
	for i, messages := range inserts {
		w := eventWriter{s, e, b.Token, i, messages}
		refused, err := w.write(ctx, 0, len(messages))
		if err != nil {
			return nil, err
		}
		rejected = append(rejected, refused...)
	}
	return rejected, nil
}

// An eventWriter writes the messages of one insert.
type eventWriter struct {
	*Store
	*encoder
	token    string
	number   int // of the insert in its batch
	messages []*message
}

// write inserts messages [from, to), and where these are refused each half of them: a refused insert has written nothing. Which inserts are
// made is decided by the database's answers alone, so the same batch is always cut in the same way, under the same tokens.
func (w *eventWriter) write(ctx context.Context, from, to int) ([]detect.Rejection, error) {
	err := w.try(ctx, from, to)
	switch {
	case err == nil:
		return nil, nil
	case !refused(err):
		return nil, err
	case to-from == 1:
		m := w.messages[from]
		w.metrics.rejected.WithLabelValues("events").Add(float64(m.Events.Rows()))
		return []detect.Rejection{{Site: m.site, Message: m.Scored, Err: err}}, nil
	}
	middle := from + (to-from)/2
	first, err := w.write(ctx, from, middle)
	if err != nil {
		return nil, err
	}
	second, err := w.write(ctx, middle, to)
	return append(first, second...), err
}

func (w *eventWriter) try(ctx context.Context, from, to int) error {
	w.arena.reset(2 * maxInsertBytes)
	w.body.Reset()
	var r *record
	var err error
	if thrown := panics.Try(func() {
		r = eventRecord(w.messages[from:to], &w.arena)
		err = r.writeStream(&w.body)
	}); thrown != nil { // a message that cannot be put into a record is set aside; the batch must not come again for ever
		err = thrown.AsError()
	}
	if err != nil {
		return &refusal{err}
	}
	return w.insert(ctx, &insert{
		table: "events", columns: r.names(), format: "ArrowStream", rows: r.rows, body: w.body.Bytes(),
		token: w.token + part("events", w.number, from, to, len(w.messages)),
	})
}

// messages shares the batch's messages out to inserts, always in the same way. A message whose verdicts do not fit its rows is rejected.
func (s *Store) messages(b *detect.Batch) (inserts [][]*message, rejected []detect.Rejection) {
	var current []*message
	days := map[int64]bool{}
	rows, size := 0, 0
	for o := range b.Sites {
		site := &b.Sites[o]
		for i := range site.Messages {
			m := &site.Messages[i]
			n := m.Events.Rows()
			if len(m.Scores) != n || len(m.Models) != n {
				err := fmt.Errorf("%d events of %s have %d scores and %d models", n, site.Site, len(m.Scores), len(m.Models)) //nolint:err113 // a caller's mistake
				rejected = append(rejected, detect.Rejection{Site: site.Site, Message: m, Err: err})
				continue
			}
			if n == 0 {
				continue
			}
			next := newMessage(m, site.Site, s.cfg.days(site.Site))
			if len(current) > 0 && (rows+n > maxInsertRows || size+next.size > maxInsertBytes || len(days) >= maxDays) {
				inserts, current, rows, size = append(inserts, current), nil, 0, 0
				clear(days)
			}
			current = append(current, next)
			rows, size = rows+n, size+next.size
			next.addDays(days)
		}
	}
	if len(current) > 0 {
		inserts = append(inserts, current)
	}
	return inserts, rejected
}
