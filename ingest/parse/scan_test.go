package parse

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// What is told from an address by its shape alone, without an error, is no address for netip either.
func TestLikeIPv6(t *testing.T) {
	const letters = "0123456789abcdefABCDEF::::::::..g"
	r := rand.New(rand.NewPCG(3, 4))
	addresses := 0
	for range 300_000 {
		v := make([]byte, 2+r.IntN(20))
		for i := range v {
			v[i] = letters[r.IntN(len(letters))]
		}
		a, err := netip.ParseAddr(string(v))
		if err != nil || a.Is4() {
			continue
		}
		if addresses++; !likeIPv6(v) {
			t.Fatalf("%s is an address", v)
		}
	}
	if addresses < 100 {
		t.Errorf("only %d addresses were made", addresses)
	}
	for _, v := range []string{"::", "::1", "2001:db8::7", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:192.0.2.1", "::ffff:255.255.255.255", "FE80::A"} {
		if !likeIPv6([]byte(v)) {
			t.Errorf("%s is an address", v)
		}
	}
	for _, v := range []string{"10:00:00", "52:54:00:12:34:56", "192.0.2.1:443", "::12345", "a:b", "::g", ""} {
		if likeIPv6([]byte(v)) {
			t.Errorf("%q is none", v)
		}
	}
}
