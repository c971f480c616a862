package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
)

// busy writes events of a site that uses some addresses, hosts, accounts, paths and shares.
func busy(t *testing.T, s *Store) {
	t.Helper()
	b := event.NewBuilder()
	for i := range 60 {
		b.SetTime(event.Time, t0)
		b.SetTime(event.Received, t0)
		b.SetString(event.Dataset, "d")
		b.SetString(event.SourceIP, fmt.Sprint("10.1.4.", []int{5, 6, 8, 20}[i%4]))
		b.SetString(event.DestinationIP, []string{"192.0.2.7", "10.1.4.9", "10.9.9.9"}[i%3])
		b.SetString(event.HostHostname, []string{"srv-file01", "srv-file02", "gateway", "srv-web09.council.local"}[i%4])
		b.SetString(event.UserName, []string{"svc-backup", "j.smith", "svc-sql1", "root"}[i%4])
		b.SetString(event.URLPath, []string{"/admin/login", "/admin", "/"}[i%3])
		b.SetString(event.FilePath, []string{`\\files1\finance\a.xls`, "/etc/passwd"}[i%2])
		b.SetString(event.DNSQuestionName, "gateway-old.council.local")
		b.End()
	}
	m := detect.Scored{Message: detect.Message{Epoch: "0000000000000000000000000000000a", Events: b.Batch()}, Scores: make([]float32, 60), Models: make([]detect.Model, 60)}
	write(t, s, &detect.Batch{Token: "busy", Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{m}}}})
}

func TestSuggestDecoys(t *testing.T) {
	s := open(t)
	busy(t, s)
	got, err := s.SuggestDecoys(t.Context(), "exeter")
	if err != nil {
		t.Fatal(err)
	}
	want := []Suggestion{
		{"addresses", "10.1.4.10", "free among 4 addresses of 10.1.4.0/24 that are in use on most days"},
		{"addresses", "10.1.4.7", "free among 4 addresses of 10.1.4.0/24 that are in use on most days"},
		{"hosts", "srv-file03", "the next after srv-file02"},
		{"hosts", "srv-web10", "the next after srv-web09"},
		{"accounts", "svc-backup2", "beside svc-backup"},
		{"accounts", "svc-sql2", "beside svc-sql1"},
		{"urls", "/admin-old", "beside /admin"},
		{"shares", "//files1/finance-old", "beside //files1/finance"},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
	if got, err := s.SuggestDecoys(t.Context(), "nowhere"); err != nil || len(got) > 0 {
		t.Errorf("for a site without events: %v, %v", got, err)
	}
}

func TestDecoys(t *testing.T) {
	s := open(t)
	at := time.Unix(0, t0).UTC()
	told := func(offset int64, names ...string) detect.Verdict {
		return detect.Verdict{Verdict: "decoys", Author: "ann", Time: t0, Offset: offset, Scope: incident.Scope{Entities: names}}
	}
	met := func(id string) incident.Finding {
		return incident.Finding{ID: id, Site: "exeter", Time: t0, Received: t0, Model: "decoy", Value: "10.1.9.9"}
	}
	write(t, s, &detect.Batch{Token: "d", Sites: []detect.Output{
		{Site: "exeter", Verdicts: []detect.Verdict{told(3, "host=old"), told(4, "address=10.1.9.9", "URL=/a=b")}, Findings: []incident.Finding{met("a"), met("b")}},
		{Site: "truro", Verdicts: []detect.Verdict{told(1, "account=svc-x")}},
		{Site: "wells", Verdicts: []detect.Verdict{told(1, "account=svc-x"), told(2)}},
	}})
	got, err := s.Decoys(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	never := time.Unix(0, 0).UTC()
	want := []Decoy{
		{"exeter", "URL", "/a=b", 0, never}, {"exeter", "address", "10.1.9.9", 2, at}, {"truro", "account", "svc-x", 0, never},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
	if got, err := s.Decoys(t.Context(), "truro"); err != nil || len(got) != 1 {
		t.Errorf("of one site: %v, %v", got, err)
	}
}
