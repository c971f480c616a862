package event

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// AppendJSON appends a row as one flat JSON object: ECS names in the order of the table, times in RFC 3339, labels as labels.KEY.
// Bytes that are no UTF-8 are written as U+FFFD; control characters are escaped.
func (b *Batch) AppendJSON(dst []byte, row int) []byte {
	dst = append(dst, '{')
	n := len(dst)
	for i := range table {
		c := Column(i)
		switch s := &table[i]; s.Kind {
		case Labels:
			b.Labels(row, func(key, value string) bool {
				dst = appendText(appendKey(dst, n, "labels."+key), value)
				return true
			})
		case Text, Bytes:
			if v := b.Text(c, row); v != "" {
				dst = appendText(appendKey(dst, n, s.ECS), v)
			}
		case Stamp:
			if b.Has(c, row) {
				dst = append(appendKey(dst, n, s.ECS), '"')
				dst = time.Unix(0, b.Time(c, row)).UTC().AppendFormat(dst, time.RFC3339Nano)
				dst = append(dst, '"')
			}
		case Float32:
			if b.Has(c, row) {
				dst = strconv.AppendFloat(appendKey(dst, n, s.ECS), float64(b.Float(c, row)), 'g', -1, 32)
			}
		default:
			if v, ok := b.Uint(c, row); ok {
				dst = strconv.AppendUint(appendKey(dst, n, s.ECS), v, 10)
			}
		}
	}
	return append(dst, '}')
}

// appendKey appends a key and its colon; first is where the object's first key would begin.
func appendKey(dst []byte, first int, key string) []byte {
	if len(dst) > first {
		dst = append(dst, ',')
	}
	return append(appendText(dst, key), ':')
}

// appendText appends s as a JSON string. Unlike strconv's quoting it makes only escapes that JSON knows.
func appendText(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		switch ch := s[i]; {
		case ch == '"' || ch == '\\':
			dst = append(dst, '\\', ch)
			i++
		case ch < 0x20 || ch == 0x7f:
			dst = append(dst, '\\', 'u', '0', '0', hex[ch>>4], hex[ch&15])
			i++
		case ch < utf8.RuneSelf:
			dst = append(dst, ch)
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
		}
	}
	return append(dst, '"')
}
