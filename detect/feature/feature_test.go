package feature

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// TestPrivate checks what is the council's own space.
func TestPrivate(t *testing.T) {
	for ip, want := range map[string]bool{
		"10.1.2.3": true, "172.16.0.1": true, "172.31.255.1": true, "172.32.0.1": false, "172.160.0.1": false, "192.168.1.1": true, "192.169.1.1": false,
		"100.64.0.1": true, "100.127.0.1": true, "100.128.0.1": false, "100.1.0.1": false, "127.0.0.1": true, "169.254.1.1": true, "8.8.8.8": false,
		"224.0.0.251": true, "255.255.255.255": true, "22.1.1.1": false, "fe80::1": true, "fd00::1": true, "fc00::1": true, "2001:db8::1": false, "::1": true,
		"": false,
	} {
		if got := Private(ip); got != want {
			t.Errorf("Private(%q) = %v", ip, got)
		}
	}
}

// TestRegistered checks which part of a name somebody had to register.
func TestRegistered(t *testing.T) {
	for name, want := range map[string]string{
		"www.example.com": "example.com", "a.b.c.example.org.": "example.org", "www.northmoor.gov.uk": "northmoor.gov.uk", "bbc.co.uk": "bbc.co.uk",
		"localhost": "localhost", "": "", "x.y": "x.y", "..": ".",
	} {
		if got := Registered(name); got != want {
			t.Errorf("Registered(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestBin checks the bins against their definition and that they never fall.
func TestBin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(1, 1e15).Draw(t, "x")
		want := int64(math.Round(2 * math.Log2(1+x)))
		if got := bin(x); got != want && math.Abs(2*math.Log2(1+x)-math.Floor(2*math.Log2(1+x))-0.5) > 1e-9 {
			t.Fatalf("bin(%v) = %d, want %d", x, got, want)
		}
		if bin(-x) != -bin(x) {
			t.Fatalf("bin(-%v) = %d", x, bin(-x))
		}
	})
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 0, 0.05, 0.95} {
		bin(x) // must not panic
	}
}

// TestEvents checks what an event's features are.
func TestEvents(t *testing.T) {
	b := event.NewBuilder()
	add := func(source, target string, sport, dport uint64) {
		b.SetString(event.SourceIP, source)
		b.SetString(event.DestinationIP, target)
		b.SetUint(event.SourcePort, sport)
		b.SetUint(event.DestinationPort, dport)
		b.SetUint(event.SourceBytes, 900)
		b.End()
	}
	add("10.0.0.1", "203.0.113.9", 51234, 4444)
	add("203.0.113.9", "10.0.0.1", 51234, 4444)
	add("10.0.0.53", "10.0.0.1", 53, 51234)
	e := NewEvents(sketch.NewKey([16]byte{}))
	e.Begin(b.Batch())
	var r Row
	var got [][]string
	for row := range 3 {
		e.Row(row, &r)
		var names []string
		for i, v := range r.Values {
			if v.Hash != 0 {
				f := &e.Layout().Fields[i]
				names = append(names, f.Say+"="+f.Format(v))
			}
		}
		got = append(got, names)
	}
	want := [][]string{
		{"inside source address=10.0.0.1", "outside destination address=203.0.113.9", "outside destination network=203.0.113", "destination port=4444", "bytes sent=900 B"},
		{"outside source address=203.0.113.9", "inside destination address=10.0.0.1", "destination port asked for from outside=4444", "bytes sent=900 B"},
		{"inside source address=10.0.0.53", "inside destination address=10.0.0.1", "bytes sent=900 B"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestTranslationHasNoDestination checks that a source's own mapped address is nobody whom it speaks to, with and without ports, and that a connection to that
// address is one.
func TestTranslationHasNoDestination(t *testing.T) {
	b := event.NewBuilder()
	add := func(to string, port, mapped uint64) {
		b.SetString(event.SourceIP, "10.0.0.5")
		b.SetString(event.SourceNATIP, "203.0.113.2")
		b.SetString(event.DestinationIP, to)
		b.SetString(event.DestinationCountry, "Norway")
		if port > 0 {
			b.SetUint(event.DestinationPort, port)
		}
		if mapped > 0 {
			b.SetUint(event.SourceNATPort, mapped)
		}
		b.End()
	}
	add("203.0.113.2", 10501, 10501)
	add("203.0.113.2", 0, 0)
	add("203.0.113.2", 443, 10501)
	add("203.0.113.2", 443, 0)
	add("203.0.113.9", 10501, 10501)
	e := NewEvents(sketch.NewKey([16]byte{}))
	e.Begin(b.Batch())
	var r Row
	for row, want := range []bool{false, false, true, true, true} {
		e.Row(row, &r)
		got := r.Values[dstOut].Hash != 0
		if got != want || got != (r.Values[dstNet].Hash != 0) || got != (r.Values[dstPort].Hash != 0) || got != (r.Values[dstCountry].Hash != 0) {
			t.Errorf("row %d: %v, want a destination: %v", row, r.Values[dstIn:probed+1], want)
		}
	}
}

// TestHostsAreOneClass checks that the logs of a host's programs are compared with each other and with nothing else.
func TestHostsAreOneClass(t *testing.T) {
	b := event.NewBuilder()
	names := []string{"linux.sshd", "linux.accounts", "dropbear", "linux", "cisco.asa", "cisco.ios", ""}
	for _, name := range names {
		b.SetString(event.Dataset, name)
		b.End()
	}
	e := NewEvents(sketch.NewKey([16]byte{}))
	e.Begin(b.Batch())
	var r Row
	classes := map[uint64]string{}
	for row, name := range names {
		e.Row(row, &r)
		classes[r.Class] += name + " "
	}
	if len(classes) != 4 || classes[e.host] != "linux.sshd linux.accounts dropbear linux " {
		t.Errorf("classes: %v", classes)
	}
}

// TestMemoryIsNoAlias checks that a value remembered from a batch does not change with the batch's memory.
func TestMemoryIsNoAlias(t *testing.T) {
	key := sketch.NewKey([16]byte{9})
	var m memory
	buf := []byte("alpha")
	first := m.hashIn(key, 1, string(buf))
	copy(buf, "gamma")
	if got := m.hashIn(key, 1, string(buf)); got == first {
		t.Error("two texts have one hash")
	}
	if got := m.hashIn(key, 1, "alpha"); got != first {
		t.Error("one text has two hashes")
	}
}

// TestPairs checks that few columns have all pairs and many have a bounded number, each field in some.
func TestPairs(t *testing.T) {
	for _, c := range []struct{ columns, pairs int }{{1, 0}, {2, 1}, {3, 3}, {4, 6}, {41, 820}, {45, 990}, {100, 990}, {1000, 990}} {
		pairs := allPairs(c.columns)
		if len(pairs) != c.pairs {
			t.Errorf("%d columns have %d pairs, want %d", c.columns, len(pairs), c.pairs)
		}
		seen := map[Pair]bool{}
		for _, p := range pairs {
			if seen[p] || p.A >= p.B {
				t.Fatalf("%d columns: pair %v twice, or in disorder", c.columns, p)
			}
			seen[p] = true
		}
	}
}
