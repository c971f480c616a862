package detect

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestFloodIsEvidence checks that a thousand ordinary rows of one host within a minute are an incident that says so, and that what the
// host does afterwards is shown beside them, not hidden by them.
func TestFloodIsEvidence(t *testing.T) {
	var in strings.Builder
	in.WriteString("time,name,ip\n")
	row, day := 0, 24*60*60
	put := func(at int, name string, host int) {
		fmt.Fprintf(&in, "%d,%s,10.0.0.%d\n", 1_772_409_600+at, name, host)
		row++
	}
	for at := 0; at < 3*day; at += 30 {
		put(at, []string{"login", "update", "scan"}[at/30%3], at/30*7919%11)
	}
	first := row
	for i := range 1000 {
		put(3*day+i/50, "scan", 3)
	}
	last := row
	put(3*day+600, "root shell", 3)
	opt := ScoreOptions{
		Format: FormatCSV, Key: ScoreKey(), Config: DefaultConfig(),
		Schema: mustSchema(t, "time: time\ncolumns:\n  time: time\n  name: categorical\n  ip: ip\n"),
	}
	var scores, incidents bytes.Buffer
	if err := Score(context.Background(), strings.NewReader(in.String()), &scores, &incidents, opt); err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(&incidents); dec.More(); {
		var got scoreIncident
		if err := dec.Decode(&got); err != nil {
			t.Fatal(err)
		}
		n := len(got.Rows)
		if n > 0 && got.Rows[0] >= uint64(first) {
			if !strings.Contains(strings.Join(got.Reasons, "\n"), "within two minutes") || got.Rows[n-1] != uint64(last) {
				t.Errorf("rows %d to %d for the reasons %q, want the flood and row %d", got.Rows[0], got.Rows[n-1], got.Reasons, last)
			}
			return
		}
	}
	t.Error("the flood is no incident")
}
