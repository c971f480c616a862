package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"frontfoot/detect"
	"frontfoot/ingest/ledger"
)

// What came after all is no loss, and what two entries say counts once.
func TestLedger(t *testing.T) {
	s := open(t)
	at := time.Now().UnixNano()
	old := at - 3*day
	write(t, s, &detect.Batch{Token: "a", Sites: []detect.Output{
		{Site: "exeter", Messages: []detect.Scored{scored(9, 1, "auth")}, Ledger: []ledger.Entry{
			{Kind: ledger.Taken, Input: "firewall", First: old, Last: at, Rows: 900, Bytes: 9},
			{Kind: ledger.Late, Input: "firewall", First: old, Last: at, Rows: 30},
			{Kind: ledger.KernelDrop, Input: "firewall", First: at, Last: at, Rows: 142},
			{Kind: ledger.SpoolFull, Input: "mail", First: old, Last: old, Rows: 8},
			{Kind: ledger.Gap, First: at, Last: at, Epoch: "e", Seq: 100, Rows: 50},
			{Kind: ledger.GapFilled, First: at, Last: at, Epoch: "e", Seq: 120, Rows: 20},
			{Kind: ledger.GapFilled, First: at, Last: at, Epoch: "e", Seq: 100, Rows: 10},
			{Kind: ledger.DeadLetter, Reason: "unreadable", First: at, Last: at, Epoch: "e", Seq: 150, Rows: 5},
			{Kind: ledger.GapFilled, First: at, Last: at, Epoch: "e", Seq: 151, Rows: 2},
			{Kind: ledger.Damaged, First: at, Last: at, Epoch: "e", Seq: 90, Rows: 20}, // 100 to 109 are in the gap
			{Kind: ledger.Damaged, First: at, Last: at, Epoch: "e", Seq: 700, Rows: 4}, // nowhere else
			{Kind: ledger.Damaged, First: at, Last: at, Epoch: "other", Seq: 100, Rows: 3},
			{Kind: ledger.Duplicate, First: at, Last: at, Epoch: "e", Seq: 1, Rows: 6},
			{Kind: ledger.StateLost, First: at, Last: at},
		}},
		{Site: "quiet", Ledger: []ledger.Entry{{Kind: ledger.Canary, Input: "file", First: at, Last: at}}},
	}})
	sites, err := s.Sites(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []Site{
		{
			Name: "exeter", Events: 9, Taken: 900, Late: 30, Lost: 142 + 8 + 20 + 4 + 3, LostRecently: 142 + 20 + 4 + 3, LostHow: ledger.KernelDrop, LostAt: "firewall",
			DeadLetters: 3, Duplicates: 6, StateLost: 1,
		},
		{Name: "quiet", LastCanary: time.Unix(0, at).UTC()},
	}
	if diff := cmp.Diff(sites, want, cmpopts.IgnoreFields(Site{}, "First", "Last", "LastReceived", "Asked", "Unparsed")); diff != "" {
		t.Errorf("sites, got against want:\n%s", diff)
	}
	if now := sites[0].Asked; time.Since(now).Abs() > time.Minute {
		t.Errorf("asked at %v", now)
	}
	totals, err := s.Ledger(t.Context(), "quiet")
	if err != nil || len(totals) != 1 || totals[0].Kind != ledger.Canary {
		t.Errorf("ledger of one site: got %+v, %v", totals, err)
	}
	got, err := s.losses(t.Context(), "exeter", time.Unix(0, at), time.Unix(0, at))
	if err != nil {
		t.Fatal(err)
	}
	kinds := []ledger.Kind{}
	for _, l := range got {
		kinds = append(kinds, l.Kind)
	}
	if diff := cmp.Diff(kinds, []ledger.Kind{"kernel_drop", "gap", "damaged", "damaged", "dead_letter", "state_lost"}); diff != "" {
		t.Errorf("losses now, got against want:\n%s", diff)
	}
	if got[1].Rows != 20 || got[4].Rows != 3 {
		t.Errorf("a gap of 50 with 30 filled has %d rows, dead letters of 5 with 2 sent again have %d", got[1].Rows, got[4].Rows)
	}
	if got, err := s.losses(t.Context(), "exeter", time.Unix(0, old-day), time.Unix(0, old-day)); err != nil || len(got) != 0 {
		t.Errorf("losses before all: got %+v, %v", got, err)
	}
}
