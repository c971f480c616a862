package drift

import (
	"strconv"
	"strings"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// parts are the fields of which a sort of event is made, in the order in which they are named.
var parts = [...]int{
	feature.Action, feature.EventType, feature.Outcome, feature.HTTPStatus, feature.DestinationPort, feature.Probed, feature.Process,
}

// actors are the fields of those who may have brought it, the first that a row has.
var actors = [...]int{feature.SourceInside, feature.SourceOutside, feature.User, feature.Host}

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "drift" }

// Begin does nothing: what the model asks of a batch is there or not row by row.
func (m *Model) Begin(*event.Batch) {}

// Take takes up a row.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	sort, actor := r.Class, -1
	for _, field := range parts {
		if h := r.Values[field].Hash; h != 0 {
			sort = sketch.Mix(sort, h)
		}
	}
	who := uint64(0)
	for _, field := range actors {
		if who = r.Values[field].Hash; who != 0 {
			actor = field
			break
		}
	}
	v, told := m.Count(sort, r.Class, who, r.Now)
	if !told || r.Learning {
		return nil
	}
	return m.words(r, &v, sort, actor)
}

// words says what has grown. One who brought little of it did nothing, and is not named.
func (m *Model) words(r *sequence.Row, v *Verdict, sort uint64, actor int) *sequence.Finding {
	f := &sequence.Finding{
		Bits:   m.trials.Worth(v.Bits, r.Daily),
		Busy:   float32(24*time.Hour) / float32(week),
		Hash:   sort,
		Tactic: feature.Evasion,
		Side:   feature.Deed,
	}
	var fields, values, said []string
	for _, field := range parts {
		x, value := &m.layout.Fields[field], r.Values[field]
		if value.Hash == 0 || field == feature.EventType && len(said) > 0 {
			continue
		}
		fields, values = append(fields, x.Name), append(values, x.Format(value))
		said = append(said, x.Say+" "+x.Format(value))
		if len(f.Entities) == 0 {
			f.Entities = []incident.Entity{r.Entity(m.layout, field)}
		}
	}
	f.Field, f.Value = strings.Join(fields, " + "), strings.Join(values, " + ")
	f.Seen = r.Values[feature.Dataset].Text + " with " + strings.Join(said, ", ") + " is " + percent(v.Is) + " of all events for two weeks"
	if v.ByOne > 0 {
		by := r.Entity(m.layout, actor)
		f.Entities = []incident.Entity{by}
		f.Seen += ", at least " + percent(v.ByOne) + " of it by " + by.Text
	}
	switch {
	case v.Others == 1:
		f.Seen += ", and one more sort of event has grown like it"
	case v.Others > 1:
		f.Seen += ", and " + incident.Count(float32(v.Others)) + " more sorts of events have grown like it"
	}
	f.Expected = percent(v.Was) + " in the " + strconv.Itoa(v.Weeks) + " weeks before"
	return f
}

// percent writes a share to two digits or so.
func percent(share float32) string {
	x, digits := 100*float64(share), 0
	switch {
	case x < 0.001:
		return "none"
	case x < 0.1:
		digits = 3
	case x < 1:
		digits = 2
	case x < 10:
		digits = 1
	}
	return strconv.FormatFloat(x, 'f', digits, 64) + " %"
}

// Learn does nothing: a day of somebody in an open incident is nothing to the median of a quarter.
func (m *Model) Learn(*sequence.Row, bool) {}
