package parse

import (
	"bytes"

	"frontfoot/ingest/event"
)

var (
	pamOpened = facts{category: "session", typ: "start", action: "logged-on", outcome: "success"}
	pamClosed = facts{category: "session", typ: "end", action: "logged-off", outcome: "success"}
	pamFailed = facts{category: "authentication", typ: "start", action: "authentication_failure", outcome: "failure"}
	pamDenied = facts{category: "authentication", typ: "denied", action: "account_check", outcome: "failure"}
	pamOK     = facts{category: "authentication", typ: "start", action: "authentication_success", outcome: "success"}
)

// pamMessages are those of Linux-PAM's modules, "module(service:type): text", from pam_unix, pam_faillock, pam_tally2,
// pam_succeed_if, pam_sss, pam_winbind, pam_listfile, pam_access and pam_google_authenticator. The caller's uid is the user's
// own only where the caller has a name.
var pamMessages = []message{
	{"session opened for user {word user.effective.name}(uid={int _}) by {word user.name}(uid={int user.id})", pamOpened},
	{"session opened for user {word user.effective.name} by {word user.name}(uid={int user.id})", pamOpened},
	{"session opened for user {word user.effective.name}(uid={int _}) by (uid={int caller_uid})", pamOpened},
	{"session opened for user {word user.effective.name} by (uid={int caller_uid})", pamOpened},
	{"session opened for user {rest user.effective.name}", pamOpened},
	{"session closed for user {rest user.name}", pamClosed},
	{"authentication failure; logname={opt logname} uid={int uid} euid={int euid} tty={opt tty} ruser={opt ruser} rhost={opt source.ip}  user={rest user.name}", pamFailed},
	{"authentication failure; logname={opt logname} uid={int uid} euid={int euid} tty={opt tty} ruser={opt ruser} rhost={opt source.ip} user={rest user.name}", pamFailed},
	{"authentication failure; logname={opt logname} uid={int uid} euid={int euid} tty={opt tty} ruser={opt ruser} rhost={opt source.ip}", pamFailed},
	{"authentication success; logname={opt logname} uid={int uid} euid={int euid} tty={opt tty} ruser={opt ruser} rhost={opt source.ip} user={rest user.name}", pamOK},
	{"check pass; user unknown", pamFailed},
	{"bad username [{last user.name}]", pamFailed},
	{"check pass; user ({last user.name}) unknown", pamFailed},
	{"account {word user.name} has expired (account expired)", pamDenied},
	{"account {word user.name} has password changed in future", pamDenied},
	{"expired password for user {word user.name} (password aged)", pamDenied},
	{"expired password for user {word user.name} (root enforced)", pamDenied},
	{"could not identify user (from getpwnam({last user.name}))", pamFailed},
	{"password changed for {rest user.name}", facts{category: "iam", typ: "change", action: "password_change", outcome: "success"}},
	{"requirement {first event.reason} not met by user \"{last user.name}\"", pamDenied},
	{"requirement {first event.reason} not met by user {word user.name}", pamDenied},
	{"Consecutive login failures for user {word user.name} account temporarily locked", pamDenied},
	{"user {word user.name} ({int _}) tally {int failures}, deny {int _}", pamDenied},
	{"user {last user.name} not found", pamFailed},
	{"received for user {last user.name}: {word event.code} ({rest event.reason}", pamDenied},
	{"access denied for user `{last user.name}' from `{word source.ip}'", pamDenied},
	{"Refused user {last user.name} for service {word service}", pamDenied},
	{"user '{last user.name}' granted access", pamOK},
	{"user '{last user.name}' denied access ({rest event.reason}", pamDenied},
	{"Invalid verification code for {rest user.name}", pamFailed},
	{"Accepted google_authenticator for {rest user.name}", pamOK},
}

// pamMessage reads a message of a PAM module and gives the module's name, service and type as labels.
func (p *Parser) pamMessage(dataset string, text []byte) bool {
	if !bytes.HasPrefix(text, []byte("pam_")) {
		return false
	}
	module, rest, ok := bytes.Cut(text, []byte("): "))
	if !ok {
		return false
	}
	module, service, ok := bytes.Cut(module, []byte{'('})
	if !ok || bytes.IndexByte(module, ' ') >= 0 {
		return false
	}
	service, kind, _ := bytes.Cut(service, []byte{':'})
	p.dataset = dataset
	p.label("pam.module", module)
	p.label("pam.service", service)
	p.label("pam.type", kind)
	p.pam.match(p, rest)
	if !p.b.Has(event.UserName) { // the caller had no name: the session is the user's own
		p.text(event.UserName, p.b.TextOf(event.UserEffectiveName))
	}
	return true
}
