package detect

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"frontfoot/detect/incident"
	"frontfoot/ingest/parse"
)

// Formats of the rows that Score reads.
const (
	FormatAuto = "auto" // log lines, each in a format of its own
	FormatCSV  = "csv"  // a header line and rows, with a Schema
)

// ScoreKey is the key of hashes where there is no site's secret: scores and tests agree between machines. Whoever knows it can make texts
// that collide, so it is not for a site that anybody could attack.
func ScoreKey() [16]byte { return [16]byte([]byte("frontfoot score ")) }

// ScoreOptions say how Score reads its rows.
type ScoreOptions struct {
	Format string       // FormatAuto or FormatCSV
	Name   string       // of the input, for messages: "rows.csv"; "" means "input"
	Schema *Schema      // of the columns, for FormatCSV
	Site   string       // name of the site; "" is the schema's, or "local"
	Key    [16]byte     // secret of the hashes, such as ScoreKey
	Config Config       // of the detection
	Lines  parse.Config // how log lines are read; Replay is taken for granted
}

// Score scores rows as a site would, each before it is learned, and writes one object a row in their order,
// {"i":0,"score":3.21,"alert":false}, to scores. Where incidents is not nil each incident is written to it at the end, as
// {"time":…,"site":…,"entity":…,"rank_score":…,"rows":[…]}; this needs rows with times. An error names the line it is about.
func Score(ctx context.Context, in io.Reader, scores, incidents io.Writer, opt ScoreOptions) error {
	if err := opt.Config.Validate(); err != nil {
		return err
	}
	if opt.Name == "" {
		opt.Name = "input"
	}
	if opt.Site == "" && opt.Schema != nil {
		opt.Site = opt.Schema.Site
	}
	if opt.Site == "" {
		opt.Site = "local"
	}
	out := &scoreWriter{scores: bufio.NewWriterSize(scores, 1<<16), ended: map[string]*incident.Version{}}
	if incidents != nil {
		out.incidents = bufio.NewWriter(incidents)
	}
	var err error
	switch opt.Format {
	case FormatAuto, "":
		err = scoreLines(ctx, in, out, &opt)
	case FormatCSV:
		err = scoreTable(ctx, in, out, &opt)
	default:
		err = fmt.Errorf("format %q: must be %s or %s", opt.Format, FormatAuto, FormatCSV)
	}
	return errors.Join(err, out.flush())
}

// scoreWriter writes verdicts. The number of a row stands in Seq of what detection says of it.
type scoreWriter struct {
	scores    *bufio.Writer
	incidents *bufio.Writer // nil where nobody asked
	row       uint64
	line      []byte
	ended     map[string]*incident.Version // last version of the incidents that go on
	order     []string                     // their IDs as they were raised
}

// verdict writes the score of the next row.
func (w *scoreWriter) verdict(score float32, alert bool) error {
	b := w.line[:0]
	b = append(b, `{"i":`...)
	b = strconv.AppendUint(b, w.row, 10)
	b = append(b, `,"score":`...)
	b = strconv.AppendFloat(b, float64(score), 'f', -1, 32)
	b = append(b, `,"alert":`...)
	b = strconv.AppendBool(b, alert)
	b = append(b, "}\n"...)
	w.line = b
	w.row++
	_, err := w.scores.Write(w.line)
	return err
}

// take remembers the latest version of each incident. A site raises few incidents a day, so all of them are kept to the end.
func (w *scoreWriter) take(versions []incident.Version) {
	for _, v := range versions { // a copy: the caller uses its memory anew
		if w.ended[v.ID] == nil {
			w.order = append(w.order, v.ID)
		}
		w.ended[v.ID] = &v
	}
}

// scoreIncident is an incident as Score writes it.
type scoreIncident struct {
	Time     string   `json:"time"` // when it was raised
	Site     string   `json:"site"`
	Entity   string   `json:"entity"`
	Rank     float32  `json:"rank_score"`
	Rows     []uint64 `json:"rows"`
	Title    string   `json:"title"`
	Severity string   `json:"severity"`
	Reasons  []string `json:"reasons"`
}

func (w *scoreWriter) flush() error {
	if w.incidents == nil {
		return w.scores.Flush()
	}
	enc := json.NewEncoder(w.incidents)
	enc.SetEscapeHTML(false)
	for _, id := range w.order {
		v := w.ended[id]
		o := scoreIncident{
			Time: time.Unix(0, v.Raised).UTC().Format(time.RFC3339Nano), Site: v.Site, Rank: v.Score,
			Title: v.Title, Severity: v.Severity, Reasons: v.Reasons, Rows: []uint64{},
		}
		if len(v.Entities) > 0 {
			o.Entity = v.Entities[0]
		}
		for _, r := range v.Evidence {
			o.Rows = append(o.Rows, r.Seq)
		}
		if err := enc.Encode(o); err != nil {
			return fmt.Errorf("writing incidents: %w", err)
		}
	}
	return errors.Join(w.scores.Flush(), w.incidents.Flush())
}
