package detect

// A Part is something of detection that can be left out, so that it can be measured what it adds and whether a test would notice its absence.
// No setting leads here: whoever runs sites for people has all of it.
type Part uint32

// The parts. Of the two judges, fusion is that of log events and panel that of rows of a table.
const (
	PartRarity    Part = 1 << iota // how rare values are together; in a panel pairs too
	PartPairs                      // how many pairs are new
	PartBursts                     // a panel's
	PartLikeness                   // how unlike ordinary or clean rows a row is, as a whole and column by column: a panel's
	PartDeparture                  // how unlike it is column by column: a panel's
	PartRhythm                     // the models that count over rows of log events
	PartSpelling
	PartRefusal
	PartExcess
	PartMeeting
	PartDrift
	PartSilence
	PartWhereabouts
	PartSurge
	PartVariety
	PartStride
	PartOpening
	PartDebut
	PartRemit
	PartWhole     // what a log event is as a whole, as evidence of an incident
	PartGuard     // that what is unusual, or of an open incident, is learned slowly
	PartInfluence // that no source teaches much more than it did
)

// Parts returns all parts in their order.
func Parts() []Part {
	return []Part{
		PartRarity, PartPairs, PartBursts, PartLikeness, PartDeparture, PartRhythm, PartSpelling, PartRefusal, PartExcess, PartMeeting, PartDrift,
		PartSilence, PartWhereabouts, PartSurge, PartVariety, PartStride, PartOpening, PartDebut, PartRemit, PartWhole, PartGuard, PartInfluence,
	}
}

// String returns what the part is called in tables.
func (p Part) String() string {
	switch p {
	case PartRarity:
		return "rarity"
	case PartPairs:
		return "new pairs"
	case PartBursts:
		return "bursts"
	case PartLikeness:
		return "likeness"
	case PartDeparture:
		return "departure"
	case PartRhythm:
		return "rhythm"
	case PartSpelling:
		return "spelling"
	case PartRefusal:
		return "refusal"
	case PartExcess:
		return "excess"
	case PartMeeting:
		return "meeting"
	case PartDrift:
		return "drift"
	case PartSilence:
		return "silence"
	case PartWhereabouts:
		return "whereabouts"
	case PartSurge:
		return "surge"
	case PartVariety:
		return "variety"
	case PartStride:
		return "stride"
	case PartOpening:
		return "opening"
	case PartDebut:
		return "debut"
	case PartRemit:
		return "remit"
	case PartWhole:
		return "whole events"
	case PartGuard:
		return "guard"
	case PartInfluence:
		return "influence"
	default:
		return ""
	}
}

// Without returns the configuration of a detection that lacks a part.
func (c Config) Without(p Part) Config {
	c.without |= p
	return c
}

// OfTables reports whether tables are judged by it.
func (p Part) OfTables() bool {
	return (PartRarity | PartPairs | PartBursts | PartLikeness | PartDeparture | PartGuard).lacks(p)
}

// OfLogs reports whether log events are judged by it.
func (p Part) OfLogs() bool { return p != PartBursts && p != PartLikeness && p != PartDeparture }

// lacks reports whether a part is left out.
func (p Part) lacks(part Part) bool { return p&part != 0 }

// fused returns the part that a view of a fusion is.
func fused(view int) Part { return [views]Part{PartRarity, PartPairs}[view] }

// sided returns the part that a side of a panel is.
func sided(side int) Part {
	return [sides]Part{PartRarity, PartPairs, PartLikeness, PartDeparture}[side]
}

// without returns the models that are not left out.
func (all sequences) without(parts Part) sequences {
	var left sequences
	for _, model := range all {
		if !parts.lacks(partOf(model.Name())) {
			left = append(left, model)
		}
	}
	return left
}

// partOf returns the part that a model which counts over rows is.
func partOf(model string) Part {
	for _, p := range Parts() {
		if p.String() == model {
			return p
		}
	}
	return 0
}
