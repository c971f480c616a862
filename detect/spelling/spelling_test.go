package spelling

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"frontfoot/detect/sketch"
)

const (
	start  = int64(1_772_409_600e9) // Monday 2 March 2026
	minute = int64(time.Minute)
)

func testKey() sketch.Key { return sketch.NewKey([16]byte{7}) }

func who(n int) uint64 { return testKey().Number(9, uint64(n)) }

// A network is machines that ask for names of made-up companies.
type network struct {
	r     *rand.Rand
	m     *Model
	at    int64
	worst Verdict // of the ordinary ones
}

func newNetwork(seed uint64) *network {
	return &network{r: rand.New(rand.NewPCG(seed, 3)), m: New(testKey(), nil), at: start}
}

func (w *network) ask(machine int, sub, domain string) (chance, carried Verdict) {
	text := domain
	if sub != "" {
		text = sub + "." + domain
	}
	w.m.Pass(w.at)
	chance, carried = w.m.Ask(&Name{Who: who(machine), Text: text, Domain: domain, At: w.at})
	w.m.learn(1)
	return chance, carried
}

// syllables make names that are no words of the prior, as those of foreign companies are not.
func (w *network) company() string {
	parts := []string{"mo", "ra", "tel", "vin", "ko", "san", "ber", "li", "dex", "tro", "ma", "nor", "gi", "fal", "con", "ter", "ste", "bri", "pau", "len", "shaw", "ton", "field", "wick"}
	var name strings.Builder
	for range 2 + w.r.IntN(3) {
		name.WriteString(parts[w.r.IntN(len(parts))])
	}
	return name.String() + []string{".com", ".co.uk", ".org", ".net"}[w.r.IntN(4)]
}

// live lets forty machines ask for some hundred new names a day, now and then an odd one.
func (w *network) live(days int) {
	for range days * 400 {
		w.at += int64(w.r.ExpFloat64() * 3.6 * float64(minute))
		sub, domain := []string{"www", "", "mail", "cdn" + fmt.Sprint(w.r.IntN(9)), "api"}[w.r.IntN(5)], w.company()
		switch w.r.IntN(40) {
		case 0:
			domain = w.random(5+w.r.IntN(4)) + ".io"
		case 1:
			sub = w.random(12) + ".eu-west-1"
		}
		chance, carried := w.ask(w.r.IntN(40), sub, domain)
		w.worst.Bits = max(w.worst.Bits, chance.Bits, carried.Bits)
	}
}

func (w *network) random(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz234567"[w.r.IntN(32)]
	}
	return string(b)
}

// TestTunnelIsFound asks for forty long names of chance under one domain, and for three hundred short ones under another, as of a network that
// delivers content.
func TestTunnelIsFound(t *testing.T) {
	for seed := range uint64(5) {
		w := newNetwork(seed)
		w.live(3)
		var tunnel, cdn Verdict
		for range 40 {
			w.at += 5 * minute
			_, tunnel = w.ask(3, w.random(45)+"."+w.random(45), "stoneworks-cdn.xyz")
		}
		for i := range 300 {
			w.at += minute
			_, v := w.ask(4, fmt.Sprintf("e%d", i), "deliver.net")
			cdn.Bits = max(cdn.Bits, v.Bits)
		}
		if tunnel.Bits < 30 || tunnel.Names != 40 || tunnel.Bytes != 40*91 {
			t.Errorf("seed %d: a tunnel has %+v, want 30 bits, 40 names of 91 bytes", seed, tunnel)
		}
		if cdn.Bits > 3 || w.worst.Bits > 16 {
			t.Errorf("seed %d: short names have %.1f bits, the worst of life %.1f", seed, cdn.Bits, w.worst.Bits)
		}
	}
}

// TestManyAskForLongNames checks that long names under a domain that everybody asks for are no tunnel.
func TestManyAskForLongNames(t *testing.T) {
	w := newNetwork(6)
	w.live(3)
	for range 20 {
		for machine := range 40 {
			w.at += minute / 4
			_, v := w.ask(machine, w.random(60), "reputation.com")
			if v.Names > 5 && v.Bits > 3 {
				t.Fatalf("%+v for what everybody asks", v)
			}
		}
	}
}

// TestGeneratedNamesAreFound asks for names of chance, of which most do not exist, and for as many of words.
func TestGeneratedNamesAreFound(t *testing.T) {
	for seed := range uint64(5) {
		w := newNetwork(seed)
		w.live(3)
		at, found := w.at, 0
		for i := range 60 {
			w.at += 2e9
			domain := w.random(8+w.r.IntN(7)) + ".net"
			v, _ := w.ask(3, "", domain)
			w.m.Answer(&Name{Who: who(3), Text: domain, Domain: domain, At: w.at}, i%9 == 0)
			if v.Bits >= 20 && found == 0 {
				found = i + 1
			}
		}
		if found == 0 || found > 30 {
			t.Errorf("seed %d: found after %d names, want 30 at most", seed, found)
		}
		w.at = at
		var worst float32
		for range 60 {
			w.at += 2e9
			v, _ := w.ask(4, "www", w.company())
			worst = max(worst, v.Bits)
		}
		if worst > 8 || w.worst.Bits > 16 {
			t.Errorf("seed %d: names of companies have %.1f bits, the worst of life %.1f", seed, worst, w.worst.Bits)
		}
	}
}

// TestPriorKnowsWords checks that a chain without any site's names tells words from chance.
func TestPriorKnowsWords(t *testing.T) {
	c := new(chain)
	c.prior()
	for _, pair := range [][2]string{{"microsoft", "qzxkvjwpf"}, {"planninghub", "hxqgpzwkrtd"}, {"stonekitchens", "bq7x9fkz2mwqd"}} {
		if word, chance := c.bits(pair[0]), c.bits(pair[1]); word+10 > chance {
			t.Errorf("%s has %.1f bits, %s %.1f", pair[0], word, pair[1], chance)
		}
	}
}

// TestBetsByChance checks the promise that of things by chance no more than one beginning in 2^b wins b bits.
func TestBetsByChance(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	table, began := newTable(8), 0
	var above [13]int
	var top float32
	for i := range 400_000 {
		b := table.play(77, won(-sketch.Log2(float32(1-r.Float64()))), 0, int64(i))
		if b == nil || b.begun {
			began++
			for n := range above {
				if top >= float32(n) {
					above[n]++
				}
			}
			top = 0
		}
		if b != nil {
			top = max(top, b.bits)
		}
	}
	for n := 4; n < len(above); n++ {
		if want := float64(began) / float64(int(1)<<n); float64(above[n]) > want+20 {
			t.Errorf("%d of %d won %d bits, want %.0f at most", above[n], began, n, want)
		}
	}
	if above[4] == 0 {
		t.Error("nobody ever won 4 bits: the test is of no use")
	}
}

// TestFloodStaysInBounds asks for a million names, each of another domain and machine, while a tunnel is open.
func TestFloodStaysInBounds(t *testing.T) {
	w := newNetwork(8)
	w.live(2)
	var v Verdict
	for i := range 1 << 20 {
		w.ask(i, w.random(20), w.random(12)+".com")
		if w.at += 5e6; i%20_000 == 0 {
			_, v = w.ask(1<<24, w.random(60)+"."+w.random(60)+"."+w.random(60), "stoneworks-cdn.xyz")
		}
	}
	if n := w.m.Bytes(); n > 512<<10 {
		t.Errorf("%d bytes", n)
	}
	if v.Bits < 20 {
		t.Errorf("a tunnel under the flood has %+v, want 20 bits", v)
	}
}

// TestRoundTrip checks that the same state has the same bytes, and that what was restored goes on alike.
func TestRoundTrip(t *testing.T) {
	a := newNetwork(3)
	a.live(2)
	for range 10 {
		a.ask(3, a.random(50), "tunnel.xyz")
	}
	b := &network{r: a.r, m: New(testKey(), nil), at: a.at}
	var e, again sketch.Encoder
	a.m.Encode(&e)
	if err := b.m.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	if b.m.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	for i := range 50 {
		sub, domain := a.random(1+i), a.company()
		if i%2 == 0 {
			domain = "tunnel.xyz"
		}
		x, y := a.ask(3, sub, domain)
		if p, q := b.ask(3, sub, domain); p != x || q != y {
			t.Fatalf("name %d: %+v %+v, after a round trip %+v %+v", i, x, y, p, q)
		}
	}
	for n := range e.Buf {
		if n%997 == 0 && New(testKey(), nil).Decode(sketch.NewDecoder(e.Buf[:n])) == nil {
			t.Fatalf("no error of the first %d bytes of %d", n, len(e.Buf))
		}
	}
}

func BenchmarkAsk(b *testing.B) {
	w := newNetwork(1)
	w.live(1)
	names := make([]Name, 4096)
	for i := range names {
		domain := w.company()
		names[i] = Name{Who: who(i % 40), Text: "www." + domain, Domain: domain, At: start}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.m.Ask(&names[i%len(names)])
		w.m.learn(1)
	}
}
