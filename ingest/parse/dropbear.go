package parse

// dropbearMessages are those of Dropbear, the SSH server of small routers, from its svr-auth.c, svr-authpasswd.c,
// svr-authpubkey.c, svr-main.c and svr-session.c. It writes an address and its port as one word.
var dropbearMessages = []message{
	{"Bad password attempt for '{last user.name}' from {ip source.ip}:{int source.port}", sshFailed},
	{"Bad PAM password attempt for '{last user.name}' from {ip source.ip}:{int source.port}", sshFailed},
	{"Password auth succeeded for '{last user.name}' from {ip source.ip}:{int source.port}", sshOK},
	{"PAM password auth succeeded for '{last user.name}' from {ip source.ip}:{int source.port}", sshOK},
	{"Pubkey auth succeeded for '{word user.name}' with {word ssh.key_type} key {word ssh.fingerprint} from {ip source.ip}:{int source.port}", sshOK},
	{"Pubkey auth succeeded for '{word user.name}' with key {word ssh.key_type} {word ssh.fingerprint} from {ip source.ip}:{int source.port}", sshOK},
	{"Login attempt for nonexistent user '{last user.name}' from {ip source.ip}:{int source.port}", sshInvalid},
	{"Login attempt for nonexistent user from {ip source.ip}:{int source.port}", sshInvalid},
	{"Login attempt with wrong user {last user.name} from {ip source.ip}:{int source.port}", sshInvalid},
	{"Max auth tries reached - user '{last user.name}' from {ip source.ip}:{int source.port}", sshFailed},
	{"Child connection from {ip source.ip}:{int source.port}", sshOpened},
	{"Exit before auth from <{ip source.ip}:{int source.port}>: (user '{last user.name}', {int attempts} fails): {rest event.reason}", sshClosed},
	{"Exit before auth from <{ip source.ip}:{int source.port}>: {rest event.reason}", sshClosed},
	{"Exit ({word user.name}) from <{ip source.ip}:{int source.port}>: {rest event.reason}", sshClosed},
}
