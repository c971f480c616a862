package parse

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"frontfoot/ingest/event"
)

// errorlog is the beginning of SQL Server's ERRORLOG, which it writes in UTF-16LE with a mark.
const errorlog = "2026-11-26 09:15:02.41 Server      Microsoft SQL Server 2019 (RTM-CU27) - 15.0.4375.4 (X64)\r\n" +
	"\t© 2019 Microsoft Corporation\r\n" +
	"2026-11-26 09:15:02.43 Server      Logging SQL Server messages in file 'D:\\Daten\\Log\\ERRORLOG'.\r\n" +
	"2026-11-26 09:41:10.22 Logon       Error: 18456, Severity: 14, State: 8.\r\n" +
	"2026-11-26 09:41:10.22 Logon       Login failed for user 'zoë.o’neil'. Reason: Password did not match that for the login provided. [CLIENT: 10.20.4.31]\r\n" +
	"2026-11-26 09:41:12.02 Logon       Login succeeded for user 'COUNCIL\\backup'. Connection made using Windows authentication. [CLIENT: 10.20.0.14]\r\n"

// wide writes text in UTF-16.
func wide(order binary.AppendByteOrder, text string) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, u)
	}
	return string(out)
}

// readAll returns the rows of a stream, without the bytes that came.
func readAll(t *testing.T, in string) (rows []map[string]any, raw []string) {
	t.Helper()
	var out bytes.Buffer
	if _, err := Stream(t.Context(), strings.NewReader(in), &out, Config{Replay: true}, goldenNow); err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(&out); dec.More(); {
		var m map[string]any
		if err := dec.Decode(&m); err != nil {
			t.Fatal(err)
		}
		if text, _ := m["event.original"].(string); strings.Trim(text, "\x00") != "" {
			raw = append(raw, text)
			delete(m, "event.original")
			rows = append(rows, m)
		}
	}
	return rows, raw
}

// A file in UTF-16 gives the rows that it gives in UTF-8, in either order of bytes, with a mark or without, in Windows' line ends or Unix'.
func TestUTF16Files(t *testing.T) {
	for _, text := range []string{errorlog, strings.ReplaceAll(errorlog, "\r\n", "\n"), strings.TrimSuffix(errorlog, "\r\n")} {
		want, _ := readAll(t, text)
		for name, in := range map[string]string{
			"LE, mark": wide(binary.LittleEndian, "\ufeff"+text), "LE": wide(binary.LittleEndian, text),
			"BE, mark": wide(binary.BigEndian, "\ufeff"+text), "BE": wide(binary.BigEndian, text),
		} {
			got, _ := readAll(t, in)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s:\n got %v\nwant %v", name, got, want)
			}
		}
	}
}

func TestUTF16Lines(t *testing.T) {
	const login = "2026-11-26 09:41:10.22 Logon       Login failed for user 'eve'. Reason: none. [CLIENT: 10.20.4.31]"
	le, be := binary.LittleEndian, binary.BigEndian
	for name, c := range map[string]struct{ line, message string }{
		"pairs of surrogates":           {wide(le, "backup of 🗄 files 📁 done"), "backup of 🗄 files 📁 done"},
		"pairs, BE":                     {wide(be, "\ufeffbackup of 🗄 files 📁 done"), "backup of 🗄 files 📁 done"},
		"pairs, BE without a mark":      {wide(be, "backup of 🗄 files 📁 done"), ""}, // LE would be Tangut
		"half a pair":                   {wide(le, "backup of ") + "\x3d\xd8" + wide(le, " files"), ""},
		"a pair torn":                   {wide(le, "\ufeffbackup of 🗄")[:len(wide(le, "\ufeffbackup of 🗄"))-2], "backup of"},
		"a unit torn, BE":               {wide(be, "\ufeffprice in £ or €")[:2*15+1], "price in £ or"},
		"a unit torn":                   {wide(le, "\ufeffprice in £")[:2*10+1], "price in £"},
		"behind a header":               {"<13>Nov 26 09:41:10 sql1 agent: " + wide(le, "backup done at last"), "backup done at last"},
		"behind a header, BE":           {"<13>Nov 26 09:41:10 sql1 agent: " + wide(be, "backup done at last"), "backup done at last"},
		"another script with a mark":    {wide(le, "\ufeffвход пользователя 1"), "вход пользователя 1"},
		"another script without":        {wide(le, "вход пользователя 1"), ""},
		"either order is text":          {"\x00" + wide(le, "one & two… & three and four"), ""},
		"one word":                      {wide(le, "done"), ""},
		"words between NULs":            {"command\x00-c\x00/etc/app.conf\x00--user\x00nobody\x00--port\x0080", ""},
		"words of three between NULs":   {strings.Repeat("abc\x00", 20) + "abc", ""},
		"control characters":            {wide(le, "bell\x07 and backspace\x08"), ""},
		"marks of direction":            {wide(le, "on \u200e26/\u200e11/\u200e2026 at ten o'clock sharp"), "on \u200e26/\u200e11/\u200e2026 at ten o'clock sharp"},
		"line end within, from a frame": {wide(le, "backup done\r\n"), "backup done"},
	} {
		got := row(t, Config{}, c.line, goldenNow)
		if c.message == "" {
			if got["event.dataset"] != Unknown || !strings.Contains(got["message"], "\x00") {
				t.Errorf("%s: got %q, should not be read", name, got["message"])
			}
			continue
		}
		want(t, name, got, map[string]string{"message": c.message})
	}
	for _, order := range []binary.AppendByteOrder{le, be} {
		for _, before := range []string{"", "<13>Nov 26 09:41:10 sql1 MSSQL: "} {
			want(t, before, row(t, Config{Replay: true}, before+wide(order, login), goldenNow), map[string]string{"event.dataset": "mssql", "user.name": "eve", "source.ip": "10.20.4.31"})
		}
		for _, host := range []string{"sql1", "sql12"} { // a mark at an odd place and at an even one
			line := "<13>Nov 26 09:41:10 " + host + " MSSQL: " + wide(order, "\ufeff"+login)
			want(t, line, row(t, Config{Replay: true}, line, goldenNow), map[string]string{"event.dataset": "mssql", "user.name": "eve", "host.hostname": host})
		}
	}
}

// Text that is not UTF-16 behind some that is stays as it came: who chooses a name hides nothing that stands behind it.
func TestUTF16HidesNothing(t *testing.T) {
	for _, name := range []string{strings.Repeat("a", 75), strings.Repeat("a", 30) + "Ā" + strings.Repeat("a", 45)} {
		line := "<38>Nov 26 09:41:10 gate sshd[1]: Failed password for invalid user " + wide(binary.LittleEndian, name) + " from 203.0.113.9 port 51234"
		want(t, line, row(t, Config{}, line, goldenNow), map[string]string{"source.ip": "203.0.113.9"})
	}
}

// The bytes of a line stay what they were.
func TestUTF16KeepsRaw(t *testing.T) {
	b := event.NewBuilder()
	for line := range strings.SplitSeq(wide(binary.LittleEndian, "\ufeff"+errorlog), "\n") {
		New(Config{}).Line(b, []byte(line), goldenNow.UnixNano())
		b.End()
		if got := b.Batch().Text(event.Raw, b.Rows()-1); got != string(trimEnd([]byte(line))) {
			t.Errorf("got %q of %q", got, line)
		}
	}
}

// Random bytes, and NULs in a line at random, are never taken for UTF-16.
func TestRandomIsNoUTF16(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	p := New(Config{})
	for range 100_000 {
		line := make([]byte, 1+r.IntN(100))
		for i := range line {
			line[i] = byte(r.Uint32())
		}
		line[r.IntN(len(line))] = 0
		if text := p.fromUTF16(line); text != nil && !bytes.HasPrefix(line, []byte{0xff, 0xfe}) && !bytes.HasPrefix(line, []byte{0xfe, 0xff}) {
			t.Fatalf("%q became %q", line, text)
		}
		text := []byte(errorlog[r.IntN(200):][:20+r.IntN(200)])
		for range 1 + r.IntN(len(text)/8) {
			text[r.IntN(len(text))] = 0
		}
		if got := p.fromUTF16(text); got != nil {
			t.Fatalf("%q became %q", text, got)
		}
		p.mem = p.mem[:0]
	}
}

// FuzzUTF16 checks that what is taken for UTF-16 is text, no longer than half as much again as what came, and that a line without NUL is never touched.
func FuzzUTF16(f *testing.F) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for l := range strings.SplitSeq(wide(order, "\ufeff"+errorlog), "\n") {
			f.Add([]byte(l))
			f.Add([]byte("<13>x: " + l))
		}
		f.Add([]byte(wide(order, "backup of 🗄 files 📁 done")))
	}
	p := New(Config{})
	f.Fuzz(func(t *testing.T, line []byte) {
		p.mem = p.mem[:0]
		text := p.fromUTF16(line)
		switch {
		case text != nil && (bytes.IndexByte(line, 0) < 0 || !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0):
			t.Fatalf("%q became %q", line, text)
		case 2*len(text) > 3*len(line)+3:
			t.Fatalf("%d bytes became %d", len(line), len(text))
		}
	})
}
