package decoy

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

func some() Decoys {
	return Decoys{
		Addresses: []string{"10.1.9.9", "2001:DB8::1"}, Hosts: []string{"srv-backup2", "old.example.gov.uk"}, Accounts: []string{"svc-restore"},
		URLs: []string{"/admin-old/", "intranet/payroll"}, Shares: []string{`\\files1\finance-old`},
	}
}

func TestFind(t *testing.T) {
	s := NewSet()
	s.Put(some())
	for _, c := range []struct {
		column event.Column
		text   string
		want   string
	}{
		{event.DestinationIP, "10.1.9.9", "10.1.9.9"},
		{event.SourceIP, "10.1.9.9", "10.1.9.9"},
		{event.DestinationIP, "2001:db8::1", "2001:DB8::1"},
		{event.DestinationIP, "10.1.9.99", ""},
		{event.HostHostname, "SRV-BACKUP2", "srv-backup2"},
		{event.DNSQuestionName, "srv-backup2.council.local.", "srv-backup2"},
		{event.TLSServerName, "old.example.gov.uk", "old.example.gov.uk"},
		{event.URLDomain, "older.example.gov.uk", ""},
		{event.UserName, `COUNCIL\svc-Restore`, "svc-restore"},
		{event.UserEffectiveName, "svc-restore@council.local", "svc-restore"},
		{event.UserName, "svc-restore2", ""},
		{event.URLPath, "/admin-old", "/admin-old/"},
		{event.URLPath, "/Admin-Old/login.php?x=1", "/admin-old/"},
		{event.URLPath, "/admin-older", ""},
		{event.URLOriginal, "https://intranet/payroll/2026", "intranet/payroll"},
		{event.URLOriginal, "https://other/payroll/2026", ""},
		{event.URLOriginal, "https://any/admin-old", "/admin-old/"},
		{event.FilePath, `\\FILES1\finance-old\2019\a.xls`, `\\files1\finance-old`},
		{event.FilePath, "//files1/finance-old", `\\files1\finance-old`},
		{event.FilePath, `\\files1\finance`, ""},
		{event.Message, "10.1.9.9", ""},
	} {
		b := event.NewBuilder()
		b.SetString(event.Dataset, "d")
		b.SetString(c.column, c.text)
		b.End()
		s.Begin(b.Batch())
		got, found := s.Find(b.Batch(), 0)
		if got.Decoy != c.want || found != (c.want != "") || found && got.Column != c.column {
			t.Errorf("%s in column %d: %+v, want %q", c.text, c.column, got, c.want)
		}
	}
}

func TestNamed(t *testing.T) {
	d := some()
	if diff := cmp.Diff(d, Named(append(d.Names(), "port=80", "host="))); diff != "" {
		t.Error(diff)
	}
}

func TestValidate(t *testing.T) {
	for name, c := range map[string]struct {
		decoys Decoys
		good   bool
	}{
		"none":          {Decoys{}, true},
		"some":          {some(), true},
		"empty":         {Decoys{Hosts: []string{" "}}, false},
		"root":          {Decoys{URLs: []string{"/"}}, false},
		"no address":    {Decoys{Addresses: []string{"10.1.9"}}, false},
		"a net":         {Decoys{Addresses: []string{"10.1.9.0/24"}}, false},
		"too long":      {Decoys{Shares: []string{strings.Repeat("x", MaxText+1)}}, false},
		"too many":      {Decoys{Accounts: strings.Split(strings.Repeat("a,", Max)+"a", ",")}, false},
		"as many as go": {Decoys{Accounts: strings.Split(strings.Repeat("a,", Max-1)+"a", ",")}, true},
	} {
		if err := c.decoys.Validate(); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFindInLabels checks that a share is found where the source has a field of its own for it.
func TestFindInLabels(t *testing.T) {
	s := NewSet()
	s.Put(some())
	b := event.NewBuilder()
	for _, label := range [][2]string{{"smb.share", `\\files1\finance-old`}, {"smb.share", `\\files1\finance`}, {"comment", `\\files1\finance-old`}} {
		b.Label(label[0], []byte(label[1]))
		b.End()
	}
	s.Begin(b.Batch())
	for row, want := range []bool{true, false, false} {
		if got, found := s.Find(b.Batch(), row); found != want || found && got.Kind != Share {
			t.Errorf("row %d: %+v, found %v", row, got, found)
		}
	}
}

// TestTranslationIsNoTouch checks that a firewall which maps a host to a decoy's address has not met it, while a connection there has.
func TestTranslationIsNoTouch(t *testing.T) {
	s := NewSet()
	s.Put(some())
	b := event.NewBuilder()
	for _, mapped := range []string{"10.1.9.9", "10.1.9.8"} {
		b.SetString(event.SourceIP, "10.0.0.5")
		b.SetString(event.SourceNATIP, mapped)
		b.SetString(event.DestinationIP, "10.1.9.9")
		b.End()
	}
	s.Begin(b.Batch())
	for row, want := range []bool{false, true} {
		if got, found := s.Find(b.Batch(), row); found != want {
			t.Errorf("row %d: %+v, found %v", row, got, found)
		}
	}
}

// TestFresh checks that who touches again and again is told once an hour, and that memory is bounded.
func TestFresh(t *testing.T) {
	s := NewSet()
	for i, want := range []bool{true, false, false, true} {
		if got := s.Fresh(7, int64(i)*again/3); got != want {
			t.Errorf("touch %d is told: %v, want %v", i, got, want)
		}
	}
	for i := range uint64(10 * maxTold) {
		s.Fresh(100+i, again)
	}
	if len(s.recent) != maxTold {
		t.Errorf("%d touches are remembered, want %d", len(s.recent), maxTold)
	}
}

// FuzzDecode checks that no bytes make Decode panic, and that what it accepts is written as it was read.
func FuzzDecode(f *testing.F) {
	s := NewSet()
	s.Put(some())
	s.Fresh(1, 2)
	var e sketch.Encoder
	s.Encode(&e)
	f.Add(e.Buf)
	f.Fuzz(func(t *testing.T, data []byte) {
		s := NewSet()
		if s.Decode(sketch.NewDecoder(data)) != nil {
			return
		}
		var first, second sketch.Encoder
		s.Encode(&first)
		again := NewSet()
		if err := again.Decode(sketch.NewDecoder(first.Buf)); err != nil {
			t.Fatal(err)
		}
		if again.Encode(&second); !bytes.Equal(first.Buf, second.Buf) {
			t.Error("it reads back differently")
		}
	})
}
