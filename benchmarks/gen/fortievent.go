package gen

// A signature is one of FortiGate's intrusion prevention signatures.
type signature struct {
	id             uint64
	name, severity string
}

// signatures are what scanners of the internet set off all the time, the most frequent first.
var signatures = []signature{
	{10616, "Web.Server.Password.Files.Access", "medium"},
	{40772, "PHPUnit.Eval-stdin.PHP.Remote.Code.Execution", "high"},
	{51006, "Apache.Log4j.Error.Log.Remote.Code.Execution", "critical"},
	{50825, "Apache.HTTP.Server.cgi-bin.Path.Traversal", "critical"},
	{45677, "D-Link.Devices.HNAP.SOAPAction-Header.Command.Execution", "critical"},
	{43745, "NETGEAR.DGN1000.CGI.Unauthenticated.Remote.Code.Execution", "critical"},
	{46352, "ThinkPHP.Controller.Parameter.Remote.Code.Execution", "critical"},
	{12449, "SSH.Brute.Force.Login", "medium"},
	{44461, "Linksys.WRT54G.apply.cgi.Command.Injection", "high"},
	{48815, "Generic.XXE.Detection", "medium"},
	{15621, "HTTP.URI.SQL.Injection", "high"},
	{54520, "GeoServer.WFS.evaluateProperty.Code.Injection", "critical"},
	{13014, "HTTP.Unix.Shell.IFS.Remote.Code.Execution", "critical"},
	{37797, "Bash.Function.Definitions.Remote.Code.Execution", "critical"},
	{53318, "MOVEit.Transfer.Unauthenticated.SQL.Injection", "critical"},
	{57061, "Ivanti.Connect.Secure.Stack.Buffer.Overflow", "critical"},
}

// A spell is a use of the VPN, or a try.
type spell struct {
	login, group       string
	remote, inside     addr // inside is 0 before there is a tunnel
	id                 uint64
	length, sent, rcvd uint64 // seconds and bytes, known at its end
}

// tunnel appends an SSL VPN event.
func (f *fortigate) tunnel(b []byte, at int64, kind vpnEvent, v *spell) []byte {
	switch kind {
	case vpnNew:
		b = f.head(b, at, "190", "0101039943", ` type="event" subtype="vpn" level="information" vd="root" logdesc="SSL VPN new connection" action="ssl-new-con"`)
	case vpnUp:
		b = f.head(b, at, "190", "0101039424", ` type="event" subtype="vpn" level="information" vd="root" logdesc="SSL VPN tunnel up" action="tunnel-up"`)
	case vpnDown:
		b = f.head(b, at, "190", "0101039425", ` type="event" subtype="vpn" level="information" vd="root" logdesc="SSL VPN tunnel down" action="tunnel-down"`)
	default:
		b = f.head(b, at, "185", "0101039426", ` type="event" subtype="vpn" level="alert" vd="root" logdesc="SSL VPN login fail" action="ssl-login-fail"`)
	}
	if kind == vpnUp || kind == vpnDown {
		b = appendKey(b, ` tunneltype="ssl-tunnel" tunnelid=`, v.id)
	} else {
		b = append(b, ` tunneltype="ssl-web" tunnelid=0`...)
	}
	b = appendAddr(b, " remip=", v.remote)
	if v.inside != 0 {
		b = appendAddr(b, " tunnelip=", v.inside)
	}
	b = append(append(append(b, ` user="`...), v.login...), `" group="`...)
	b = append(append(b, v.group...), `" dst_host="N/A"`...)
	switch kind {
	case vpnNew:
		b = append(b, ` reason="N/A" msg="SSL new connection"`...)
	case vpnUp:
		b = append(b, ` reason="login successfully" msg="SSL tunnel established"`...)
	case vpnDown:
		b = appendKey(b, ` reason="N/A" duration=`, v.length)
		b = appendKey(b, " sentbyte=", v.sent)
		b = appendKey(b, " rcvdbyte=", v.rcvd)
		b = append(b, ` msg="SSL tunnel shutdown"`...)
	default:
		b = append(b, ` reason="sslvpn_login_permission_denied" msg="SSL user failed to logged in"`...)
	}
	return b
}

// A vpnEvent is a kind of SSL VPN line.
type vpnEvent uint8

const (
	vpnNew vpnEvent = iota
	vpnUp
	vpnDown
	vpnFail
)

// stats appends the performance line that the firewall writes every five minutes.
func (f *fortigate) stats(b []byte, r rng, at int64, busy float64) []byte {
	b = f.head(b, at, "189", "0100040704", ` type="event" subtype="system" level="notice" vd="root" logdesc="System performance statistics" action="perf-stats"`)
	b = appendKey(b, " cpu=", uint64(2+busy*20+2*r.ExpFloat64()))
	b = appendKey(b, " mem=", uint64(38+r.IntN(5)))
	b = appendKey(b, " totalsession=", uint64(180+busy*2400*r.skewed(1, 0.1)))
	b = appendKey(b, " disk=", uint64(1+r.IntN(2)))
	b = appendKey(b, ` bandwidth="`, uint64(900+busy*90_000*r.skewed(1, 0.3)))
	b = appendKey(b, "/", uint64(700+busy*60_000*r.skewed(1, 0.3)))
	b = appendKey(b, `" setuprate=`, uint64(1+busy*40))
	return append(b, ` disklograte=0 fazlograte=0 freediskstorage=0 sysuptime=4211034 waninfo="N/A" msg="Performance statistics: average CPU, memory, concurrent sessions, setup-rate"`...)
}

// lease appends a DHCP acknowledgement.
func (f *fortigate) lease(b []byte, at int64, intf string, mac uint64, a addr, host string) []byte {
	b = f.head(b, at, "190", "0100026001", ` type="event" subtype="system" level="information" vd="root" logdesc="DHCP Ack log" interface="`)
	b = append(append(b, intf...), `" dhcp_msg="Ack" mac="`...)
	b = appendMAC(b, mac)
	b = appendAddr(b, `" ip=`, a)
	return append(append(append(b, ` lease=86400 hostname="`...), host...), `" msg="DHCP server sends a DHCPACK"`...)
}

// admin appends an administrator's login to the firewall, or its end.
func (f *fortigate) admin(b []byte, at int64, login string, from addr, in bool) []byte {
	if in {
		b = f.head(b, at, "190", "0100032001", ` type="event" subtype="system" level="information" vd="root" logdesc="Admin login successful" sn="`)
	} else {
		b = f.head(b, at, "190", "0100032003", ` type="event" subtype="system" level="information" vd="root" logdesc="Admin logout successful" sn="`)
	}
	b = appendKey(b, "", uint64(at/second))
	b = append(append(append(b, `" user="`...), login...), `" ui="https(`...)
	b = from.append(b)
	b = appendAddr(b, `)" method="https" srcip=`, from)
	b = appendAddr(b, ` dstip=`, from&^0xffff|2)
	if in {
		b = append(b, ` action="login" status="success" reason="none" profile="super_admin" msg="Administrator `...)
		b = append(append(b, login...), ` logged in successfully from https(`...)
	} else {
		b = append(b, ` action="logout" status="success" duration=540 reason="exit" msg="Administrator `...)
		b = append(append(b, login...), ` logged out from https(`...)
	}
	return append(from.append(b), `)"`...)
}

// console appends an administrator's login by the console in the browser, which names whatever address it was told.
func (f *fortigate) console(b []byte, at int64, login string, from addr) []byte {
	b = f.head(b, at, "190", "0100032001", ` type="event" subtype="system" level="information" vd="root" logdesc="Admin login successful" sn="`)
	b = appendKey(b, "", uint64(at/second))
	b = append(append(append(b, `" user="`...), login...), `" ui="jsconsole" method="jsconsole" srcip=`...)
	b = append(appendAddr(from.append(b), " dstip=", from), ` action="login" status="success" reason="none" profile="super_admin" msg="Administrator `...)
	return append(append(b, login...), ` logged in successfully from jsconsole"`...)
}

// signOn appends an administrator's login that another service vouches for.
func (f *fortigate) signOn(b []byte, at int64, login string, from, to addr) []byte {
	b = f.head(b, at, "190", "0100032001", ` type="event" subtype="system" level="information" vd="root" logdesc="Admin login successful" sn="`)
	b = appendKey(b, "", uint64(at/second))
	b = append(from.append(append(append(b, `" user="`...), login+`" ui="sso(`...)), `)" method="sso" srcip=`...)
	b = append(appendAddr(from.append(b), " dstip=", to), ` action="login" status="success" reason="none" profile="super_admin" msg="Administrator `...)
	return append(from.append(append(append(b, login...), " logged in successfully from sso("...)), `)"`...)
}

// downloaded appends that an administrator was sent the configuration.
func (f *fortigate) downloaded(b []byte, at int64, login string, from addr) []byte {
	b = f.head(b, at, "188", "0100032095", ` type="event" subtype="system" level="warning" vd="root" logdesc="Admin performed an action from GUI" user="`)
	b = append(from.append(append(append(b, login...), `" ui="GUI(`...)), `)" action="download" status="success" msg="System config file has been downloaded by user `...)
	return append(from.append(append(append(b, login...), " via GUI("...)), `)"`...)
}

// configured appends a change of the firewall's configuration: by whom, from where, and whether something was added or edited.
func (f *fortigate) configured(b []byte, r rng, at int64, login, ui, action, path, object, attr string) []byte {
	b = f.head(b, at, "190", "0100044547", ` type="event" subtype="system" level="information" vd="root" logdesc="Object attribute configured" user="`)
	b = append(append(append(b, login...), `" ui="`...), ui...)
	b = append(append(append(b, `" action="`...), action...), `" cfgtid=`...)
	b = appendKey(b, "", uint64(r.Uint32()>>4))
	b = append(append(append(b, ` cfgpath="`...), path...), `" cfgobj="`...)
	b = append(append(append(b, object...), `" cfgattr="`...), attr...)
	b = append(append(append(b, `" msg="`...), action...), ' ')
	return append(append(append(append(b, path...), ' '), object...), '"')
}
