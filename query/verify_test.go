package query

import (
	"errors"
	"strings"
	"testing"

	"frontfoot/store"
)

func TestVerify(t *testing.T) {
	f := example()
	f.verified = map[string]store.Verification{"exeter": {Epochs: 3, Events: 1_204_117, Explained: 12, Expired: 40, Presumed: 30, RollUp: 7, RollUpOf: 7}}
	golden(t, f, "verify-clean", "verify", "--site", "exeter")
	f.verified["truro"] = store.Verification{
		Epochs: 1, Events: 90, Missing: 1_012, Doubled: 4, RollUp: 91, RollUpOf: 90, Dangling: 2,
		Ranges:    []store.Range{{Epoch: "ab\x1b", From: 0, To: 1}, {Epoch: "ab", From: 20, To: 31}},
		Doubles:   []store.Double{{Epoch: "ab", Seq: 7, Times: 3}},
		Danglings: []store.Ref{{What: "finding", ID: "f1", Epoch: "ab", Seq: 99}},
	}
	err := golden(t, f, "verify-dirty", "verify")
	var hint interface{ HintText() string }
	want := "truro (1,012 events missing, 4 rows too many, the roll-up counts 91 of 90 events, 2 findings or evidence without event)"
	if !errors.Is(err, errNotClean) || !errors.As(err, &hint) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error with a hint that says %s", err, want)
	}
	if err := golden(t, f, "verify-json", "verify", "--site", "truro", "--json"); !errors.Is(err, errNotClean) {
		t.Errorf("with --json got %v", err)
	}
	if _, err := run(t, f, "verify", "--site", "nowhere"); !errors.Is(err, errNoSite) {
		t.Errorf("unknown site: got %v", err)
	}
}
