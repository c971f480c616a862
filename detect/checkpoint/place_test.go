package checkpoint_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
)

func drawPlace(t *rapid.T) checkpoint.Place {
	offset := rapid.Int64Range(0, 1<<62)
	span := rapid.Custom(func(t *rapid.T) checkpoint.Span {
		s := checkpoint.Span{Next: offset.Draw(t, "next"), Ctl: offset.Draw(t, "ctl"), CtlLen: rapid.Int64Range(0, 9).Draw(t, "ctl length")}
		if s.Len = rapid.Int64Range(0, 3).Draw(t, "length"); s.Len > 0 {
			s.Check = rapid.Uint32().Draw(t, "check")
		}
		return s
	})
	p := checkpoint.Place{
		Batch: rapid.Uint64().Draw(t, "batch"), Nonce: rapid.Uint64().Draw(t, "nonce"), Code: rapid.Uint64().Draw(t, "code"),
		Sites: rapid.MapOf(rapid.StringMatching(`[a-z0-9-]{3,40}`), span).Draw(t, "sites"),
	}
	if rapid.Bool().Draw(t, "manifest") {
		p.Manifest.Offset = offset.Draw(t, "offset")
		p.Manifest.Size = rapid.Uint32Range(1, 1<<32-1).Draw(t, "size")
		p.Manifest.Sum[7] = rapid.Byte().Draw(t, "sum")
	}
	return p
}

func TestPlaceRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawPlace(t)
		text := want.Encode()
		got, err := checkpoint.DecodePlace(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		size := 0
		for site, s := range want.Sites {
			size += s.Size(site)
		}
		if most := checkpoint.EncodedSize(size); len(text) > most || len(text) < most-100 {
			t.Fatalf("%d bytes, foretold were at most %d", len(text), most)
		}
	})
}

// What a batch spans must be behind its place once it is settled, and nothing else may move.
func TestSettled(t *testing.T) {
	p := checkpoint.Place{Batch: 3, Nonce: 9, Sites: map[string]checkpoint.Span{
		"ashford": {Next: 10, Len: 5, Check: 1, Ctl: 2, CtlLen: 1}, "northmoor": {Next: 7},
	}}
	if !p.Pending() {
		t.Error("a place with a range is not pending")
	}
	want := checkpoint.Place{Batch: 3, Nonce: 9, Sites: map[string]checkpoint.Span{"ashford": {Next: 15, Ctl: 3}, "northmoor": {Next: 7}}}
	got := p.Settled()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Pending() {
		t.Error("a settled place is pending")
	}
}

// The record must fit into what a broker takes as metadata.
func TestPlaceOf150SitesFits(t *testing.T) {
	place := func(sites, busy int) int {
		p := checkpoint.Place{Batch: 1 << 40, Sites: map[string]checkpoint.Span{}}
		p.Manifest.Size = 1 << 20
		p.Manifest.Offset = 1 << 30
		for i := range sites {
			s := checkpoint.Span{Next: 1 << 27}
			if i < busy {
				s.Len, s.Check = 500, 1<<31
			}
			p.Sites[fmt.Sprintf("council-x%03d", i)] = s // 12 bytes
		}
		return len(p.Encode())
	}
	if n := place(150, 50); n > bus.MaxMetadata {
		t.Errorf("150 sites, 50 of them in the batch: %d bytes, at most %d are taken", n, bus.MaxMetadata)
	}
	most, all := 0, 0
	for place(most+1, 0) <= bus.MaxMetadata {
		most++
	}
	for place(all+1, all+1) <= bus.MaxMetadata {
		all++
	}
	t.Logf("%d sites with names of 12 bytes, %d where the batch has something of each", most, all)
}

// firstPlace writes a record of version 1.
func firstPlace(batch uint64, ref checkpoint.Ref, site string, next uint64) string {
	b := binary.AppendUvarint([]byte{1}, batch)
	b = binary.AppendUvarint(b, uint64(ref.Offset))
	b = binary.AppendUvarint(b, uint64(ref.Size))
	b = append(b, ref.Sum[:]...)
	b = append(b, 1, byte(len(site)))
	b = append(b, site...)
	return base64.RawStdEncoding.EncodeToString(binary.AppendUvarint(b, next))
}

func TestDecodePlaceReadsVersion1(t *testing.T) {
	want := checkpoint.Place{Batch: 7, Sites: map[string]checkpoint.Span{"ashford": {Next: 300}}}
	want.Manifest = checkpoint.Ref{Offset: 5, Size: 6, Sum: [32]byte{8}}
	got, err := checkpoint.DecodePlace(firstPlace(7, want.Manifest, "ashford", 300))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzDecodePlace(f *testing.F) {
	f.Add("")
	f.Add("AQ")
	f.Add("Ag")
	f.Add(firstPlace(7, checkpoint.Ref{Offset: 5, Size: 6}, "ashford", 300))
	p := checkpoint.Place{Batch: 7, Sites: map[string]checkpoint.Span{"local": {Next: 3, Len: 2, Check: 9}, "other": {Next: 1 << 40, Ctl: 7}}}
	f.Add(p.Encode())
	f.Fuzz(func(t *testing.T, text string) {
		p, err := checkpoint.DecodePlace(text)
		if err != nil {
			return
		}
		again, err := checkpoint.DecodePlace(p.Encode())
		if err != nil {
			t.Fatalf("what was decoded cannot be decoded again: %v", err)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Fatal(diff)
		}
	})
}
