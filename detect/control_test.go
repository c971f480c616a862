package detect

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"frontfoot/detect/incident"
	"frontfoot/detect/verdict"
	"frontfoot/ingest/bus"
)

// TestHostileControls checks that records which say too much, or nothing, are refused whole: they are dead letters and change nothing of the state.
func TestHostileControls(t *testing.T) {
	said := func(what string) string {
		return `{"kind":"verdict","incident":"i","time":"2026-03-02T00:00:00Z",` + what + `}`
	}
	scope := `"entities":["a=b"],"reasons":[{"field":"c","any":true}]`
	many := func(n int, item string) string { return "[" + strings.Repeat(item+",", n-1) + item + "]" }
	records := map[string]string{
		"nothing":             ``,
		"no object":           `[1]`,
		"another kind":        `{"kind":"reference"}`,
		"too large":           said(`"verdict":"","note":"` + strings.Repeat("x", maxControl) + `"`),
		"a long note":         said(`"verdict":"","note":"` + strings.Repeat("x", maxNote+1) + `"`),
		"a long author":       said(`"verdict":"","author":"` + strings.Repeat("x", maxWord+1) + `"`),
		"no incident":         `{"kind":"verdict","verdict":"","time":"2026-03-02T00:00:00Z"}`,
		"an unknown verdict":  said(`"verdict":"guilty",` + scope),
		"benign, of nobody":   said(`"verdict":"benign","reasons":[{"field":"c","any":true}]`),
		"benign, of nothing":  said(`"verdict":"benign","entities":["a=b"]`),
		"suppressed for ever": said(`"verdict":"suppressed",` + scope),
		"until the year 9000": said(`"verdict":"suppressed","until":"9000-01-01T00:00:00Z",` + scope),
		"many entities":       said(`"verdict":"benign","entities":` + many(17, `"a=b"`) + `,"reasons":[{"field":"c"}]`),
		"many reasons":        said(`"verdict":"benign","entities":["a=b"],"reasons":` + many(13, `{"field":"c"}`)),
		"many values":         said(`"verdict":"benign","entities":["a=b"],"reasons":[{"field":"c","values":` + many(9, "1") + `}]`),
		"values that are not": said(`"verdict":"benign","entities":["a=b"],"reasons":[{"field":"c","values":[-1]}]`),
		"a long entity":       said(`"verdict":"benign","entities":["` + strings.Repeat("a", 193) + `"],"reasons":[{"field":"c"}]`),
		"a long field":        said(`"verdict":"benign","entities":["a=b"],"reasons":[{"field":"` + strings.Repeat("a", 129) + `"}]`),
		"decoys of none":      `{"kind":"decoys","time":"2026-03-02T00:00:00Z"}`,
		"many decoys":         `{"kind":"decoys","time":"2026-03-02T00:00:00Z","decoys":{"hosts":` + many(257, `"h"`) + `}}`,
		"a net as decoy":      `{"kind":"decoys","time":"2026-03-02T00:00:00Z","decoys":{"addresses":["10.0.0.0/8"]}}`,
		"back to nothing":     `{"kind":"rollback","time":"2026-03-02T00:00:00Z"}`,
		"back to no state":    `{"kind":"rollback","time":"2026-03-02T00:00:00Z","state":{"time":"2026-03-02T00:00:00Z","kafka_offset":1,"sha256":"00"}}`,
		"back to long sums":   `{"kind":"rollback","time":"2026-03-02T00:00:00Z","state":{"time":"2026-03-02T00:00:00Z","kafka_offset":1,"sha256":"` + strings.Repeat("0", 66) + `"}}`,
		"back to before all":  `{"kind":"rollback","time":"2026-03-02T00:00:00Z","state":{"time":"2026-03-02T00:00:00Z","kafka_offset":-1,"sha256":"` + strings.Repeat("0", 64) + `"}}`,
		"said before all":     `{"kind":"verdict","incident":"i","verdict":"","time":"1970-01-01T00:00:00+14:00"}`,
		"back to after all":   `{"kind":"rollback","time":"2026-03-02T00:00:00Z","state":{"time":"2200-12-31T23:59:59-12:00","kafka_offset":1,"sha256":"` + strings.Repeat("0", 64) + `"}}`,
		"everything as decoy": `{"kind":"decoys","time":"2026-03-02T00:00:00Z","decoys":{"urls":["/"]}}`,
	}
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	before := s.Snapshot()
	m := siteMessages{site: "testham"}
	for name, record := range records {
		if c, err := DecodeControl([]byte(record)); !errors.Is(err, ErrControl) || c != (Control{}) {
			t.Errorf("%s: got %+v, %v", name, c, err)
		}
		m.controls = append(m.controls, bus.Message{Offset: int64(len(m.controls)), Value: []byte(record)})
	}
	var out Output
	l := &lane{worker: &Worker{}}
	controls, err := l.hear(t.Context(), s, &m)
	if err != nil {
		t.Fatal(err)
	}
	letters := l.takeAll(s, &m, controls, &out)
	if len(letters) != len(records) || len(out.Ledger) != len(records) || len(out.Verdicts) > 0 {
		t.Errorf("%d letters, %d entries and %d verdicts of %d records", len(letters), len(out.Ledger), len(out.Verdicts), len(records))
	}
	if string(before) != string(s.Snapshot()) {
		t.Error("the state has changed")
	}
}

// TestManyVerdictsStayInBounds says something of ten thousand incidents. The state stays where it may be.
func TestManyVerdictsStayInBounds(t *testing.T) {
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	empty := s.Bytes()
	for i := range 10_000 {
		record := fmt.Sprintf(`{"kind":"verdict","incident":"%060d","verdict":"confirmed","time":"2026-03-02T00:00:00Z","entities":["%s"],"reasons":[`, i, strings.Repeat("a", 190))
		for k := range 12 {
			record += fmt.Sprintf(`{"field":"destination.port","values":[1,2,3,4,5,6,7,%d],"any":true},`, 12*i+k)
		}
		c, err := DecodeControl([]byte(strings.TrimSuffix(record, ",") + "]}"))
		if err != nil {
			t.Fatal(err)
		}
		s.Control(c, int64(i), 0, &Output{})
	}
	if more := s.Bytes() - empty; more > 2<<20 || s.book.Len() != 256 {
		t.Errorf("%d verdicts take %d bytes", s.book.Len(), more)
	}
}

func FuzzDecodeControl(f *testing.F) {
	scope := incident.Scope{Entities: []string{"source.ip=10.0.0.1"}, Reasons: []incident.Reason{{Field: "destination.port", Values: []uint64{1 << 63}}}}
	for _, v := range []Verdict{
		{Incident: "abc", Verdict: verdict.Benign, Author: "ann", Time: 5, Scope: scope},
		{Incident: "abc", Verdict: verdict.Suppressed, Note: "until tuesday", Time: 5, Until: 1 << 60, Scope: scope},
		{Incident: "abc"},
	} {
		value, err := v.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(value)
	}
	f.Add([]byte(`{"kind":"verdict","incident":"abc","verdict":"benign","entities":["a=b"],"reasons":[{"field":""}]}`))
	f.Add([]byte(`{"kind":"suppress"}`))
	back, err := (&Rollback{State: 7, To: 5, Note: "chaff", Author: "ann", Time: 6}).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(back)
	f.Add([]byte(`{"kind":"decoys","time":"2026-03-02T00:00:00Z","author":"ann","decoys":{"addresses":["10.1.9.9"],"hosts":["old1"]}}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		c, err := DecodeControl(value)
		if err != nil {
			return
		}
		var again []byte
		switch {
		case c.Verdict != nil:
			again, err = c.Verdict.Encode()
		case c.Decoys != nil:
			again, err = c.Decoys.Encode()
		default:
			again, err = c.Rollback.Encode()
		}
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeControl(again)
		if diff := cmp.Diff(c, back, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("error %v: %s", err, diff)
		}
		NewSite("testham", ScoreKey(), DefaultConfig()).Control(c, 0, 0, &Output{})
	})
}
