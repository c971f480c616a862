package feature

// Name is the tactic in words; itself where it is none that a hint is of.
func (h Hint) Name() string {
	switch h {
	case Reconnaissance:
		return "reconnaissance"
	case InitialAccess:
		return "initial access"
	case Execution:
		return "execution"
	case Persistence:
		return "persistence"
	case Escalation:
		return "privilege escalation"
	case Evasion:
		return "defence evasion"
	case CredentialAccess:
		return "credential access"
	case Discovery:
		return "discovery"
	case LateralMovement:
		return "lateral movement"
	case Collection:
		return "collection"
	case Exfiltration:
		return "exfiltration"
	case CommandControl:
		return "command and control"
	}
	return string(h)
}
