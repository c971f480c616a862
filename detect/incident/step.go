package incident

// subject is the entity that the story is told about: the first that acts, else the first.
func (s *story) subject() *Entity {
	for i := range s.entities {
		if s.entities[i].Actor {
			return &s.entities[i]
		}
	}
	if len(s.entities) > 0 {
		return &s.entities[0]
	}
	return &Entity{Text: "this site"}
}

// nextStep says what to do first, by the strongest tactic and by whom it is about: an account cannot be taken off the network, and a kind of log has no owner.
func nextStep(tactics []string, about *Entity, site string) string {
	tactic := ""
	if len(tactics) > 0 {
		tactic = tactics[0]
	}
	who, step := about.Text, ""
	switch {
	case tactic == "TA0005":
		return "If " + who + " fell silent, see on the machine itself what stopped its logs, and who was on it just before. If something grew, " + `see which weeks differ: frontfoot query "SELECT toMonday(time) AS week, dataset, event_action, destination_port, process_name, count() FROM events WHERE site = '` + site +
			`' GROUP BY ALL ORDER BY week, count() DESC". If nobody can explain ` + who + `, stop it, and put the models back to a day before with frontfoot rollback.`
	case about.Name == "event.dataset":
		return "See in the log " + who + " who did this, and ask whether it was meant; block them until that is known."
	case about.Name == "user.name":
		step = ofAccount(tactic, who)
	case !about.Actor:
		step = ofTarget(tactic, who)
	}
	if step == "" {
		step = ofMachine(tactic, who)
	}
	return step
}

// ofAccount is what to do first about an account that acts; empty where that is the same as for a machine.
func ofAccount(tactic, who string) string {
	switch tactic {
	case "TA0043", "TA0007":
		return "Ask the owner of " + who + " what this was for; if they do not know of it, lock the account and see what it reached."
	case "TA0001":
		return "Check with its owner that " + who + " was really in use at that time; if not, end its sessions and change its password."
	case "TA0002", "TA0003":
		return "Ask the owner of " + who + " what was run in its name; if they do not know of it, lock the account and keep a copy of the program before you stop it."
	case "TA0004":
		return "Ask who gave " + who + " these rights; if nobody did, take them away and look at what was done with them."
	case "TA0006":
		return "See whether anybody logged in as " + who + " whom its owner cannot explain; if so, end its sessions, change its password and block the source."
	case "TA0008":
		return "Lock " + who + " if its owner cannot explain it, and look at every machine that it reached."
	}
	return ""
}

// ofTarget is what to do first about a machine to which it was done; empty where that is the same as for one that acts.
func ofTarget(tactic, who string) string {
	switch tactic {
	case "TA0001":
		return "See who came to " + who + " and whether they were let in; block them until that is known."
	case "TA0002", "TA0003":
		return "Ask whether " + who + " was started anew or changed on purpose just then; if not, look at what was run on it and by whom, and keep a copy of the program before you stop it."
	case "TA0006":
		return "See whether any of the tries at " + who + " succeeded; lock the accounts that did and block the sources."
	case "TA0009":
		return "See who asked so much of " + who + " and whether their work needs it; limit how much one may ask for until that is known."
	}
	return ""
}

// ofMachine is what to do first about a machine, or whatever else acts.
func ofMachine(tactic, who string) string {
	switch tactic {
	case "TA0043", "TA0007":
		return "Ask whether " + who + " is new or a scanner of your own; if not, isolate or block it and see which of the addresses it tried gave an answer."
	case "TA0001":
		return "See what " + who + " reached and whether it was let in; block it until that is known."
	case "TA0002", "TA0003":
		return "Look at what was run on " + who + " and by whom; keep a copy of the program before you stop it."
	case "TA0004":
		return "Ask who needed these rights on " + who + "; if nobody did, take them away and look at what was done with them."
	case "TA0006":
		return "See whether any of the tries of " + who + " succeeded; lock the accounts that did and block the source."
	case "TA0008":
		return "Take " + who + " off the network if nobody can explain it, and look at every machine that it reached."
	case "TA0009":
		return "See what " + who + " opened or fetched and whether its work needs it; limit how much one may ask for until that is known."
	case "TA0010":
		return "Find out what " + who + " sent and to whom; block the destination until that is known."
	case "TA0011":
		return "Find the program on " + who + " that calls out; block the destination until it is known to be harmless."
	}
	return "Look at the evidence, ask the owner of " + who + " whether this was meant, and close the incident as benign if it was."
}
