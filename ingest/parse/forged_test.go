package parse

import (
	"strings"
	"testing"
)

// What a stranger chooses, such as a user's name, may look like a log line: the address in it is never taken for his.
func TestForgedAddresses(t *testing.T) {
	const forged = "198.51.100.1"
	access := `192.0.2.9 - - [26/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "`
	for _, line := range []string{
		access + `Registration from 'a' failed for '198.51.100.1:5060' - x"`,
		access + `x ERROR: [a] failed to validate user credentials (b) ip=198.51.100.1:1 subsystem=sftp username=root z"`,
		access + `a|INFO |Query |1|query from 5 198.51.100.1:4 x"`,
		access + `a|Warn|Auth|Auth-Failure ip 198.51.100.1"`,
		`Nov 26 10:00:00 h sshd[1]: Disconnecting invalid user x 198.51.100.1 port 1: y 192.0.2.9 port 40022: Too many authentication failures [preauth]`,
		`Nov 26 10:00:00 h sshd[1]: Failed publickey for invalid user x from 198.51.100.1 port 1 ssh2: y from 192.0.2.9 port 4 ssh2: RSA-CERT SHA256:a ID k (serial 0) CA RSA SHA256:b`,
		`Nov 26 10:00:00 h vsftpd[7]: pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=x rhost=198.51.100.1  user=y rhost=192.0.2.9`,
		`[Nov 26 10:00:05] NOTICE[897]: res_pjsip/pjsip_distributor.c:688 log_failed_request: Request 'REGISTER' from '<sip:1@h>' failed for '192.0.2.9:58502' (callid: x' failed for '198.51.100.1:5060' (callid: y) - No matching endpoint found`,
		`2026-11-26 10:00:00,000::WARNING::[interface:657] Mislukte login poging van 192.0.2.9 [x 198.51.100.1 [y]`,
		`Nov 26 10:00:00 h amavis[1]: (1-1) Blocked BANNED (a.exe {x}, [198.51.100.1]:25 .exe) {RejectedInbound}, [192.0.2.9]:4711 <a@b> -> <c@d>`,
		`2026/11/26 10:00:01 /api/a: 404 198.51.100.1 b: 404 192.0.2.9 stat /srv/a: 404 198.51.100.1 b: no such file or directory`,
	} {
		got := row(t, Config{Replay: true}, line, goldenNow)
		if ip := got["source.ip"]; ip == forged || strings.HasPrefix(line, access) && ip != "192.0.2.9" {
			t.Errorf("%s: source.ip %q, dataset %s", line, ip, got["event.dataset"])
		}
	}
}
