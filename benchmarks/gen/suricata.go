package gen

import "strconv"

// A wire is one connection as the sensor saw it.
type wire struct {
	src, dst     addr
	sport, dport uint16
	proto        string // TCP, UDP
	id           uint64 // flow_id: joins the lines of one connection
}

func flowID(r rng) uint64 { return r.Uint64() >> 11 }

// eve begins an EVE line up to its type's own object.
func eve(b []byte, at int64, kind string, w *wire) []byte {
	b = appendStamp(append(b, `{"timestamp":"`...), at, 6, `+0000","flow_id":`)
	b = strconv.AppendUint(b, w.id, 10)
	b = append(append(append(b, `,"in_iface":"ens192","event_type":"`...), kind...), `","src_ip":"`...)
	b = w.src.append(b)
	b = appendKey(b, `","src_port":`, uint64(w.sport))
	b = appendAddr(b, `,"dest_ip":"`, w.dst)
	b = appendKey(b, `","dest_port":`, uint64(w.dport))
	return append(append(append(b, `,"proto":"`...), w.proto...), '"')
}

func eveDNSQuery(b []byte, at int64, w *wire, id uint64, name, kind string) []byte {
	b = eve(b, at, "dns", w)
	b = appendKey(b, `,"dns":{"type":"query","id":`, id)
	b = append(append(append(b, `,"rrname":"`...), name...), `","rrtype":"`...)
	return append(append(b, kind...), `","tx_id":0,"opcode":0}}`...)
}

// eveDNSAnswer appends the answer to a query. data is the answer's text, "" for none; then the code is rcode.
func eveDNSAnswer(b []byte, at int64, w *wire, id uint64, name, kind, rcode string, ttl uint64, data []byte) []byte {
	b = eve(b, at, "dns", w)
	b = appendKey(b, `,"dns":{"version":2,"type":"answer","id":`, id)
	b = append(b, `,"flags":"8180","qr":true,"rd":true,"ra":true,"opcode":0,"rrname":"`...)
	b = append(append(append(b, name...), `","rrtype":"`...), kind...)
	b = append(append(append(b, `","rcode":"`...), rcode...), '"')
	if len(data) == 0 {
		return append(b, `}}`...)
	}
	b = append(append(append(b, `,"answers":[{"rrname":"`...), name...), `","rrtype":"`...)
	b = appendKey(append(b, kind...), `","ttl":`, ttl)
	b = append(append(append(b, `,"rdata":"`...), data...), `"}],"grouped":{"`...)
	b = append(append(append(b, kind...), `":["`...), data...)
	return append(b, `"]}}}`...)
}

func eveTLS(b []byte, r rng, at int64, w *wire, name, org string) []byte {
	b = eve(b, at, "tls", w)
	b = append(b, `,"tls":{`...)
	if r.chance(0.35) {
		b = append(append(append(b, `"subject":"CN=`...), name...), `, O=`...)
		b = append(append(b, org...), `","issuerdn":"C=US, O=DigiCert Inc, CN=DigiCert Global G2 TLS RSA SHA256 2020 CA1","serial":"0`...)
		b = appendHex(b, r.Uint64(), 15)
		b = append(append(b, `","sni":"`...), name...)
		return append(b, `","version":"TLS 1.2","notbefore":"2025-09-04T00:00:00","notafter":"2026-09-03T23:59:59"}}`...)
	}
	b = append(append(b, `"sni":"`...), name...)
	b = append(b, `","version":"TLS 1.3","ja3":{"hash":"`...)
	return append(append(b, pick(r, ja3Hashes)...), `"}}}`...)
}

// ja3Hashes stand for the few TLS clients of an office.
var ja3Hashes = []string{
	"28a2c9bd18a11de089ef85a160da29e4", "28a2c9bd18a11de089ef85a160da29e4", "773906b0efdefa24a7f2b8eb6985bf37",
	"773906b0efdefa24a7f2b8eb6985bf37", "579ccef312d18482fc42e2b822ca2430", "3b5074b1b5d032e5620f69f9f700ff0e",
}

// eveHTTP appends a request for a page or a file, which was there.
func eveHTTP(b []byte, at int64, w *wire, host, url, agent, mime string, length uint64) []byte {
	b = eve(b, at, "http", w)
	b = append(append(b, `,"tx_id":0,"http":{"hostname":"`...), host...)
	b = append(append(append(b, `","url":"`...), url...), `","http_user_agent":"`...)
	b = append(append(append(b, agent...), `","http_content_type":"`...), mime...)
	b = append(b, `","http_method":"GET","protocol":"HTTP/1.1","status":200,"length":`...)
	return append(appendKey(b, "", length), `}}`...)
}

func eveFlow(b []byte, at, start int64, w *wire, app string, toServer, toClient uint64) []byte {
	b = eve(b, at, "flow", w)
	if app != "" {
		b = append(append(append(b, `,"app_proto":"`...), app...), '"')
	}
	b = appendKey(b, `,"flow":{"pkts_toserver":`, toServer/700+2)
	b = appendKey(b, `,"pkts_toclient":`, toClient/1200+1)
	b = appendKey(b, `,"bytes_toserver":`, toServer)
	b = appendKey(b, `,"bytes_toclient":`, toClient)
	b = appendStamp(append(b, `,"start":"`...), start, 6, `+0000","end":"`)
	b = appendStamp(b, at, 6, `+0000"`)
	b = appendKey(b, `,"age":`, uint64((at-start)/second))
	if w.proto == "UDP" {
		return append(b, `,"state":"established","reason":"timeout","alerted":false}}`...)
	}
	return append(b, `,"state":"closed","reason":"timeout","alerted":false},"tcp":{"tcp_flags":"1b","tcp_flags_ts":"1b","tcp_flags_tc":"1b","syn":true,"fin":true,"psh":true,"ack":true,"state":"closed"}}`...)
}

// An alert is one of the sensor's rules.
type alert struct {
	id, severity   uint64
	name, category string
}

// scanAlerts are what the sensor reports of the background noise, the most frequent first.
var scanAlerts = []alert{
	{2402000, 2, "ET DROP Dshield Block Listed Source group 1", "Misc Attack"},
	{2403302, 2, "ET CINS Active Threat Intelligence Poor Reputation IP group 3", "Misc Attack"},
	{2001219, 2, "ET SCAN Potential SSH Scan", "Attempted Information Leak"},
	{2009582, 2, "ET SCAN NMAP -sS window 1024", "Attempted Information Leak"},
	{2400001, 2, "ET DROP Spamhaus DROP Listed Traffic Inbound group 2", "Misc Attack"},
	{2010935, 2, "ET SCAN Suspicious inbound to MSSQL port 1433", "Potentially Bad Traffic"},
	{2010936, 2, "ET SCAN Suspicious inbound to Oracle SQL port 1521", "Potentially Bad Traffic"},
	{2010937, 2, "ET SCAN Suspicious inbound to mySQL port 3306", "Potentially Bad Traffic"},
}

// insideAlerts are what it reports of the council's own machines on any ordinary day, the most frequent first.
var insideAlerts = []alert{
	{2210054, 3, "SURICATA STREAM excessive retransmissions", "Generic Protocol Command Decode"},
	{2027865, 2, "ET INFO Observed DNS Query to .cloud TLD", "Potentially Bad Traffic"},
	{2210020, 3, "SURICATA STREAM ESTABLISHED packet out of window", "Generic Protocol Command Decode"},
	{2025275, 3, "ET INFO Windows OS Submitting USB Metadata to Microsoft", "Misc activity"},
	{2260002, 3, "SURICATA Applayer Detect protocol only one direction", "Generic Protocol Command Decode"},
	{2027390, 3, "ET USER_AGENTS Microsoft Device Metadata Retrieval Client User-Agent", "Misc activity"},
	{2033967, 3, "ET INFO Outbound RRSIG DNS Query Observed", "Misc activity"},
	{2023472, 2, "ET HUNTING External IP Lookup (ipify .org)", "Device Retrieving External IP Address Detected"},
	{2036303, 3, "ET INFO DYNAMIC_DNS Query to a *.duckdns .org Domain", "Misc activity"},
	{2013504, 3, "ET POLICY GNU/Linux APT User-Agent Outbound likely related to package management", "Not Suspicious Traffic"},
}

func eveAlert(b []byte, at int64, w *wire, a *alert) []byte {
	b = eve(b, at, "alert", w)
	b = appendKey(b, `,"alert":{"action":"allowed","gid":1,"signature_id":`, a.id)
	b = append(append(b, `,"rev":5,"signature":"`...), a.name...)
	b = append(append(append(b, `","category":"`...), a.category...), '"')
	return append(appendKey(b, `,"severity":`, a.severity), `}}`...)
}
