package gen

// line begins a line of a Linux server, as rsyslog writes it to a file: time, host, program and its process.
func (s *server) line(b []byte, at int64, program string, pid uint64) []byte {
	b = appendStamp(b, at, 6, "+00:00 ")
	b = append(append(append(b, s.host...), ' '), program...)
	if pid > 0 {
		b = append(appendKey(append(b, '['), "", pid), ']')
	}
	return append(b, ": "...)
}

func process(r rng) uint64 { return uint64(1200 + r.IntN(3_900_000)) }

// accepted appends sshd's line of a successful login. With a key, method is publickey.
func (s *server) accepted(b []byte, at int64, pid uint64, method, login string, from addr, port uint16, key string) []byte {
	b = s.line(b, at, "sshd", pid)
	b = append(append(append(append(b, "Accepted "...), method...), " for "...), login...)
	b = appendKey(appendAddr(b, " from ", from), " port ", uint64(port))
	b = append(b, " ssh2"...)
	if key != "" {
		b = append(append(b, ": ED25519 "...), key...)
	}
	return b
}

// failed appends sshd's line of a wrong password.
func (s *server) failed(b []byte, at int64, pid uint64, login string, known bool, from addr, port uint16) []byte {
	b = append(s.line(b, at, "sshd", pid), "Failed password for "...)
	if !known {
		b = append(b, "invalid user "...)
	}
	b = appendKey(appendAddr(append(b, login...), " from ", from), " port ", uint64(port))
	return append(b, " ssh2"...)
}

// invalid appends sshd's line of a login name that does not exist.
func (s *server) invalid(b []byte, at int64, pid uint64, login string, from addr, port uint16) []byte {
	b = append(append(s.line(b, at, "sshd", pid), "Invalid user "...), login...)
	return appendKey(appendAddr(b, " from ", from), " port ", uint64(port))
}

// closed appends sshd's line of a connection that ended before anybody logged in.
func (s *server) closed(b []byte, at int64, pid uint64, who string, from addr, port uint16) []byte {
	b = append(append(s.line(b, at, "sshd", pid), "Connection closed by "...), who...)
	b = appendKey(appendAddr(b, "", from), " port ", uint64(port))
	return append(b, " [preauth]"...)
}

// opened appends PAM's line of a session's beginning.
func (s *server) opened(b []byte, at int64, program string, pid uint64, service, login string, uid uint64, by string, byUID uint64) []byte {
	b = append(append(s.line(b, at, program, pid), "pam_unix("...), service...)
	b = append(append(b, ":session): session opened for user "...), login...)
	b = appendKey(b, "(uid=", uid)
	b = append(append(b, ") by "...), by...)
	return append(appendKey(b, "(uid=", byUID), ')')
}

// ended appends PAM's line of a session's end.
func (s *server) ended(b []byte, at int64, program string, pid uint64, service, login string) []byte {
	b = append(append(s.line(b, at, program, pid), "pam_unix("...), service...)
	return append(append(b, ":session): session closed for user "...), login...)
}

// sudo appends sudo's line of a command.
func (s *server) sudo(b []byte, at int64, login, command string) []byte {
	b = append(append(s.line(b, at, "sudo", 0), ' ', ' ', ' '), login...)
	b = append(append(b, " : TTY=pts/0 ; PWD=/home/"...), login...)
	return append(append(b, " ; USER=root ; COMMAND="...), command...)
}

// denied appends sudo's line of a command that was not run.
func (s *server) denied(b []byte, at int64, login, why, tty, folder, command string) []byte {
	b = append(append(s.line(b, at, "sudo", 0), ' ', ' ', ' '), login...)
	b = append(append(append(b, " : "...), why...), " ; TTY="...)
	b = append(append(append(b, tty...), " ; PWD="...), folder...)
	return append(append(b, " ; USER=root ; COMMAND="...), command...)
}

// cron appends cron's line of a job.
func (s *server) cron(b []byte, at int64, pid uint64, login, command string) []byte {
	b = append(append(s.line(b, at, "CRON", pid), '('), login...)
	return append(append(append(b, ") CMD ("...), command...), ')')
}

// systemd appends a line of the service manager.
func (s *server) systemd(b []byte, at int64, text ...string) []byte {
	b = s.line(b, at, "systemd", 1)
	for _, t := range text {
		b = append(b, t...)
	}
	return b
}

// account appends a line of the programs that make and change accounts.
func (s *server) account(b []byte, at int64, program string, pid uint64, text string) []byte {
	return append(s.line(b, at, program, pid), text...)
}

// routine are the jobs that every Linux server's timers start.
var routine = []struct{ unit, what string }{
	{"sysstat-collect.service", "system activity accounting tool"},
	{"systemd-tmpfiles-clean.service", "Cleanup of Temporary Directories"},
	{"logrotate.service", "Rotate log files"},
	{"apt-daily.service", "Daily apt download activities"},
	{"man-db.service", "Daily man-db regeneration"},
	{"fwupd-refresh.service", "Refresh fwupd metadata and update motd"},
	{"motd-news.service", "Message of the Day"},
	{"dpkg-db-backup.service", "Daily dpkg database backup service"},
	{"fstrim.service", "Discard unused blocks on filesystems from /etc/fstab"},
	{"e2scrub_all.service", "Online ext4 Metadata Check for All Filesystems"},
}

// chores are the commands that administrators give, the most usual first.
var chores = []string{
	"/usr/bin/apt update", "/usr/bin/systemctl status smbd", "/usr/bin/journalctl -xe", "/usr/bin/systemctl restart apache2",
	"/usr/bin/tail -f /var/log/syslog", "/usr/bin/apt upgrade -y", "/usr/bin/systemctl restart smbd", "/usr/bin/du -sh /srv",
	"/usr/bin/less /var/log/auth.log", "/usr/bin/vim /etc/samba/smb.conf", "/usr/bin/systemctl status revben", "/usr/sbin/ufw status",
	"/usr/bin/systemctl restart revben", "/usr/bin/df -h", "/usr/bin/ls -la /srv/shares", "/usr/bin/chown -R www-data /srv/portal/uploads",
	"/usr/bin/certbot renew", "/usr/bin/cat /etc/hosts", "/usr/bin/systemctl reload apache2", "/usr/bin/crontab -l",
	"/usr/bin/vim /etc/apache2/sites-available/portal.conf", "/usr/sbin/ss -tlnp", "/usr/bin/find /srv -mtime -1", "/usr/bin/smbstatus",
	"/usr/bin/pg_dump revben", "/usr/bin/rsync -a /srv/shares /backup", "/usr/sbin/usermod -aG planning", "/usr/bin/lsblk",
	"/usr/bin/zgrep error /var/log/revben/app.log", "/usr/sbin/reboot", "/usr/bin/restic snapshots", "/usr/bin/passwd -S",
	"/usr/bin/kill -HUP 812", "/usr/bin/tcpdump -ni ens160 port 53", "/usr/bin/mount /backup", "/usr/bin/htop",
	"/usr/bin/systemctl list-timers", "/usr/bin/sysctl -p", "/usr/bin/visudo", "/usr/bin/apt install -y jq",
}

// guesses are the login names that scanners try, the most usual first.
var guesses = []string{
	"root", "admin", "user", "test", "ubuntu", "oracle", "postgres", "guest", "ftpuser", "git", "pi", "support", "hadoop", "deploy", "mysql",
	"nagios", "jenkins", "dev", "www", "tomcat", "minecraft", "ansible", "es", "vagrant", "steam", "centos", "debian", "backup", "zabbix", "odoo",
	"sol", "solana", "validator", "node", "ubnt", "teamspeak", "server", "ec2-user", "webmaster", "administrator", "demo", "operator", "student",
}
