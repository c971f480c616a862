package template

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"frontfoot/detect/sketch"
)

func miner() *Miner { return New(sketch.NewKey([16]byte{1})) }

// TestShape says which lines are of one shape and which are not.
func TestShape(t *testing.T) {
	for _, test := range []struct {
		name        string
		same, other []string
	}{
		{"words change where most are alike", []string{
			"Accepted password for bob from 10.0.0.1 port 22 ssh2",
			"Accepted password for bob from 10.9.8.7 port 50001 ssh2",
			"Accepted password for alice from 2001:db8::1 port 3 ssh2",
		}, []string{
			"Failed password for bob from 10.0.0.1 port 22 ssh2",
			"Accepted password for bob",
			"session opened for user root by (uid=0)",
		}},
		{"numbers, paths, names and addresses are no words", []string{
			"read 512 bytes of /var/log/syslog for backup.example.org at 52:54:00:aa:bb:cc from C:\\logs",
			"read 7 bytes of /etc/passwd for www.council.example.net at fe:ed:fa:ce:ab:cd from D:\\x",
		}, []string{"read 512 bytes of nothing for backup"}},
		{"parameters next to each other are one", []string{
			"ask 10.0.0.1 to delete blk_1", "ask 10.0.0.1 to delete blk_1 blk_2 blk_3", "ask 10.0.0.1 to delete [1, 2, 3]",
		}, []string{"ask 10.0.0.1 to keep blk_1"}},
		{"a date is a parameter with or without a name before it", []string{
			"down since Fri Jun 17 07:07:00 2005", "down since 2005-06-17 07:07",
		}, []string{"down since Fri"}},
		{"keys must be the same, values need not", []string{
			"deny user=root uid= proto=TCP", "deny user=bob uid=0 proto=UDP", `deny user="Bob B. Builder" uid=none proto=ICMP`,
		}, []string{"deny user=root proto=TCP", "deny user=root gid= proto=TCP"}},
		{"keys apart from their values", []string{"total = red", "total = blue"}, []string{"total : red"}},
		{"keys do not drown the words", []string{"after: a:1 b:2 c:3 d:4 e:5 f:6"}, []string{"before: a:1 b:2 c:3 d:4 e:5 f:6"}},
		{"JSON", []string{
			`{"user":"bob","n":1,"ok":true,"tags":["x7"]}`, `{"user": "al \" ice", "n": 22, "ok": false, "tags": ["x8"]}`,
		}, []string{`{"name":"bob","n":1,"ok":true,"tags":["x7"]}`}},
		{"words in capitals are constants", []string{"rule for the inner zone says DROP"}, []string{
			"rule for the inner zone says ACCEPT", "rule for the inner zone says nothing",
		}},
		{"single words", []string{"warning"}, []string{"normal"}},
	} {
		m := miner()
		want := m.Shape(test.same[0])
		for _, text := range test.same {
			if got := m.Shape(text); got != want {
				t.Errorf("%s: %q has another shape", test.name, text)
			}
		}
		for _, text := range test.other {
			if got := m.Shape(text); got == want {
				t.Errorf("%s: %q has the same shape", test.name, text)
			}
		}
	}
	for _, text := range []string{"", " \t", "--- *** ---", "()[]"} {
		if got := miner().Shape(text); got != 0 {
			t.Errorf("%q, a text without words, has shape %x", text, got)
		}
	}
}

// A word in the opening, or in capitals, changes the shape, until it is clear that there is no end of them.
func TestManySiblingsAreOneShape(t *testing.T) {
	for _, text := range []string{"%s logged in", "service %s has stopped", "the state of all is now %s"} {
		for _, name := range []func(int) string{spell, func(i int) string { return "N" + string(rune('A'+i%26)) + string(rune('A'+i/26)) }} {
			m := miner()
			ids := map[uint64]int{}
			for i := range 200 {
				ids[m.Shape(fmt.Sprintf(text, name(i)))]++
			}
			if len(ids) > variants || m.Len() != 1 {
				t.Errorf("%q: %d ids and %d shapes, want at most %d and 1", text, len(ids), m.Len(), variants)
			}
			if got := m.Count(); got != 200 {
				t.Errorf("%q: the shape took up %d texts, want 200", text, got)
			}
			if got := m.Parameters(); len(got) != 1 || got[0].Text != name(199) {
				t.Errorf("%q: parameters %v", text, got)
			}
		}
	}
}

// texts are lines of few words, so that they meet, and some of outlandish bytes.
func texts() *rapid.Generator[[]string] {
	return rapid.SliceOfN(rapid.OneOf(
		rapid.StringMatching(`[a-e]{1,2}( [a-eA-C0-9=:/".]{1,3}){0,6}`),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	), 1, 300)
}

// TestSameLogSameIDs checks that ids depend on the log of the site alone: not on the run, nor on what comes at other sites between.
func TestSameLogSameIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mine, others := texts().Draw(t, "mine"), texts().Draw(t, "others")
		alone, beside, other := miner(), miner(), New(sketch.NewKey([16]byte{2}))
		for i, text := range mine {
			other.Shape(others[i%len(others)])
			want := alone.Shape(text)
			if got := beside.Shape(text); got != want {
				t.Fatalf("%q has shape %x, and %x beside another site", text, want, got)
			}
		}
		if mine[0] != "" && alone.Len() != beside.Len() {
			t.Fatalf("%d shapes, and %d beside another site", alone.Len(), beside.Len())
		}
	})
}

// TestShortShapesTakeLittle checks that shapes take what their words need, and that long ones that came before do not make them dear beyond the bound.
func TestShortShapesTakeLittle(t *testing.T) {
	m := miner()
	short := func() {
		for i := range 1_000_000 {
			if m.Len() == maxShapes {
				return
			}
			m.Shape(spell(i) + " " + spell(i*7+1) + " stopped")
		}
		t.Fatalf("only %d shapes", m.Len())
	}
	if short(); m.Bytes() > 72<<10 {
		t.Errorf("%d bytes of %d shapes of three words", m.Bytes(), m.Len())
	}
	for i := range 10_000 {
		m.Shape(spell(i) + strings.Repeat(" more", 31))
	}
	for i := range 10_000 {
		m.Shape(spell(i) + " has " + spell(i*7+1))
	}
	if m.Bytes() > 146<<10 {
		t.Errorf("%d bytes after a flood of long ones", m.Bytes())
	}
}

// TestBounds gives a miner a million lines that never come again, of several kinds, and sees that it keeps its bounds, and what is in use.
func TestBounds(t *testing.T) {
	const used, seldom = "the one line that comes all the time", "a line that came often and comes now and then"
	m := miner()
	want, wantSeldom := m.Shape(used), m.Shape(seldom)
	for range 1000 {
		m.Shape(seldom)
	}
	for i := range 1_000_000 {
		m.Shape(hostile(i))
		if i%500 == 0 && m.Shape(used) != want {
			t.Fatalf("the used shape was lost after %d others", i)
		}
		if i == 5000 && m.Shape(seldom) != wantSeldom {
			t.Fatal("the shape that came often was lost")
		}
	}
	if got := m.Bytes(); got > 200<<10 {
		t.Errorf("%d bytes, allowed are 200 KiB", got)
	}
	var e sketch.Encoder
	m.Encode(&e)
	if got := len(e.Buf); got > 200<<10 {
		t.Errorf("a snapshot of %d bytes, allowed are 200 KiB", got)
	}
	if m.Len() > maxShapes {
		t.Errorf("%d shapes, allowed are %d", m.Len(), maxShapes)
	}
	n := 0
	for i := range m.heads {
		length := 0
		for next := m.heads[i]; next != 0; next = m.shapes[next-1].next {
			length++
		}
		if n += length; length > perList {
			t.Errorf("a list of %d shapes, allowed are %d", length, perList)
		}
	}
	if n != m.Len() {
		t.Errorf("the lists have %d of %d shapes", n, m.Len())
	}
}

// hostile returns one of lines without end: of as many words that begin alike or otherwise, of many words or parameters, with keys that
// are all different, of one word, and of no words that anybody could read.
func hostile(i int) string {
	switch i % 6 {
	case 0:
		return "user said " + spell(i*7+1) + " " + spell(i*13+5) + " " + spell(i*31+11)
	case 1:
		return spell(i*7+1) + " " + spell(i*13+5) + " " + spell(i*31+11) + " x y"
	case 2:
		return fmt.Sprintf("%s=%d %s=%d %d %s", spell(i), i, spell(i+1), i, i, spell(i+2))
	case 3:
		return fmt.Sprintf("%d %s", i, slices.Repeat([]string{spell(i), "12"}, i%40))
	case 4:
		return spell(i)
	}
	return fmt.Sprintf("\x80%c\xff=\"%c\\ :..:%s::=", i%256, i%251, spell(i))
}

// spell writes a number in letters.
func spell(i int) string {
	b := []byte{'q'}
	for ; i > 0; i /= 26 {
		b = append(b, byte('a'+i%26))
	}
	return string(b)
}

// TestNoGarbage checks that neither shapes nor parameters take memory line by line.
func TestNoGarbage(t *testing.T) {
	m := miner()
	lines := councilLines()
	for i := range 3000 { // the miner has its size
		m.Shape(hostile(i))
	}
	i := 0
	if got := testing.AllocsPerRun(2*len(lines), func() {
		m.Shape(lines[i%len(lines)])
		m.Parameters()
		i++
	}); got != 0 {
		t.Errorf("%v allocations a line", got)
	}
}
