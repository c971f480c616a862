package parse

import (
	"bytes"
	"encoding/binary"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// leastUTF16 is how many characters a text without a mark must have to be taken for UTF-16: no format knows a line so short, and three words of one letter each
// may well stand between NULs.
const leastUTF16 = 8

// lastUTF16 is among how many bytes at the end of a line in UTF-16 there is a NUL: 32 characters in a row without a blank, a digit or any other of Latin-1 stand in no log.
// Looking there alone costs a line that has none next to nothing.
const lastUTF16 = 64

// fromUTF16 returns in UTF-8 what a line says in UTF-16, in p's memory, or nil where it is none for certain. It may begin with anything ASCII, such as a syslog header.
//
// Lines are cut at each byte 0x0A, and in little-endian order (0A 00) the line end's other half then begins the next one. So the order of bytes cannot be
// told by whether NULs stand at even or odd places, and Latin letters read the same in both. It is told by a byte order mark, by how the line begins, or because the other order
// gives what is no text; where both do give text and not the same, nothing is read. A line that U+xx0A or U+0Axx cut in its middle is not put together again.
func (p *Parser) fromUTF16(line []byte) []byte {
	if bytes.IndexByte(line[max(0, len(line)-lastUTF16):], 0) < 0 {
		return nil
	}
	first := bytes.IndexByte(line, 0)
	switch {
	case bytes.HasPrefix(line, []byte{0xff, 0xfe}):
		return p.units(nil, line[2:], binary.LittleEndian, true)
	case bytes.HasPrefix(line, []byte{0xfe, 0xff}):
		return p.units(nil, line[2:], binary.BigEndian, true)
	case bytes.HasSuffix(line[:max(0, first-1)], []byte{0xff, 0xfe}) && utf8.Valid(line[:first-3]): // behind a header
		return p.units(line[:first-3], line[first-1:], binary.LittleEndian, false)
	case bytes.HasSuffix(line[:first], []byte{0xfe, 0xff}) && utf8.Valid(line[:first-2]):
		return p.units(line[:first-2], line[first:], binary.BigEndian, false)
	case !isASCII(line[:first]) && first%2 == 1:
		return p.units(nil, line, binary.LittleEndian, false)
	case !isASCII(line[:first]):
		return p.units(nil, line, binary.BigEndian, false)
	}
	little := p.units(line[:first], line[first+1:], binary.LittleEndian, false)
	big := p.units(line[:first], line[first:], binary.BigEndian, false)
	switch {
	case little == nil:
		return big
	case big == nil || bytes.Equal(little, big):
		return little
	default:
		return nil
	}
}

// units returns what code units say, behind what stands before them, or nil where that is no text. A character that
// the end of the line tore is left out. Where no mark says so at the beginning of the line, most characters must be of Latin-1: three in four upper halves are then NUL, as in no list
// of words between NULs. And no two pairs of ASCII's letters may follow each other: behind a long text in UTF-16 they are what somebody else wrote, and would be read as Chinese.
func (p *Parser) units(before, text []byte, order binary.ByteOrder, marked bool) []byte {
	at, n, beyond, ascii := len(p.mem), 0, 0, 0
	p.mem = append(p.mem, before...)
	for ; ; n++ {
		r, size := unit(text, order)
		if size == 0 {
			break
		}
		if ascii++; !twoLetters(text) {
			ascii = 0
		}
		if !isText(r) || !marked && ascii == 2 {
			p.mem = p.mem[:at]
			return nil
		}
		if r > unicode.MaxLatin1 {
			beyond++
		}
		p.mem = utf8.AppendRune(p.mem, r)
		text = text[min(size, len(text)):]
	}
	if !marked && (n < leastUTF16 || 4*beyond > n) {
		p.mem = p.mem[:at]
		return nil
	}
	return trimEnd(p.mem[at:len(p.mem):len(p.mem)])
}

// noText is what unit returns for half of a pair of surrogates.
const noText = -1

// unit reads one character. Its size is 0 where not all of it is there; of a last one in little-endian order the upper half may have been a NUL that was cut off.
func unit(text []byte, order binary.ByteOrder) (r rune, size int) {
	switch {
	case len(text) > 1:
		r = rune(order.Uint16(text))
	case len(text) == 1 && order == binary.ByteOrder(binary.LittleEndian) && isText(rune(text[0])):
		return rune(text[0]), 2
	default:
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 2
	}
	if len(text) < 4 {
		return 0, 0
	}
	if r = utf16.DecodeRune(r, rune(order.Uint16(text[2:]))); r == utf8.RuneError {
		return noText, 4
	}
	return r, 4
}

// isText reports whether r stands in texts: a character that can be seen, a blank, a line end, or one that steers how others are shown (Windows writes such around dates).
func isText(r rune) bool {
	return r == '\t' || r == '\r' || r == '\n' || unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r)
}

func isASCII(v []byte) bool {
	return bytes.IndexFunc(v, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// twoLetters reports whether text begins with two printable characters of ASCII, of which two pairs in a row are text that is not in UTF-16.
func twoLetters(text []byte) bool {
	return len(text) > 1 && min(text[0], text[1]) >= ' ' && max(text[0], text[1]) < 0x7f
}
