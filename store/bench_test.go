package store

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"syscall"
	"testing"
	"time"

	"frontfoot/detect"
	"frontfoot/ingest/event"
)

// traffic makes a batch as a worker does in a rush: three sites, messages of 850 firewall events with 47 columns, 650-byte lines and six
// labels each.
func traffic(messages int) *detect.Batch {
	const rows = 850
	r := rand.New(rand.NewPCG(1, 2))
	b := &detect.Batch{}
	for s := range 3 {
		o := detect.Output{Site: "council-" + strconv.Itoa(s)}
		for m := range messages / 3 {
			eb := event.NewBuilder()
			for i := range rows {
				firewall(eb, r, t0+int64(m*rows+i)*int64(time.Millisecond))
			}
			o.Messages = append(o.Messages, detect.Scored{
				Message: detect.Message{Epoch: fmt.Sprintf("%032x", s), Seq0: uint64(m * rows), Offset: int64(m), Events: eb.Batch()},
				Scores:  make([]float32, rows), Models: make([]detect.Model, rows),
			})
		}
		b.Sites = append(b.Sites, o)
	}
	return b
}

func firewall(b *event.Builder, r *rand.Rand, at int64) {
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	source := netip.AddrFrom4([4]byte{10, 1, byte(r.IntN(4)), byte(r.IntN(256))})
	destination := netip.AddrFrom4([4]byte{byte(20 + r.IntN(100)), byte(r.IntN(256)), byte(r.IntN(3)), byte(r.IntN(256))})
	port, sent, got := uint64(1024+r.IntN(64000)), uint64(r.ExpFloat64()*2000), uint64(r.ExpFloat64()*20000)
	session := strconv.Itoa(100_000 + r.IntN(9_000_000))
	b.SetTime(event.Time, at)
	b.SetTime(event.Received, at+2e8)
	b.SetAddr(event.SourceIP, source)
	b.SetAddr(event.DestinationIP, destination)
	for _, c := range []struct {
		column event.Column
		value  uint64
	}{
		{event.SourcePort, port},
		{event.DestinationPort, []uint64{443, 53, 80, 22, 445}[r.IntN(5)]},
		{event.SourceBytes, sent},
		{event.DestinationBytes, got},
		{event.NetworkBytes, sent + got},
		{event.SourcePackets, sent/500 + 1},
		{event.DestinationPackets, got/500 + 1},
		{event.NetworkPackets, (sent+got)/500 + 2},
		{event.EventDuration, uint64(r.IntN(200)) * 1e9},
		{event.LogPriority, 189},
	} {
		b.SetUint(c.column, c.value)
	}
	for _, c := range []struct {
		column event.Column
		value  string
	}{
		{event.Dataset, "fortinet.fortigate"},
		{event.EventKind, "event"},
		{event.EventCategory, "network"},
		{event.EventType, "connection"},
		{event.EventAction, pick("close", "accept", "deny", "timeout")},
		{event.EventOutcome, pick("success", "failure")},
		{event.EventCode, pick("0000000013", "0000000014")},
		{event.ObserverVendor, "Fortinet"},
		{event.ObserverProduct, "Fortigate"},
		{event.ObserverType, "firewall"},
		{event.ObserverName, "fw-town-hall"},
		{event.ObserverSerial, "FGT60E4Q16001234"},
		{event.ObserverIngressInterface, pick("port1", "port2")},
		{event.ObserverEgressInterface, pick("wan1", "wan2")},
		{event.SourceMAC, fmt.Sprintf("A2-E9-00-EC-40-%02X", source.As4()[3])},
		{event.SourceCountry, "Reserved"},
		{event.DestinationCountry, pick("United Kingdom", "Ireland")},
		{event.NetworkTransport, pick("tcp", "udp")},
		{event.NetworkProtocol, pick("http", "dns", "tls")},
		{event.NetworkApplication, pick("DNS", "SSH")},
		{event.NetworkType, "ipv4"},
		{event.NetworkDirection, pick("outbound", "internal")},
		{event.NetworkIANANumber, pick("6", "17")},
		{event.RuleID, strconv.Itoa(r.IntN(30))},
		{event.RuleCategory, "Web-Client"},
		{event.RuleRuleset, "policy"},
		{event.RuleUUID, pick("ccb269e0-5735-51e9-a218-a397dd08b7eb", "ae28f494-5735-51e9-f247-d1d2ce663f4b")},
		{event.LogLevel, pick("notice", "warning")},
		{event.LogSourceAddress, "10.0.0.1"},
		{event.UserName, pick("", "", "", "user"+strconv.Itoa(r.IntN(300)))},
		{event.SourceNATIP, pick("", "172.16.200.2")},
	} {
		b.SetString(c.column, c.value)
	}
	for _, l := range [][2]string{{"sessionid", session}, {"vd", "vdom1"}, {"policytype", "policy"}, {"appid", "34050"}, {"apprisk", "elevated"}, {"osname", pick("Ubuntu", "Windows")}} {
		b.Label(l[0], []byte(l[1]))
	}
	b.SetString(event.Raw, fmt.Sprintf(`<189>date=2026-03-02 time=00:00:00 devname="fw-town-hall" devid="FGT60E4Q16001234" logid="0000000013" type="traffic" subtype="forward" `+
		`level="notice" vd="vdom1" eventtime=%d srcip=%s srcport=%d srcintf="port12" srcintfrole="undefined" dstip=%s dstport=443 dstintf="port11" `+
		`poluuid="ccb269e0-5735-51e9-a218-a397dd08b7eb" sessionid=%s proto=6 action="close" policyid=1 policytype="policy" service="HTTP" dstcountry="Canada" `+
		`srccountry="Reserved" trandisp="snat" transip=172.16.200.2 transport=%d appid=34050 app="HTTP.BROWSER_Firefox" appcat="Web.Client" apprisk="elevated" `+
		`duration=116 sentbyte=%d rcvdbyte=%d sentpkt=17 rcvdpkt=16 osname="Ubuntu"`, at, source, port, destination, session, port, sent, got))
	b.End()
}

// cpu is what this process, engine included, has used so far.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkEncode is Go's part of an insert: from messages to the bytes that are sent.
func BenchmarkEncode(b *testing.B) {
	batch := traffic(60)
	s := &Store{cfg: Config{}.withDefaults()}
	var mem arena
	events, size := 0, int64(0)
	b.ReportAllocs()
	start := cpu(b)
	for b.Loop() {
		inserts, err := s.messages(batch)
		if err != nil {
			b.Fatal(err)
		}
		for _, messages := range inserts {
			mem.reset(2 * maxInsertBytes)
			w := &counter{w: io.Discard}
			r := eventRecord(messages, &mem)
			if err := r.writeStream(w); err != nil {
				b.Fatal(err)
			}
			events, size = events+r.rows, size+w.n
		}
	}
	b.ReportMetric(float64((cpu(b)-start).Nanoseconds())/float64(events), "cpu-ns/event")
	b.ReportMetric(float64(size)/float64(events), "B/event")
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return c.w.Write(p)
}

// BenchmarkWrite is a whole insert, the engine and its merges included.
func BenchmarkWrite(b *testing.B) {
	s := open(b)
	batch, events := traffic(60), 0
	start := cpu(b)
	for i := 0; b.Loop(); i++ {
		batch.Token = strconv.Itoa(i)
		if _, err := s.Write(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		events += 60 * 850
	}
	b.ReportMetric(float64((cpu(b)-start).Nanoseconds())/float64(events), "cpu-ns/event")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "wall-ns/event")
	var perEvent float64
	if err := s.conn.QueryRow(b.Context(), "SELECT sum(bytes_on_disk) / sum(rows) FROM system.parts WHERE database = currentDatabase() AND table = 'events' AND active").Scan(&perEvent); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(perEvent, "disk-B/event")
}

// BenchmarkWriteFew is an insert of a quiet second: its time is what a finding waits for.
func BenchmarkWriteFew(b *testing.B) {
	s := open(b)
	eb := event.NewBuilder()
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 10 {
		firewall(eb, r, t0+int64(i))
	}
	m := detect.Scored{Message: detect.Message{Epoch: "e", Events: eb.Batch()}, Scores: make([]float32, 10), Models: make([]detect.Model, 10)}
	batch := &detect.Batch{Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{m}}}}
	start, inserts := cpu(b), 0
	for ; b.Loop(); inserts++ {
		batch.Token = strconv.Itoa(inserts)
		if _, err := s.Write(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpu(b)-start).Microseconds())/float64(inserts), "cpu-us/insert")
}
