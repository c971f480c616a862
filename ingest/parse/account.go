package parse

import (
	"bytes"

	"frontfoot/ingest/event"
)

var (
	userAdded    = facts{category: "iam", typ: "creation", action: "added-user-account", outcome: "success"}
	userDeleted  = facts{category: "iam", typ: "deletion", action: "deleted-user-account", outcome: "success"}
	userChanged  = facts{category: "iam", typ: "change", action: "changed-user-account", outcome: "success"}
	groupAdded   = facts{category: "iam", typ: "creation", action: "added-group-account", outcome: "success"}
	groupDeleted = facts{category: "iam", typ: "deletion", action: "deleted-group-account", outcome: "success"}
	groupChanged = facts{category: "iam", typ: "change", action: "changed-group-account", outcome: "success"}
	groupMember  = facts{category: "iam", typ: "change", action: "added-user-to-group", outcome: "success"}
	passwordSet  = facts{category: "iam", typ: "change", action: "password_change", outcome: "success"}
	accountError = facts{category: "iam", typ: "error", outcome: "failure"}
	loginFailed  = facts{category: "authentication", typ: "start", action: "login", outcome: "failure"}
	loginOK      = facts{category: "authentication", typ: "start", action: "login", outcome: "success"}
)

// accountMessages are those of shadow-utils (useradd, userdel, usermod, groupadd, groupdel, groupmod, gpasswd, passwd, chage,
// chfn, chsh) and of util-linux's login.
var accountMessages = []message{
	{"new user: name={word user.name}, UID={int user.id}, GID={int gid}, home={first home}, shell={first shell}, from={rest from}", userAdded},
	{"new user: name={word user.name}, UID={int user.id}, GID={int gid}, home={first home}, shell={rest shell}", userAdded},
	{"new account added - account={word user.name}, uid={int user.id}, gid={int gid}, home={first home}, shell={first shell}, by={rest by}", userAdded},
	{"new group: name={word group.name}, GID={int gid}", groupAdded},
	{"new group: name={rest group.name}", groupAdded},
	{"group added to {word file.path}: name={word group.name}, GID={int gid}", groupAdded},
	{"group added to {word file.path}: name={rest group.name}", groupAdded},
	{"group '{word group.name}' added", groupAdded},
	{"failed adding user '{word user.name}', exit code: {rest event.reason}", accountError},
	{"failed adding user '{word user.name}', {rest event.reason}", accountError},
	{"failed adding user `{word user.name}', {rest event.reason}", accountError},
	{"delete user '{last user.name}'", userDeleted},
	{"delete user `{last user.name}'", userDeleted},
	{"delete '{word user.name}' from group '{word group.name}'", groupMember},
	{"delete '{word user.name}' from shadow group '{word group.name}'", groupMember},
	{"removed group '{word group.name}' owned by '{word user.name}'", groupDeleted},
	{"removed shadow group '{word group.name}' owned by '{word user.name}'", groupDeleted},
	{"remove group '{word group.name}'", groupDeleted},
	{"remove group `{word group.name}'", groupDeleted},
	{"group '{word group.name}' removed from {rest file.path}", groupDeleted},
	{"group '{word group.name}' removed", groupDeleted},
	{"group changed in {word file.path} (group {word group.name}, new name: {word new_name})", groupChanged},
	{"group changed in {word file.path} (group {word group.name}{rest event.reason}", groupChanged},
	{"add '{word user.name}' to group '{word group.name}'", groupMember},
	{"add '{word user.name}' to shadow group '{word group.name}'", groupMember},
	{"add `{word user.name}' to group `{word group.name}'", groupMember},
	{"add `{word user.name}' to shadow group `{word group.name}'", groupMember},
	{"user {word user.name} added by {word by} to group {rest group.name}", groupMember},
	{"user {word user.name} removed by {word by} from group {rest group.name}", groupMember},
	{"members of group {word group.name} set by {word user.name} to {rest members}", groupChanged},
	{"administrators of group {word group.name} set by {word user.name} to {rest members}", groupChanged},
	{"change user '{word user.name}' password", passwordSet},
	{"change user '{word user.name}' {rest event.reason}", userChanged},
	{"change user name '{word user.name}' to '{word new_name}'", userChanged},
	{"changed user '{word user.name}' {rest event.reason}", userChanged},
	{"changed user `{word user.name}' {rest event.reason}", userChanged},
	{"lock user '{word user.name}' password", facts{category: "iam", typ: "change", action: "locked-user-account", outcome: "success"}},
	{"unlock user '{word user.name}' password", facts{category: "iam", typ: "change", action: "unlocked-user-account", outcome: "success"}},
	{"password for '{word user.name}' changed by '{word by}'", passwordSet},
	{"password for {word user.name} changed by {word by}", passwordSet},
	{"can't view or modify password information for {rest user.name}", accountError},
	{"changed password expiry for {rest user.name}", userChanged},
	{"FAILED LOGIN ({int attempts}) on '{word tty}' from '{word source.ip}' FOR '{last user.name}', {rest event.reason}", loginFailed},
	{"FAILED LOGIN ({int attempts}) on '{word tty}' FOR '{last user.name}', {rest event.reason}", loginFailed},
	{"FAILED LOGIN {int attempts} FROM {word source.ip} FOR {last user.name}, {rest event.reason}", loginFailed},
	{"ROOT LOGIN ON {word tty} FROM {ip source.ip}", loginOK},
	{"ROOT LOGIN ON {word tty}", loginOK},
	{"ROOT LOGIN on '{word tty}'", loginOK},
	{"LOGIN ON {word tty} BY {word user.name} FROM {ip source.ip}", loginOK},
	{"LOGIN ON {word tty} BY {word user.name}", loginOK},
	{"DIALUP AT {word tty} BY {word user.name}", loginOK},
	{"password check failed for user ({last user.name})", loginFailed},
}

var (
	suOK     = facts{category: "authentication", typ: "start", action: "su", outcome: "success"}
	suFailed = facts{category: "authentication", typ: "start", action: "su", outcome: "failure"}
)

// suMessages are those of su in util-linux, shadow-utils and the BSDs.
var suMessages = []message{
	{"(to {word user.effective.name}) {word user.name} on {rest tty}", suOK},
	{"FAILED SU (to {word user.effective.name}) {word user.name} on {rest tty}", suFailed},
	{"Successful su for {word user.effective.name} by {rest user.name}", suOK},
	{"FAILED su for {word user.effective.name} by {rest user.name}", suFailed},
	{"+ {word tty} {word user.name}:{rest user.effective.name}", suOK},
	{"- {word tty} {word user.name}:{rest user.effective.name}", suFailed},
	{"BAD SU {word user.name} to {word user.effective.name} on {rest tty}", suFailed},
	{"{word user.name} to {word user.effective.name} on {rest tty}", suOK},
}

var cronRun = facts{category: "process", typ: "start", action: "cron_run"}

// cronMessages are those of Vixie cron, cronie and anacron.
var cronMessages = []message{
	{"({word user.name}) CMD (   {last process.command_line})", cronRun},
	{"({word user.name}) CMD ( {last process.command_line})", cronRun},
	{"({word user.name}) CMD ({last process.command_line})", cronRun},
	{"({word user.name}) CMDOUT ({last event.reason})", facts{category: "process", typ: "info", action: "cron_output"}},
	{"({word user.name}) CMDEND ({last process.command_line})", facts{category: "process", typ: "end", action: "cron_end"}},
	{"({word user.name}) RELOAD ({last file.path})", facts{category: "configuration", typ: "change", action: "cron_reload"}},
	{"({word user.name}) REPLACE ({last by})", facts{category: "configuration", typ: "change", action: "cron_replace"}},
	{"({word user.name}) BEGIN EDIT ({last by})", facts{category: "configuration", typ: "access", action: "cron_edit"}},
	{"({word user.name}) END EDIT ({last by})", facts{category: "configuration", typ: "change", action: "cron_edit"}},
	{"({word user.name}) LIST ({last by})", facts{category: "configuration", typ: "access", action: "cron_list"}},
	{"({word user.name}) DELETE ({last by})", facts{category: "configuration", typ: "deletion", action: "cron_delete"}},
	{"({word user.name}) AUTH ({last event.reason})", facts{category: "authentication", typ: "denied", action: "cron_denied", outcome: "failure"}},
	{"({word user.name}) MAIL ({last event.reason})", facts{category: "process", typ: "info", action: "cron_mail"}},
	{"({word _}) INFO ({last event.reason})", facts{category: "process", typ: "info", action: "cron_info"}},
	{"({word user.name}) UNSAFE ({last event.reason})", facts{category: "configuration", typ: "error", action: "cron_unsafe", outcome: "failure"}},
}

// logindMessages are those of systemd-logind.
var logindMessages = []message{
	{"New session {word session} of user {word user.name} with class {rest session_class}", facts{category: "session", typ: "start", action: "logged-on", outcome: "success"}},
	{"New session {word session} of user {last user.name}.", facts{category: "session", typ: "start", action: "logged-on", outcome: "success"}},
	{"Session {word session} logged out. Waiting for processes to exit.", facts{category: "session", typ: "end", action: "logged-off", outcome: "success"}},
	{"Removed session {last session}.", facts{category: "session", typ: "end", action: "session_removed"}},
	{"New seat {last seat}.", facts{category: "host", typ: "info", action: "new_seat"}},
	{"Power key pressed.", facts{category: "host", typ: "info", action: "power_key"}},
	{"System is powering down.", facts{category: "host", typ: "end", action: "power_down"}},
	{"System is rebooting.", facts{category: "host", typ: "end", action: "reboot"}},
}

// systemdMessages are those of the service manager.
var systemdMessages = []message{
	{"Starting {rest service}", facts{category: "process", typ: "start", action: "service_starting"}},
	{"Started {rest service}", facts{category: "process", typ: "start", action: "service_started", outcome: "success"}},
	{"Stopping {rest service}", facts{category: "process", typ: "end", action: "service_stopping"}},
	{"Stopped {rest service}", facts{category: "process", typ: "end", action: "service_stopped", outcome: "success"}},
	{"Failed to start {rest service}", facts{category: "process", typ: "error", action: "service_started", outcome: "failure"}},
	{"{word service}: Main process exited, code={word exit_code}, status={rest exit_status}", facts{category: "process", typ: "end", action: "service_exited"}},
	{"{word service}: Failed with result '{word result}'.", facts{category: "process", typ: "error", action: "service_failed", outcome: "failure"}},
}

// sudoMessage reads sudo's record, "user : [reason ; ]TTY=… ; PWD=… ; USER=… ; COMMAND=…", where the command is the user's own
// text and comes last.
func sudoMessage(p *Parser, text []byte) bool {
	user, rest, ok := bytes.Cut(bytes.TrimLeft(text, " "), []byte(" : "))
	if !ok || len(user) == 0 || bytes.IndexByte(user, ' ') >= 0 {
		return false
	}
	p.text(event.UserName, user)
	said := facts{category: "process", typ: "start", action: "sudo"}
	for len(rest) > 0 {
		if command, ok := bytes.CutPrefix(rest, []byte("COMMAND=")); ok {
			p.text(event.ProcessCommandLine, command)
			path, _ := word(command)
			p.text(event.ProcessExecutable, path)
			break
		}
		var part []byte
		part, rest, _ = bytes.Cut(rest, []byte(" ; "))
		key, value, pair := bytes.Cut(part, []byte{'='})
		switch {
		case pair && string(key) == "USER":
			p.text(event.UserEffectiveName, value)
		case pair && string(key) == "PWD":
			p.text(event.ProcessWorkingDirectory, value)
		case pair && string(key) == "GROUP":
			p.text(event.UserGroupName, value)
		case pair && keyLike(key):
			p.label(p.join("", key, nil), value)
		case bytes.HasPrefix(part, []byte("(command continued)")):
			p.text(event.ProcessCommandLine, bytes.TrimSpace(part[19:]))
			p.facts(facts{category: "process", typ: "info", action: "sudo_continued"})
			return true
		default: // "3 incorrect password attempts", "user NOT in sudoers", "command not allowed"
			p.text(event.EventReason, part)
			said.outcome, said.typ = "failure", "denied"
		}
	}
	if said.outcome == "" && p.b.Has(event.ProcessCommandLine) {
		said.outcome = "success"
	}
	p.facts(said)
	return true
}
