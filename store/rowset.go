package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"frontfoot/detect"
)

// rows are rows on their way into a table, each with the site that it is of. They go as JSON, a row a line.
type rows struct {
	table   string
	columns []string
	most    int // of an insert, 0 for maxInsertRows
	sites   []string
	values  []any
}

func (r *rows) add(site string, value any) {
	r.sites = append(r.sites, site)
	r.values = append(r.values, value)
}

// rowWriter writes rows, one insert after another, and gathers what is refused.
type rowWriter struct {
	*Store
	*rows
	token    string
	number   int // of the insert in its batch
	first    int // row of the insert
	size     int // and how many it has
	body     *bytes.Buffer
	rejected []detect.Rejection
	counts   map[string]int // rows refused of a site
}

// writeRows inserts rows and returns one rejection for each site some of whose rows the database will never take.
func (s *Store) writeRows(ctx context.Context, body *bytes.Buffer, token string, r *rows) ([]detect.Rejection, error) {
	w := &rowWriter{Store: s, rows: r, token: token, body: body, counts: map[string]int{}}
	most := cmp.Or(r.most, maxInsertRows)
	for from := 0; from < len(r.values); from += most {
		w.first, w.size = from, min(most, len(r.values)-from)
		if err := w.write(ctx, from, from+w.size); err != nil {
			return nil, err
		}
		w.number++
	}
	for i := range w.rejected {
		w.rejected[i].Err = fmt.Errorf("%d rows of %s: %w", w.counts[w.rejected[i].Site], r.table, w.rejected[i].Err)
	}
	return w.rejected, nil
}

// write inserts rows [from, to), and where these are refused each half of them.
func (w *rowWriter) write(ctx context.Context, from, to int) error {
	err := w.try(ctx, from, to)
	if err == nil || !refused(err) {
		return err
	}
	if to-from == 1 {
		w.reject(from, err)
		return nil
	}
	middle := from + (to-from)/2
	if err := w.write(ctx, from, middle); err != nil {
		return err
	}
	return w.write(ctx, middle, to)
}

func (w *rowWriter) try(ctx context.Context, from, to int) error {
	w.body.Reset()
	out := json.NewEncoder(w.body)
	for _, v := range w.values[from:to] {
		if err := out.Encode(v); err != nil {
			return &refusal{fmt.Errorf("encoding a row: %w", err)}
		}
	}
	return w.insert(ctx, &insert{
		table: w.table, columns: w.columns, format: "JSONEachRow", rows: to - from, body: w.body.Bytes(),
		token: w.token + part(w.table, w.number, from-w.first, to-w.first, w.size),
	})
}

func (w *rowWriter) reject(row int, err error) {
	site := w.sites[row]
	w.metrics.rejected.WithLabelValues(w.table).Inc()
	if w.counts[site]++; w.counts[site] == 1 {
		w.rejected = append(w.rejected, detect.Rejection{Site: site, Err: err})
	}
}
