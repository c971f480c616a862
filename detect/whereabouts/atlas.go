package whereabouts

import (
	"strings"

	"frontfoot/detect/sketch"
)

const (
	sheets       = 2048 // of an atlas
	tagBits      = 10
	maxCountries = 1<<(16-tagBits) - 1 // the rest share the last number
	longestName  = 32                  // bytes
)

// An atlas is in which country a network is, as far as lines said so. Each place has one network, the last that was told of.
type atlas []uint16 // nil until the first

// find returns the number of a network's country, 0 where that is not known.
func (a atlas) find(network uint64) uint8 {
	if a == nil {
		return 0
	}
	if x := a[network%sheets]; uint64(x>>(16-tagBits)) == network>>(64-tagBits) {
		return uint8(x & maxCountries)
	}
	return 0
}

// note remembers the country of a network.
func (a *atlas) note(network uint64, country uint8) {
	if *a == nil {
		*a = make(atlas, sheets)
	}
	(*a)[network%sheets] = uint16(network>>(64-tagBits))<<(16-tagBits) | uint16(country)
}

func (a atlas) bytes() int { return 2 * len(a) }

// A country has a name as devices say it.
type country struct{ name string }

func (c *country) encode(e *sketch.Encoder) { e.Text(c.name) }

func (c *country) decode(d *sketch.Decoder) { c.name = d.Text(longestName) }

// prefix is the /16 of an IPv4 address or the /32 of an IPv6 address, as the text before its second mark: what one provider uses in one country.
func prefix(ip string) string {
	mark := byte('.')
	if strings.IndexByte(ip, ':') >= 0 {
		mark = ':'
	}
	first := strings.IndexByte(ip, mark)
	if second := strings.IndexByte(ip[first+1:], mark); second > 0 {
		return ip[:first+1+second]
	}
	return ip
}
