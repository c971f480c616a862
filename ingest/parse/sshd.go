package parse

import (
	"bytes"

	"frontfoot/ingest/event"
)

var (
	sshOK      = facts{category: "authentication", typ: "start", action: "ssh_login", outcome: "success"}
	sshFailed  = facts{category: "authentication", typ: "start", action: "ssh_login", outcome: "failure"}
	sshInvalid = facts{category: "authentication", typ: "info", action: "ssh_invalid_user", outcome: "failure"}
	sshClosed  = facts{category: "session", typ: "end", action: "ssh_disconnect"}
	sshOpened  = facts{category: "network", typ: "start", action: "ssh_connect"}
	sshRefused = facts{category: "network", typ: "denied", action: "ssh_refused", outcome: "failure"}
	sshSession = facts{category: "session", typ: "start", action: "ssh_session"}
)

// sshdMessages are OpenSSH's, from its auth.c, auth2.c, packet.c, serverloop.c, session.c, sshd.c and monitor.c. A name that
// was asked for and does not exist is the client's to choose: it is taken up to the last place where sshd's own words follow.
var sshdMessages = []message{
	{"Accepted {word ssh.method} for {word user.name} from {ip source.ip} port {int source.port} ssh2: {word ssh.key_type} {word ssh.fingerprint}", sshOK},
	{"Accepted {word ssh.method} for {word user.name} from {ip source.ip} port {int source.port} ssh2: {rest ssh.key}", sshOK},
	{"Accepted {word ssh.method} for {word user.name} from {ip source.ip} port {int source.port} ssh2", sshOK},
	{"Accepted {word ssh.method} for {first user.name} from {ip source.ip} port {int source.port} ssh2", sshOK},
	{"Accepted {word ssh.method} for {word user.name} from {ip source.ip} port {int source.port}", sshOK},
	{"Accepted key {rest ssh.key}", facts{category: "authentication", typ: "info", action: "ssh_key_accepted"}},
	{"Failed {word ssh.method} for invalid user {last user.name} from {ip source.ip} port {int source.port} ssh2", sshFailed},
	{"Failed {word ssh.method} for illegal user {last user.name} from {ip source.ip} port {int source.port} ssh2", sshFailed},
	{"Failed {word ssh.method} for invalid user {last user.name} from {ip source.ip} port {int source.port} ssh2: {word ssh.key_type} {word ssh.fingerprint}", sshFailed},
	{"Failed {word ssh.method} for invalid user {word user.name} from {ip source.ip} port {int source.port} ssh2: {rest ssh.key}", sshFailed},
	{"Failed {word ssh.method} for invalid user {last user.name} from {ip source.ip} port {int source.port}", sshFailed},
	{"Failed {word ssh.method} for invalid user  from {ip source.ip} port {int source.port} ssh2", sshFailed},
	{"Failed {word ssh.method} for {last user.name} from {ip source.ip} port {int source.port} ssh2", sshFailed},
	{"Failed {word ssh.method} for {last user.name} from {ip source.ip} port {int source.port} ssh2: {word ssh.key_type} {word ssh.fingerprint}", sshFailed},
	{"Failed {word ssh.method} for {word user.name} from {ip source.ip} port {int source.port} ssh2: {rest ssh.key}", sshFailed},
	{"Failed {word ssh.method} for {last user.name} from {ip source.ip} port {int source.port}", sshFailed},
	{"Failed {word ssh.method} for {rest _}", sshFailed}, // who and from where cannot be told apart for certain
	{"Postponed {word ssh.method} for invalid user {last user.name} from {ip source.ip} port {int source.port} ssh2", sshInvalid},
	{"Postponed {word ssh.method} for {last user.name} from {ip source.ip} port {int source.port} ssh2", facts{category: "authentication", typ: "info", action: "ssh_login"}},
	{"Partial {word ssh.method} for {last user.name} from {ip source.ip} port {int source.port} ssh2", facts{category: "authentication", typ: "info", action: "ssh_login"}},
	{"Invalid user {last user.name} from {ip source.ip} port {int source.port}", sshInvalid},
	{"Invalid user {last user.name} from {ip source.ip}", sshInvalid},
	{"Invalid user  from {ip source.ip} port {int source.port}", sshInvalid},
	{"Invalid user  from {ip source.ip}", sshInvalid},
	{"Illegal user {last user.name} from {ip source.ip}", sshInvalid},
	{"input_userauth_request: invalid user {rest user.name}", sshInvalid},
	{"input_userauth_request: illegal user {rest user.name}", sshInvalid},
	{"maximum authentication attempts exceeded for invalid user {last user.name} from {ip source.ip} port {int source.port} ssh2", sshFailed},
	{"maximum authentication attempts exceeded for {last user.name} from {ip source.ip} port {int source.port} ssh2", sshFailed},
	{"PAM: {first event.reason} for illegal user {last user.name} from {ip source.ip}", sshFailed},
	{"PAM: {first event.reason} for {last user.name} from {ip source.ip}", sshFailed},
	{"PAM {int attempts} more authentication failure; logname={opt logname} uid={int _} euid={int _} tty={opt tty} ruser={opt ruser} rhost={ip source.ip}  user={rest user.name}", sshFailed},
	{"PAM {int attempts} more authentication failures; logname={opt logname} uid={int _} euid={int _} tty={opt tty} ruser={opt ruser} rhost={ip source.ip}  user={rest user.name}", sshFailed},
	{"PAM {int attempts} more authentication failure; logname={opt logname} uid={int _} euid={int _} tty={opt tty} ruser={opt ruser} rhost={ip source.ip}", sshFailed},
	{"PAM {int attempts} more authentication failures; logname={opt logname} uid={int _} euid={int _} tty={opt tty} ruser={opt ruser} rhost={ip source.ip}", sshFailed},
	{"User {last user.name} from {ip source.ip} not allowed because {rest event.reason}", sshRefused},
	{"User {word user.name} not allowed because {rest event.reason}", sshRefused},
	{"ROOT LOGIN REFUSED FROM {ip source.ip} port {int source.port}", sshRefused},
	{"ROOT LOGIN REFUSED FROM {ip source.ip}", sshRefused},
	{"Authentication refused for {word user.name}: {rest event.reason}", sshRefused},
	{"Authentication refused: {rest event.reason}", sshRefused},
	{"refused connect from {first source.domain} ({ip source.ip})", sshRefused},
	{"refused connect from {ip source.ip}", sshRefused},
	{"drop connection #{int count} from [{ip source.ip}]:{int source.port} on [{ip destination.ip}]:{int destination.port} {rest event.reason}", sshRefused},
	{"Unable to negotiate with {ip source.ip} port {int source.port}: {rest event.reason}", sshRefused},
	{"Unable to negotiate with {ip source.ip}: {rest event.reason}", sshRefused},
	{"Unable to negotiate a key exchange method", sshRefused},
	{"Protocol major versions differ for {ip source.ip} port {int source.port}: {rest event.reason}", sshRefused},
	{"Bad protocol version identification {last ssh.banner} from {ip source.ip} port {int source.port}", sshRefused},
	{"Bad protocol version identification {last ssh.banner} from {ip source.ip}", sshRefused},
	{"Did not receive identification string from {ip source.ip} port {int source.port}", sshRefused},
	{"Did not receive identification string from {ip source.ip}", sshRefused},
	{"banner exchange: Connection from {ip source.ip} port {int source.port}: {rest event.reason}", sshRefused},
	{"kex_exchange_identification: {rest event.reason}", sshRefused},
	{"kex_protocol_error: {rest event.reason}", sshRefused},
	{"ssh_dispatch_run_fatal: Connection from {ip source.ip} port {int source.port}: {rest event.reason}", sshRefused},
	{"Timeout before authentication for connection from {ip source.ip} to {ip destination.ip}, pid = {int _}", sshFailed},
	{"Timeout before authentication for {ip source.ip} port {int source.port}", sshFailed},
	{"Timeout before authentication for {ip source.ip}", sshFailed},
	{"Connection from {ip source.ip} port {int source.port} on {ip destination.ip} port {int destination.port}{rest _}", sshOpened},
	{"Connection from {ip source.ip} port {int source.port}", sshOpened},
	{"Connection closed by authenticating user {last user.name} {ip source.ip} port {int source.port}", sshClosed},
	{"Connection closed by invalid user {last user.name} {ip source.ip} port {int source.port}", sshClosed},
	{"Connection closed by invalid user  {ip source.ip} port {int source.port}", sshClosed},
	{"Connection closed by user {last user.name} {ip source.ip} port {int source.port}", sshClosed},
	{"Connection closed by {ip source.ip} port {int source.port}", sshClosed},
	{"Connection closed by {ip source.ip}", sshClosed},
	{"Connection reset by authenticating user {last user.name} {ip source.ip} port {int source.port}", sshClosed},
	{"Connection reset by invalid user {last user.name} {ip source.ip} port {int source.port}", sshClosed},
	{"Connection reset by user {last user.name} {ip source.ip} port {int source.port}", sshClosed},
	{"Connection reset by {ip source.ip} port {int source.port}", sshClosed},
	{"Connection reset by {ip source.ip}", sshClosed},
	{"Connection to {ip source.ip} timed out", sshClosed},
	{"Disconnected from authenticating user {last user.name} {ip source.ip} port {int source.port}", sshClosed},
	{"Disconnected from invalid user {last user.name} {ip source.ip} port {int source.port}", sshClosed},
	{"Disconnected from user {last user.name} {ip source.ip} port {int source.port}", sshClosed},
	{"Disconnected from {ip source.ip} port {int source.port}", sshClosed},
	{"Disconnected from {ip source.ip}", sshClosed},
	{"Disconnecting authenticating user {word user.name} {ip source.ip} port {int source.port}: {rest event.reason}", sshClosed},
	{"Disconnecting invalid user {word user.name} {ip source.ip} port {int source.port}: {rest event.reason}", sshClosed},
	{"Disconnecting user {word user.name} {ip source.ip} port {int source.port}: {rest event.reason}", sshClosed},
	{"Disconnecting {ip source.ip} port {int source.port}: {rest event.reason}", sshClosed},
	{"Disconnecting: {rest event.reason}", sshClosed},
	{"Received disconnect from {ip source.ip} port {int source.port}:{int event.code}: {rest event.reason}", sshClosed},
	{"Received disconnect from {ip source.ip}: {int event.code}: {rest event.reason}", sshClosed},
	{"Close session: user {word user.name} from {ip source.ip} port {int source.port} id {int ssh.session}", sshClosed},
	{"Starting session: shell on {word tty} for {word user.name} from {ip source.ip} port {int source.port} id {int ssh.session}", sshSession},
	{"Starting session: {first ssh.request} for {word user.name} from {ip source.ip} port {int source.port} id {int ssh.session}", sshSession},
	{"subsystem request for {word ssh.subsystem} by user {rest user.name}", sshSession},
	{"subsystem request for {rest ssh.subsystem}", sshSession},
	{"reverse mapping checking getaddrinfo for {word source.domain} [{ip source.ip}] failed - POSSIBLE BREAK-IN ATTEMPT!", facts{category: "network", typ: "info", action: "ssh_reverse_mapping", outcome: "failure"}},
	{"reverse mapping checking getaddrinfo for {word source.domain} [{ip source.ip}] failed.", facts{category: "network", typ: "info", action: "ssh_reverse_mapping", outcome: "failure"}},
	{"Address {ip source.ip} maps to {word source.domain} but this does not map back to the address{rest _}", facts{category: "network", typ: "info", action: "ssh_reverse_mapping", outcome: "failure"}},
	{"Server listening on {ip destination.ip} port {int destination.port}.", facts{category: "process", typ: "start", action: "ssh_listen"}},
	{"Received signal {int signal}; {rest event.reason}", facts{category: "process", typ: "info", action: "ssh_signal"}},
}

// sshdTrim takes off sshd's level before a message and its "[preauth]" after it.
func sshdTrim(p *Parser, text []byte) []byte {
	for _, level := range [...]string{"error: ", "fatal: ", "debug1: "} {
		if bytes.HasPrefix(text, []byte(level)) {
			p.level = text[:len(level)-2]
			text = text[len(level):]
		}
	}
	if rest, ok := bytes.CutSuffix(text, []byte(" [preauth]")); ok {
		p.label("ssh.preauth", yes)
		text = rest
	} else if rest, ok := bytes.CutSuffix(text, []byte(" [postauth]")); ok {
		text = rest
	}
	p.str(event.NetworkProtocol, "ssh")
	return text
}
