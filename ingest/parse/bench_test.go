package parse

import (
	"syscall"
	"testing"
	"time"

	"frontfoot/ingest/event"
)

// benchLines are a few lines of each format, in the shares of a council's traffic for the mix.
var benchLines = map[string][]string{
	"iptables": {
		`<4>Nov 23 14:02:11 gw1 kernel: [4276041.728154] [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:12:34:56:52:54:00:65:43:21:08:00 SRC=203.0.113.9 DST=192.0.2.10 LEN=60 TOS=0x00 PREC=0x00 TTL=51 ID=54321 DF PROTO=TCP SPT=44312 DPT=22 WINDOW=29200 RES=0x00 SYN URGP=0`,
		`Nov 23 14:02:12 gw1 kernel: [WAN_IN-2000-A]IN=eth0 OUT=eth2 MAC=52:54:00:12:34:56:52:54:00:65:43:21:08:00 SRC=198.51.100.7 DST=192.0.2.80 LEN=52 TOS=0x00 PREC=0x00 TTL=63 ID=0 DF PROTO=TCP SPT=50093 DPT=443 WINDOW=2857 RES=0x00 ACK URGP=0`,
	},
	"fortigate": {
		`<189>date=2026-11-23 time=14:02:11 devname="fw-hall-01" devid="FGT60F0000000001" eventtime=1795442531204410021 tz="+0000" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=10.20.4.31 srcport=51514 srcintf="lan" srcintfrole="lan" dstip=203.0.113.80 dstport=443 dstintf="wan1" dstintfrole="wan" srccountry="Reserved" dstcountry="United Kingdom" sessionid=9123412 proto=6 action="close" policyid=12 policytype="policy" poluuid="5f0bdc9e-0000-51e9-0000-d1d2ce663f4b" policyname="staff-web" service="HTTPS" trandisp="snat" transip=192.0.2.1 transport=51514 appid=41540 app="SSL_TLSv1.3" appcat="Network.Service" apprisk="medium" duration=61 sentbyte=4188 rcvdbyte=18224 sentpkt=27 rcvdpkt=31 utmaction="allow" countapp=1 osname="Windows" mastersrcmac="02:00:5e:00:53:01" srcmac="02:00:5e:00:53:01" srcserver=0`,
	},
	"sshd": {
		`<86>Nov 23 14:02:13 app3 sshd[21044]: Failed password for invalid user oracle from 203.0.113.44 port 51022 ssh2`,
		`<86>1 2026-11-23T14:02:13.482110+00:00 app3 sshd 21044 - - Accepted publickey for deploy from 10.20.1.9 port 43134 ssh2: ED25519 SHA256:B9urXskvGmmfbJmVQf0YyjCf2h2GfenEfd+yo9wcS9g`,
		`Nov 23 14:02:14 app3 sshd[21050]: pam_unix(sshd:session): session opened for user deploy(uid=1002) by (uid=0)`,
	},
	"suricata": {
		`{"timestamp":"2026-11-23T14:02:14.551022+0000","flow_id":1805461738637437,"in_iface":"enp6s0","event_type":"alert","src_ip":"203.0.113.9","src_port":44312,"dest_ip":"192.0.2.80","dest_port":80,"proto":"TCP","alert":{"action":"allowed","gid":1,"signature_id":2019401,"rev":7,"signature":"ET SCAN Possible Nmap User-Agent Observed","category":"Web Application Attack","severity":1},"http":{"hostname":"www.example.org","url":"/robots.txt","http_user_agent":"Mozilla/5.0 (compatible; Nmap Scripting Engine)","http_method":"GET","protocol":"HTTP/1.1","status":200,"length":39},"app_proto":"http","flow":{"pkts_toserver":6,"pkts_toclient":5,"bytes_toserver":496,"bytes_toclient":876,"start":"2026-11-23T14:02:13.673917+0000"}}`,
		`{"timestamp":"2026-11-23T14:02:15.000505+0000","flow_id":2143295552458149,"event_type":"dns","src_ip":"10.20.4.31","src_port":57134,"dest_ip":"10.20.0.2","dest_port":53,"proto":"UDP","dns":{"type":"query","id":12859,"rrname":"www.example.org","rrtype":"A","tx_id":0}}`,
	},
	"json": {
		`{"time":"2026-11-23T14:02:16Z","level":"info","msg":"login ok","user":"a.bates","client_ip":"10.20.4.31","method":"POST","path":"/api/login","status":200,"duration_ms":12.5,"trace":{"id":"4bf92f3577b34da6","span":"00f067aa0ba902b7"}}`,
	},
	"kv": {
		`ts=2026-11-23T14:02:17Z level=warn msg="slow query" user=a.bates src=10.20.4.31 db=council duration=2.31s rows=10442 table=permits`,
	},
}

func BenchmarkParse(b *testing.B) {
	received := time.Date(2026, 11, 23, 14, 2, 30, 0, time.UTC).UnixNano()
	var mix []string
	for _, name := range [...]string{"iptables", "fortigate", "sshd", "suricata", "json", "kv"} {
		lines := benchLines[name]
		mix = append(mix, lines...)
		b.Run("format="+name, func(b *testing.B) { benchLinesOf(b, lines, received) })
	}
	b.Run("format=mix", func(b *testing.B) { benchLinesOf(b, mix, received) })
}

func benchLinesOf(b *testing.B, lines []string, received int64) {
	p, bd := New(Config{}), event.NewBuilder()
	raw, size := make([][]byte, len(lines)), 0
	for i, l := range lines {
		raw[i] = []byte(l)
		size += len(l)
	}
	cpu := cpuTime(b)
	b.ReportAllocs()
	b.SetBytes(int64(size / len(lines)))
	for i := 0; b.Loop(); i++ {
		p.Line(bd, raw[i%len(raw)], received)
		bd.End()
		if bd.Rows() == 2000 {
			bd.Reset()
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
	b.ReportMetric(float64(b.N)/(cpuTime(b)-cpu).Seconds(), "lines/cpu-s") // what a core does that others do not share
}

// cpuTime returns the processor time that the process has used.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
