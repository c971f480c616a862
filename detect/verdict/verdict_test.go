package verdict

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sketch"
)

const day = int64(24 * 60 * 60 * 1e9)

func layout() *feature.Layout {
	return &feature.Layout{
		Fields: []feature.Field{{Name: "source.ip", Role: feature.Actor}, {Name: "destination.port"}, {Name: "host.hostname"}},
		Pairs:  []feature.Pair{{A: 0, B: 1}},
		Shape:  -1,
	}
}

const pair = "source.ip + destination.port"

func row(who string, port uint64) *feature.Row {
	return &feature.Row{Values: []feature.Value{{Hash: uint64(len(who)) + 77, Text: who}, {Hash: port, Number: port}, {}}}
}

// seen is an observation of somebody with a value of a field.
func seen(who, field string, value uint64) *incident.Observation {
	return &incident.Observation{
		Entities: []incident.Entity{{Name: "source.ip", Text: who, Actor: true}},
		Kinds:    []incident.Kind{{Name: field, Value: value}},
	}
}

func about(who string, reasons ...incident.Reason) incident.Scope {
	return incident.Scope{Entities: []string{"source.ip=" + who}, Reasons: reasons}
}

// TestMark checks what is quiet under which verdict, and when.
func TestMark(t *testing.T) {
	scope := about("10.0.0.1", incident.Reason{Field: pair, Values: []uint64{4444}}, incident.Reason{Field: "destination.ip", Any: true})
	for _, c := range []struct {
		name         string
		says         string
		o            *incident.Observation
		at           int64
		quiet, known bool
	}{
		{"benign", Benign, seen("10.0.0.1", pair, 4444), 9 * day, true, true},
		{"another value", Benign, seen("10.0.0.1", pair, 5555), day, false, false},
		{"any value of what came with many", Benign, seen("10.0.0.1", "destination.ip", 5), day, true, true},
		{"somebody else", Benign, seen("10.0.0.2", pair, 4444), day, false, false},
		{"another field", Benign, seen("10.0.0.1", "user.name", 4444), day, false, false},
		{"suppressed", Suppressed, seen("10.0.0.1", pair, 4444), 6 * day, true, false},
		{"suppressed until now", Suppressed, seen("10.0.0.1", pair, 4444), 7 * day, false, false},
		{"confirmed", Confirmed, seen("10.0.0.1", pair, 4444), day, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := New(layout())
			b.Say(&Verdict{Incident: "i", Says: c.says, Scope: scope, Until: 7 * day}, day)
			known := b.Mark(c.o, c.at)
			if c.o.Kinds[0].Quiet != c.quiet || known != c.known {
				t.Errorf("quiet %v, known %v; want %v, %v", c.o.Kinds[0].Quiet, known, c.quiet, c.known)
			}
			b.Say(&Verdict{Incident: "i"}, c.at)
			c.o.Kinds[0].Quiet = false
			if known := b.Mark(c.o, c.at); known || c.o.Kinds[0].Quiet || b.Len() > 0 {
				t.Error("taken back, it still stands")
			}
		})
	}
}

// TestLearns checks what is not learned after an incident was confirmed.
func TestLearns(t *testing.T) {
	l := layout()
	known := l.Key(3, row("10.0.0.1", 4444))
	for _, c := range []struct {
		name    string
		reasons []incident.Reason
		row     *feature.Row
		loud    []int
		want    bool
	}{
		{"the pair", []incident.Reason{{Field: pair, Values: []uint64{known}}}, row("10.0.0.1", 4444), nil, false},
		{"another port", []incident.Reason{{Field: pair, Values: []uint64{known}}}, row("10.0.0.1", 80), nil, true},
		{"a scan, and what is unusual", []incident.Reason{{Field: pair, Any: true}}, row("10.0.0.1", 80), []int{3}, false},
		{"a scan, and what is usual", []incident.Reason{{Field: pair, Any: true}}, row("10.0.0.1", 80), nil, true},
		{"another's scan", []incident.Reason{{Field: pair, Any: true}}, row("10.0.0.23", 80), []int{3}, true},
		{
			"that somebody is new, among more",
			[]incident.Reason{{Field: "source.ip", Values: []uint64{85}, Weak: true}, {Field: pair, Values: []uint64{1}}},
			row("10.0.0.1", 80), nil, true,
		},
		{"that somebody is new, alone", []incident.Reason{{Field: "source.ip", Values: []uint64{85}, Weak: true}}, row("10.0.0.1", 80), nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := New(l)
			b.Say(&Verdict{Incident: "i", Says: Confirmed, Scope: about("10.0.0.1", c.reasons...)}, day)
			if got := b.Learns(c.row, func(f int) bool { return slices.Contains(c.loud, f) }, day); got != c.want {
				t.Errorf("learns %v, want %v", got, c.want)
			}
			b.Say(&Verdict{Incident: "i"}, day)
			if !b.Learns(c.row, func(f int) bool { return slices.Contains(c.loud, f) }, day) {
				t.Error("taken back, it is still not learned")
			}
		})
	}
}

// TestRoom checks that the number of verdicts is bounded, and which goes first.
func TestRoom(t *testing.T) {
	b := New(layout())
	for i := range MaxVerdicts {
		v := Verdict{Incident: fmt.Sprint(i), Says: Benign, Scope: about(fmt.Sprint("10.0.0.", i), incident.Reason{Field: pair, Values: []uint64{1}})}
		if i == 9 {
			v.Says, v.Until = Suppressed, 2*day
		}
		if got := b.Say(&v, day+int64(i)); got != "" {
			t.Fatalf("verdict %d made one of %q forgotten", i, got)
		}
	}
	b.Mark(seen("10.0.0.0", pair, 1), 3*day) // has something to say
	one := about("10.1.0.0", incident.Reason{Field: pair, Any: true})
	for i, want := range []string{"9", "1", "2"} {
		if got := b.Say(&Verdict{Incident: fmt.Sprint("more", i), Says: Benign, Scope: one}, 3*day); got != want {
			t.Errorf("that of %q is forgotten, want %q", got, want)
		}
	}
	if b.Len() != MaxVerdicts {
		t.Errorf("%d verdicts, want %d", b.Len(), MaxVerdicts)
	}
}

// TestLargest checks what a Book takes at most.
func TestLargest(t *testing.T) {
	text := func(n int) string { return string(bytes.Repeat([]byte("x"), n)) }
	v := Verdict{Says: Confirmed}
	for range incident.MaxScoped {
		v.Scope.Entities = append(v.Scope.Entities, text(maxWho))
	}
	for range incident.MaxReasons {
		v.Scope.Reasons = append(v.Scope.Reasons, incident.Reason{Field: text(maxField), Values: make([]uint64, incident.MaxValues), Any: true})
	}
	b := New(layout())
	for i := range MaxVerdicts {
		v.Incident = fmt.Sprintf("%064d", i)
		if err := v.Validate(); err != nil {
			t.Fatal(err)
		}
		b.Say(&v, 1)
	}
	var e sketch.Encoder
	b.Encode(&e)
	if most := 17 << 20 / 10; b.Bytes() > most || len(e.Buf) > most {
		t.Errorf("%d bytes, %d of snapshot: more than %d", b.Bytes(), len(e.Buf), most)
	}
	v.Scope.Entities = append(v.Scope.Entities, "one=more")
	if v.Validate() == nil {
		t.Error("more entities than there may be are taken")
	}
}

// FuzzDecode checks that no bytes make Decode panic, and that what it accepts is written as it was read.
func FuzzDecode(f *testing.F) {
	b := New(layout())
	b.Say(&Verdict{Incident: "i", Says: Confirmed, Scope: about("10.0.0.1", incident.Reason{Field: pair, Values: []uint64{1, 2}, Any: true})}, day)
	b.Say(&Verdict{Incident: "j", Says: Suppressed, Scope: about("10.0.0.1", incident.Reason{Field: pair, Any: true}), Until: day}, day)
	var e sketch.Encoder
	b.Encode(&e)
	f.Add(e.Buf)
	f.Fuzz(func(t *testing.T, data []byte) {
		b := New(layout())
		d := sketch.NewDecoder(data)
		if b.Decode(d) != nil {
			return
		}
		b.Learns(row("10.0.0.1", 1), func(int) bool { return true }, 5)
		b.Mark(seen("10.0.0.1", pair, 1), 5)
		var first, again sketch.Encoder
		b.Encode(&first)
		c := New(layout())
		if err := c.Decode(sketch.NewDecoder(first.Buf)); err != nil {
			t.Fatal(err)
		}
		if c.Encode(&again); !bytes.Equal(first.Buf, again.Buf) {
			t.Error("it reads back differently")
		}
	})
}
