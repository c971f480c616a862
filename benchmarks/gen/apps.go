package gen

// A request is one to the planning portal's application.
type request struct {
	client             addr
	method, path       string
	status, bytes, ms  uint64
	agent, user, event string
}

// portal appends a line of the planning portal: JSON, one object a request.
func portal(b []byte, r rng, at int64, host string, q *request) []byte {
	b = appendStamp(append(b, `{"timestamp":"`...), at, 3, `Z","level":"`)
	if q.status >= 500 {
		b = append(b, "error"...)
	} else {
		b = append(b, "info"...)
	}
	b = append(append(b, `","service":"planning-portal","host":"`...), host...)
	b = append(append(append(b, `","message":"`...), q.event...), `","method":"`...)
	b = append(append(append(b, q.method...), `","path":"`...), q.path...)
	b = appendKey(b, `","status":`, q.status)
	b = appendKey(b, `,"bytes":`, q.bytes)
	b = appendKey(b, `,"duration_ms":`, q.ms)
	b = appendAddr(b, `,"client_ip":"`, q.client)
	if q.user != "" {
		b = append(append(b, `","user":"`...), q.user...)
	}
	b = append(append(append(b, `","user_agent":"`...), q.agent...), `","request_id":"`...)
	return append(appendHex(b, r.Uint64(), 16), `"}`...)
}

// A deed is what somebody did in the revenues and benefits application.
type deed struct {
	user, action, ref, outcome string
	from                       addr
	rows, ms                   uint64
}

// revben appends a line of the revenues and benefits application: key=value.
func revben(b []byte, at int64, host string, d *deed) []byte {
	b = appendStamp(append(b, "time="...), at, 3, "Z level=")
	if d.outcome == "failure" {
		b = append(b, "warn"...)
	} else {
		b = append(b, "info"...)
	}
	b = append(append(b, " app=revben host="...), host...)
	b = append(append(b, " user="...), d.user...)
	b = appendAddr(b, " src_ip=", d.from)
	b = append(append(b, " action="...), d.action...)
	if d.ref != "" {
		b = append(append(b, " ref="...), d.ref...)
	}
	b = appendKey(b, " rows=", d.rows)
	b = appendKey(b, " duration_ms=", d.ms)
	return append(append(b, " outcome="...), d.outcome...)
}

// revbenActions are what staff do there, the most usual first.
var revbenActions = []string{
	"view_account", "search", "login", "update_account", "view_document", "add_note", "logout", "print_letter", "take_payment", "view_claim",
	"update_claim", "run_report", "export", "refund", "change_bank_details", "write_off",
}

// probes are the addresses that scanners ask a web server for, the most usual first.
var probes = []string{
	"/", "/robots.txt", "/.env", "/wp-login.php", "/favicon.ico", "/.git/config", "/xmlrpc.php", "/admin/", "/phpmyadmin/index.php",
	"/cgi-bin/luci/;stok=/locale", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/boaform/admin/formLogin", "/actuator/health",
	"/solr/admin/info/system", "/owa/auth/logon.aspx", "/HNAP1", "/config.json", "/api/v1/pods", "/login.action", "/wp-content/plugins/",
	"/server-status", "/.aws/credentials", "/backup.zip", "/manager/html", "/telescope/requests", "/_ignition/execute-solution", "/autodiscover/autodiscover.json",
	"/remote/login", "/dana-na/auth/url_default/welcome.cgi", "/geoserver/web/", "/.well-known/security.txt", "/sitemap.xml", "/wp-includes/wlwmanifest.xml",
}

var robots = []string{
	"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
	"Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
	"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
}

var scanAgents = []string{
	"Mozilla/5.0 zgrab/0.x", "python-requests/2.32.3", "Go-http-client/1.1", "curl/8.5.0", "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.85 Safari/537.36", "masscan/1.3",
	"Hello World", "libwww-perl/6.77", "Expanse, a Palo Alto Networks company, searches across the global IPv4 space multiple times per day", "-",
}
