package ingest

import (
	"encoding/binary"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// Lines in UTF-16 are read as if they were in UTF-8, from a file that is followed and whose writer stops in the middle of a character, and over syslog; their bytes stay.
func TestUTF16IsRead(t *testing.T) {
	const text = "\ufeff2026-11-26 09:15:02.43 Server      Logging SQL Server messages in file 'D:\\Log\\ERRORLOG'.\r\n" +
		"2026-11-26 09:41:10.22 Logon       Login failed for user 'zoë'. Reason: <none>. [CLIENT: 10.20.4.31]\r\n" +
		"\r\n" +
		"2026-11-26 09:41:12.02 Logon       Login succeeded for user 'anne.o’neil'. Connection made using SQL Server authentication. [CLIENT: 10.20.0.14]\r\n"
	for name, order := range map[string]binary.AppendByteOrder{"LE": binary.LittleEndian, "BE": binary.BigEndian} {
		var file []byte
		for _, u := range utf16.Encode([]rune(text)) {
			file = order.AppendUint16(file, u)
		}
		var wantRaw []string
		for record := range strings.SplitSeq(string(file), "\n") {
			if record = strings.TrimRight(record, "\x00"); strings.Trim(record, "\r\x00") != "" {
				wantRaw = append(wantRaw, strings.TrimSuffix(record, "\r"))
			}
		}
		for _, way := range []string{"file", "tcp", "udp"} {
			t.Run(name+" "+way, func(t *testing.T) {
				dir := t.TempDir()
				path := filepath.Join(dir, "ERRORLOG")
				in := fileInput(path)
				if way != "file" {
					in = Input{Name: "net", Type: TypeSyslog, Site: "leeds", Listen: "127.0.0.1:0", Transport: way}
				}
				k := &fakeKafka{}
				c := collector(t, k, dir, Config{Inputs: []Input{in}})
				stop := start(t, c)
				switch way {
				case "tcp":
					send(t, c.Addr("net"), string(file))
				case "udp":
					for record := range strings.SplitSeq(string(file), "\n") {
						send(t, c.Addr("net"), record)
					}
				case "file":
					first := len(file)/2 | 1
					write(t, path, string(file[:first]))
					k.wait(t, "leeds", 1)
					write(t, path, string(file[first:]))
				}
				rows := k.wait(t, "leeds", 3)
				stop()
				if diff := cmp.Diff(wantRaw, raws(rows)); diff != "" {
					t.Errorf("bytes (-came +kept):\n%s", diff)
				}
				if diff := cmp.Diff([]string{"mssql ", "mssql zoë", "mssql anne.o’neil"}, k.read); diff != "" {
					t.Errorf("rows (-want +got):\n%s", diff)
				}
			})
		}
	}
}
