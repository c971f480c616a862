package parse

import (
	"bytes"
	"sync"
)

// programs returns the formats of the programs that log about people and sessions, by name. They are compiled once, and
// nothing writes to them.
var programs = sync.OnceValue(func() map[string]*programFormat {
	sshd := newProgram("system.auth", sshdMessages)
	sshd.trim = sshdTrim
	dropbear := newProgram("system.auth", dropbearMessages)
	dropbear.trim = sshdTrim
	auth := newProgram("system.auth", accountMessages)
	sudo := newProgram("system.auth", nil)
	sudo.own = sudoMessage
	su := newProgram("system.auth", suMessages)
	cron := newProgram("system.auth", cronMessages)
	logind := newProgram("system.auth", logindMessages)
	systemd := newProgram("system.syslog", systemdMessages)
	m := map[string]*programFormat{
		"sshd": sshd, "sshd-session": sshd, "sshd-auth": sshd, "dropbear": dropbear,
		"sudo": sudo, "su": su, "runuser": su,
		"cron": cron, "crond": cron, "crontab": cron, "atd": cron, "anacron": cron,
		"systemd-logind": logind, "elogind": logind, "systemd": systemd,
	}
	for _, name := range [...]string{
		"useradd", "userdel", "usermod", "adduser", "deluser", "groupadd", "groupdel", "groupmod", "gpasswd", "passwd", "chpasswd", "chage",
		"chfn", "chsh", "newusers", "login", "vsftpd", "polkitd", "polkit-agent-helper-1", "gdm-password", "gdm", "lightdm",
		"sddm", "xrdp-sesman", "pkexec", "doas", "unix_chkpwd", "gdm-session-worker", "cockpit-session",
	} {
		m[name] = auth
	}
	return m
})

// pamProgram returns the format of PAM's messages, whatever program they come through.
var pamProgram = sync.OnceValue(func() *programFormat { return newProgram("system.auth", pamMessages) })

// program returns the format of a program, nil for one that has none. cron writes its name in upper case on some systems.
func (p *Parser) program(app []byte) *programFormat {
	if len(app) == 0 || len(app) > 64 {
		return nil
	}
	if i := bytes.LastIndexByte(app, '/'); i >= 0 {
		app = app[i+1:]
	}
	if f := p.programs[string(app)]; f != nil {
		return f
	}
	switch string(app) {
	case "CRON", "CROND", "ANACRON":
		return p.programs["cron"]
	}
	return nil
}
