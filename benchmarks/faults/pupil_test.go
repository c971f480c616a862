package faults

import (
	"cmp"
	"math"
	"testing"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
)

// siteMost is what a site may take, whatever it is sent.
const siteMost = 8 << 20

// A pupil is a site without Kafka and database, and what it said.
type pupil struct {
	*detect.Site

	t         *testing.T
	rows      *event.Builder
	seq       uint64
	most      int // bytes that it took
	scores    []float32
	findings  []incident.Finding
	incidents map[string]incident.Version // the last of each
	versions  int
}

// newPupil returns a site whose models lack a protection, "" for none, under a secret.
func newPupil(t *testing.T, name, off string, secret [16]byte) *pupil {
	t.Helper()
	conf := detect.DefaultConfig()
	switch off { // no failpoint: models run in the process of the test
	case "incidents":
		conf.IncidentsPerDay = 0
	case "influence":
		conf = conf.Without(detect.PartInfluence)
	}
	return &pupil{Site: detect.NewSite(name, secret, conf), t: t, rows: event.NewBuilder(), incidents: map[string]incident.Version{}}
}

// end ends a row of p.rows, and gives the site a message where there are enough.
func (p *pupil) end() {
	if p.rows.End(); p.rows.Rows() == 1000 {
		p.flush()
	}
}

// flush gives the site what there is.
func (p *pupil) flush() {
	if p.rows.Rows() == 0 {
		return
	}
	p.take(p.rows.Batch())
	p.rows.Reset()
}

func (p *pupil) take(b *event.Batch) {
	var out detect.Output
	p.Process(detect.Message{Epoch: "0014", Seq0: p.seq, Offset: int64(p.seq), Events: b}, &out)
	p.seq += uint64(b.Rows())
	p.most = max(p.most, p.Bytes())
	for _, m := range out.Messages {
		p.scores = append(p.scores, m.Scores...)
	}
	p.findings = append(p.findings, out.Findings...)
	p.versions += len(out.Incidents)
	for _, v := range out.Incidents {
		p.incidents[v.ID] = v
	}
}

// unscored counts the rows that have no finite score.
func (p *pupil) unscored() int {
	bad := int(p.seq) - len(p.scores)
	for _, s := range p.scores {
		if math.IsNaN(float64(s)) || math.IsInf(float64(s), 0) || s < 0 {
			bad++
		}
	}
	return bad
}

// verdict is what the site said, as the oracle would put it.
func (p *pupil) verdict(attacks int) *verdict {
	return &verdict{sent: int(p.seq), stored: len(p.scores), missing: p.unscored(), attacks: attacks, alone: true, findings: len(p.findings), incidents: p.versions}
}

// copyRow adds a row of a batch to a builder, each column as choose says: where it is from.
func copyRow(b *event.Builder, choose func(c event.Column) (*event.Batch, int)) {
	for c := range event.Column(event.NumColumns) {
		from, row := choose(c)
		switch spec := c.Spec(); {
		case c == event.LabelsColumn || !from.Has(c, row):
		case spec.Kind == event.Text || spec.Kind == event.Bytes:
			b.SetString(c, from.Text(c, row))
		case spec.Kind == event.Stamp:
			b.SetTime(c, from.Time(c, row))
		default:
			v, _ := from.Uint(c, row)
			b.SetUint(c, v)
		}
	}
}

// quantile returns the value that a share of all, which is sorted, is at or below.
func quantile[T cmp.Ordered](all []T, share float64) T { return all[int(share*float64(len(all)-1))] }
