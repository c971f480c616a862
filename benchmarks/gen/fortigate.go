package gen

import (
	"strconv"
	"strings"
)

// A fortigate is a council's firewall: what stands in each of its lines.
type fortigate struct {
	device   string // devname and devid
	policies []policy
}

// A policy is a rule of the firewall; text is what its lines say of it.
type policy struct {
	src, dst string // interfaces and roles
	text     string
}

// Numbers of the policies in fortigate.policies.
const (
	polDeny     = iota // implicit deny from outside
	polInternet        // staff to the internet
	polServers         // staff to servers
	polOut             // servers to the internet
	polMailIn          // internet to the mail relay
	polPortal          // internet to the planning portal
	polGuest           // guest wifi to the internet
	polVPN             // VPN users to servers
	polInside          // implicit deny between inside networks
	polManage          // jump host to servers
	polSFTP            // internet to the file exchange
	polLocal           // internet to the firewall's own VPN service
)

func newFortigate(r rng, c *council) fortigate {
	serial := "FG100FTK" + strconv.Itoa(20_000_000+r.IntN(9_999_999))
	f := fortigate{device: ` devname="` + strings.ToUpper(c.short) + `-FGT-01" devid="` + serial + `" eventtime=`}
	add := func(id int, name, srcIf, srcRole, dstIf, dstRole string) {
		p := policy{
			src: ` srcintf="` + srcIf + `" srcintfrole="` + srcRole + `"`,
			dst: ` dstintf="` + dstIf + `" dstintfrole="` + dstRole + `"`,
		}
		p.text = ` policyid=` + strconv.Itoa(id) + ` policytype="policy"`
		if id > 0 {
			u := appendHex(nil, r.Uint64(), 16)
			v := appendHex(nil, r.Uint64(), 16)
			p.text += ` poluuid="` + string(u[:8]) + "-" + string(u[8:12]) + "-51" + string(u[12:14]) + "-" + string(u[12:16]) + "-" + string(v[:12]) +
				`" policyname="` + name + `"`
		}
		f.policies = append(f.policies, p)
	}
	add(0, "", "wan1", "wan", "dmz", "dmz")
	add(3, "Staff-Internet", "lan", "lan", "wan1", "wan")
	add(5, "Staff-Servers", "lan", "lan", "servers", "lan")
	add(8, "Servers-Out", "servers", "lan", "wan1", "wan")
	add(11, "Mail-In", "wan1", "wan", "dmz", "dmz")
	add(12, "Planning-Portal", "wan1", "wan", "dmz", "dmz")
	add(20, "Guest-WiFi", "guest", "undefined", "wan1", "wan")
	add(15, "VPN-Staff", "ssl.root", "undefined", "servers", "lan")
	add(0, "", "lan", "lan", "servers", "lan")
	add(6, "ICT-Manage", "mgmt", "lan", "servers", "lan")
	add(13, "File-Exchange", "wan1", "wan", "dmz", "dmz")
	f.policies = append(f.policies, policy{
		src: ` srcintf="wan1" srcintfrole="wan"`, dst: ` dstintf="root" dstintfrole="undefined"`,
		text: ` policyid=0 policytype="local-in-policy"`,
	})
	return f
}

// A flow is one connection as the firewall saw it.
type flow struct {
	src, dst     addr
	sport, dport uint16
	proto        uint64 // 6, 17 or 1
	policy       int
	action       string
	service      string
	app          *application
	user         *user  // nil where the firewall knows none
	mac          uint64 // 0 where it knows none
	from, to     string // country names, "Reserved" inside
	seconds      uint64
	sent, rcvd   uint64
	nat          addr // source after translation, 0 for none
	utm          string
}

// head begins a FortiGate line: priority, device, time, log identity.
func (f *fortigate) head(b []byte, at int64, pri, logid, rest string) []byte {
	b = append(append(append(b, '<'), pri...), ">date="...)
	b = appendDate(b, at)
	b = appendClock(append(b, " time="...), at)
	b = append(b, f.device...)
	b = strconv.AppendInt(b, at, 10)
	b = append(append(append(b, ` tz="+0000" logid="`...), logid...), '"')
	return append(b, rest...)
}

// session is the number of a session that began at about that time: it grows by some thousands a minute.
func session(at int64, r rng) uint64 {
	return uint64(at/(4*second/1000))%1_000_000_000 + uint64(r.IntN(200))
}

// traffic appends a traffic line: forward, or local where the firewall itself was spoken to.
func (f *fortigate) traffic(b []byte, r rng, at int64, w *flow) []byte {
	p := &f.policies[w.policy]
	id, level := "0000000013", ` type="traffic" subtype="forward" level="notice" vd="root" srcip=`
	if w.action == "deny" {
		level = ` type="traffic" subtype="forward" level="warning" vd="root" srcip=`
	}
	if w.policy == polLocal {
		id, level = "0001000014", ` type="traffic" subtype="local" level="notice" vd="root" srcip=`
	}
	b = f.head(b, at, "189", id, level)
	b = w.src.append(b)
	b = appendKey(b, " srcport=", uint64(w.sport))
	b = append(b, p.src...)
	b = appendAddr(b, " dstip=", w.dst)
	b = appendKey(b, " dstport=", uint64(w.dport))
	b = append(b, p.dst...)
	b = append(append(append(b, ` srccountry="`...), w.from...), `" dstcountry="`...)
	b = append(append(b, w.to...), '"')
	b = appendKey(b, " sessionid=", session(at, r))
	b = appendKey(b, " proto=", w.proto)
	b = append(append(append(b, ` action="`...), w.action...), '"')
	b = append(b, p.text...)
	if w.user != nil {
		b = append(append(b, ` user="`...), w.user.login...)
		b = append(append(append(b, `" group="`...), w.user.dept...), `" authserver="FSSO-DC01"`...)
	}
	b = append(append(append(b, ` service="`...), w.service...), '"')
	if w.nat != 0 {
		b = appendKey(appendAddr(b, ` trandisp="snat" transip=`, w.nat), " transport=", uint64(w.sport))
	} else {
		b = append(b, ` trandisp="noop"`...)
	}
	b = appendApp(b, w.app)
	b = appendKey(b, " duration=", w.seconds)
	b = appendKey(b, " sentbyte=", w.sent)
	b = appendKey(b, " rcvdbyte=", w.rcvd)
	b = appendKey(b, " sentpkt=", w.sent/700+2)
	b = appendKey(b, " rcvdpkt=", (w.rcvd+1100)/1200)
	b = append(b, w.utm...)
	if w.mac != 0 {
		b = appendMAC(append(b, ` mastersrcmac="`...), w.mac)
		b = appendMAC(append(b, `" srcmac="`...), w.mac)
		b = append(b, `" srcserver=0`...)
	}
	return b
}

func appendApp(b []byte, a *application) []byte {
	if a == nil {
		return append(b, ` appcat="unscanned"`...)
	}
	b = appendKey(b, " appid=", a.id)
	b = append(append(append(b, ` app="`...), a.name...), `" appcat="`...)
	b = append(append(append(b, a.cat...), `" apprisk="`...), a.risk...)
	return append(b, `" applist="default"`...)
}

// web appends a web filter line: eventtype and action tell whether the page was let through.
func (f *fortigate) web(b []byte, r rng, at int64, w *flow, host, url string, cat *category, blocked bool) []byte {
	if blocked {
		b = f.head(b, at, "188", "0316013056", ` type="utm" subtype="webfilter" eventtype="ftgd_blk" level="warning" vd="root"`)
	} else {
		b = f.head(b, at, "189", "0317013312", ` type="utm" subtype="webfilter" eventtype="ftgd_allow" level="notice" vd="root"`)
	}
	b = f.utmFlow(b, r, at, w)
	b = append(append(append(b, ` hostname="`...), host...), `" profile="staff"`...)
	if blocked {
		b = append(b, ` action="blocked"`...)
	} else {
		b = append(b, ` action="passthrough"`...)
	}
	scheme := ` reqtype="direct" url="https://`
	if w.dport == 80 {
		scheme = ` reqtype="direct" url="http://`
	}
	b = append(append(append(b, scheme...), host...), url...)
	b = appendKey(append(b, '"'), " sentbyte=", w.sent)
	b = append(b, ` rcvdbyte=0 direction="outgoing" msg="URL belongs to `...)
	if blocked {
		b = append(b, `a denied`...)
	} else {
		b = append(b, `an allowed`...)
	}
	b = appendKey(b, ` category in policy" ratemethod="domain" cat=`, cat.id)
	return append(append(append(b, ` catdesc="`...), cat.name...), '"')
}

// utmFlow appends what all security lines say of their connection.
func (f *fortigate) utmFlow(b []byte, r rng, at int64, w *flow) []byte {
	p := &f.policies[w.policy]
	b = append(b, p.text...)
	b = appendKey(b, " sessionid=", session(at, r))
	if w.user != nil {
		b = append(append(append(b, ` user="`...), w.user.login...), '"')
	}
	b = appendAddr(b, " srcip=", w.src)
	b = appendKey(b, " srcport=", uint64(w.sport))
	b = append(append(append(b, ` srccountry="`...), w.from...), '"')
	b = append(b, p.src...)
	b = appendAddr(b, " dstip=", w.dst)
	b = appendKey(b, " dstport=", uint64(w.dport))
	b = append(append(append(b, ` dstcountry="`...), w.to...), '"')
	b = append(b, p.dst...)
	b = appendKey(b, " proto=", w.proto)
	return append(append(append(b, ` service="`...), w.service...), '"')
}

// control appends an application control line.
func (f *fortigate) control(b []byte, r rng, at int64, w *flow, host string) []byte {
	b = f.head(b, at, "190", "1059028704", ` type="utm" subtype="app-ctrl" eventtype="signature" level="information" vd="root"`)
	b = appendKey(b, " appid=", w.app.id)
	b = f.utmFlow(b, r, at, w)
	b = append(append(append(b, ` direction="outgoing" applist="default" action="pass" appcat="`...), w.app.cat...), `" app="`...)
	b = append(append(append(b, w.app.name...), `" hostname="`...), host...)
	b = appendKey(b, `" incidentserialno=`, uint64(r.Uint32()>>2))
	b = append(append(append(b, ` url="/" msg="`...), w.app.cat...), ": "...)
	return append(append(append(append(b, w.app.name...), `," apprisk="`...), w.app.risk...), '"')
}

// ips appends an intrusion prevention line.
func (f *fortigate) ips(b []byte, r rng, at int64, w *flow, s *signature, host, url string) []byte {
	b = f.head(b, at, "185", "0419016384", ` type="utm" subtype="ips" eventtype="signature" level="alert" vd="root" severity="`)
	b = append(append(b, s.severity...), '"')
	b = f.utmFlow(b, r, at, w)
	b = append(append(append(b, ` action="`...), w.action...), `" attack="`...)
	b = append(append(append(b, s.name...), `" hostname="`...), host...)
	b = append(append(append(b, `" url="`...), url...), `" direction="incoming"`...)
	b = appendKey(b, " attackid=", s.id)
	b = appendKey(b, ` profile="protect_dmz" ref="http://www.fortinet.com/ids/VID`, s.id)
	b = appendKey(b, `" incidentserialno=`, uint64(r.Uint32()>>2))
	return append(append(append(b, ` msg="`...), s.name...), `," crscore=30 craction=8192 crlevel="high"`...)
}
