package ledger_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest/ledger"
)

func TestDecodeReadsWhatEncodeWrote(t *testing.T) {
	want := []ledger.Entry{
		{Kind: ledger.Taken, Input: "firewall", First: 1, Last: 60e9, Rows: 1200, Bytes: 1 << 20},
		{Kind: ledger.EpochEnd, Reason: "the collector started anew", Epoch: strings.Repeat("ab", 16), Seq: 1<<64 - 1},
	}
	value, err := ledger.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ledger.Decode(value)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEncodeRefusesNoneAndTooMany(t *testing.T) {
	for _, n := range []int{0, ledger.MaxEntries + 1} {
		if _, err := ledger.Encode(make([]ledger.Entry, n)); err == nil {
			t.Errorf("%d entries were encoded", n)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`[{"kind":"taken","input":"firewall","first":1,"last":2,"rows":3}]`))
	f.Add([]byte(`[{"kind":""}]`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, value []byte) {
		entries, err := ledger.Decode(value)
		if err != nil {
			return
		}
		again, err := ledger.Encode(entries)
		if err != nil {
			t.Fatalf("what was decoded cannot be encoded: %v", err)
		}
		back, err := ledger.Decode(again)
		if err != nil {
			t.Fatalf("%v of %s", err, bytes.TrimSpace(again))
		}
		if diff := cmp.Diff(entries, back); diff != "" {
			t.Fatal(diff)
		}
	})
}
