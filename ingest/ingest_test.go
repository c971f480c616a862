package ingest

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFileAndTCPBecomeOneNumberedStreamOfASite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	write(t, path, numbered(0, 3))
	k := &fakeKafka{}
	tcp := Input{Name: "net", Type: TypeSyslog, Site: "leeds", Premises: "corner-shop", Listen: "127.0.0.1:0", Transport: "tcp"}
	other := Input{Name: "else", Type: TypeSyslog, Site: "york", Listen: "127.0.0.1:0", Transport: "tcp"}
	c := collector(t, k, dir, Config{Inputs: []Input{fileInput(path), tcp, other}})
	start(t, c)
	k.wait(t, "leeds", 3)
	send(t, c.Addr("net"), "<13>hello\n")
	send(t, c.Addr("else"), "<13>york\n")
	rows := k.wait(t, "leeds", 4)

	for i, r := range rows {
		if r.Seq != uint64(i) || r.Epoch != rows[0].Epoch || r.Epoch == [16]byte{} || r.Received == 0 {
			t.Errorf("row %d has seq %d, epoch %x, received %d", i, r.Seq, r.Epoch, r.Received)
		}
	}
	want := sentRow{Raw: "line 2", Path: path}
	if diff := cmp.Diff(want, content(rows[2])); diff != "" {
		t.Errorf("file row (-want +got):\n%s", diff)
	}
	want = sentRow{Raw: "<13>hello", Premises: "corner-shop", Peer: "127.0.0.1"}
	if diff := cmp.Diff(want, content(rows[3])); diff != "" {
		t.Errorf("TCP row (-want +got):\n%s", diff)
	}
	if york := k.wait(t, "york", 1); len(york) != 1 || york[0].Seq != 0 {
		t.Errorf("york got %+v", york)
	}
}

// content is a row without what differs from run to run.
func content(r sentRow) sentRow {
	r.Seq, r.Epoch, r.Received, r.Time = 0, [16]byte{}, 0, 0
	return r
}

func send(t *testing.T, addr net.Addr, text string) {
	t.Helper()
	conn, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(text)); err != nil {
		t.Error(err)
	}
}

func TestOddLinesOverTCP(t *testing.T) {
	long := "<13>" + strings.Repeat("x", 1<<20)
	tests := map[string]struct {
		in   string
		want []sentRow
	}{
		"octet counts":        {"7 <13>a\nb9 <13>cdefg", []sentRow{{Raw: "<13>a\nb"}, {Raw: "<13>cdefg"}}},
		"both framings":       {"5 <13>a<13>b\n", []sentRow{{Raw: "<13>a"}, {Raw: "<13>b"}}},
		"CRLF, NUL and empty": {"<13>a\r\n\r\n\n<13>b\x00\n<13>c\n", []sentRow{{Raw: "<13>a"}, {Raw: "<13>b"}, {Raw: "<13>c"}}},
		"bytes kept":          {"<13>a\x00\xff\xfeb\n", []sentRow{{Raw: "<13>a\x00\xff\xfeb"}}},
		"1 MiB by LF":         {long + "\n<13>next\n", []sentRow{{Raw: long[:64<<10], Labels: "truncated=true "}, {Raw: "<13>next"}}},
		"1 MiB by count":      {fmt.Sprintf("%d %s<13>next\n", len(long), long), []sentRow{{Raw: long[:64<<10], Labels: "truncated=true "}, {Raw: "<13>next"}}},
		"no LF at the end":    {"<13>a\n<13>b", []sentRow{{Raw: "<13>a"}, {Raw: "<13>b", Labels: "partial=true "}}},
		"count too large":     {"<13>a\n99 <13>b", []sentRow{{Raw: "<13>a"}, {Raw: "<13>b", Labels: "partial=true "}}},
		"count too small":     {"<13>a\n5 <13>bcd", []sentRow{{Raw: "<13>a"}, {Raw: "<13>b"}, {Raw: "cd", Labels: "partial=true bad_frame=true "}}},
		"no frame":            {"{\"a\":1}\n", []sentRow{{Raw: "{\"a\":1}", Labels: "bad_frame=true "}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			k := &fakeKafka{}
			c := collector(t, k, t.TempDir(), Config{Inputs: []Input{
				{Name: "net", Type: TypeSyslog, Site: "leeds", Listen: "127.0.0.1:0", Transport: "tcp"},
			}})
			stop := start(t, c)
			send(t, c.Addr("net"), tt.in)
			k.wait(t, "leeds", len(tt.want))
			stop()
			var got []sentRow
			for _, r := range k.wait(t, "leeds", len(tt.want)) {
				r = content(r)
				r.Peer = ""
				got = append(got, r)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%.2000s", diff)
			}
		})
	}
}
