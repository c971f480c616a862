package detect

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/novelty"
	"frontfoot/detect/sketch"
)

// loud is how many bits a feature must have to be told as a reason.
const loud = 6

const (
	seldom    = 3   // bits above a day's events: the like of it is once in eight days
	wholeSide = 253 // of what an event is as a whole
)

// An explainer turns the measures of the row scored last into words.
type explainer struct {
	layout *feature.Layout
	row    *feature.Row
	age    time.Duration // for how long the site has been known; 0 where there are no times
}

// findingID is the stable name of a finding.
func findingID(site, model, epoch string, seq uint64) string {
	h := sha256.New()
	h.Write([]byte(site + "\x00" + model + "\x00" + epoch + "\x00"))
	h.Write(binary.LittleEndian.AppendUint64(nil, seq))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// kinds returns what is new about the row, loudest first.
func (x *explainer) kinds(m *novelty.Model, v *novelty.Verdict) []incident.Kind {
	var kinds []incident.Kind
	for i := range v.Loud {
		me := &v.Loud[i]
		if me.Bits < loud {
			break
		}
		a, b := x.layout.Parts(me.Feature)
		total, values := m.Known(me.Feature)
		k := incident.Kind{
			Feature: me.Feature, Name: x.layout.Name(me.Feature), Bits: me.Bits, Value: x.layout.Key(me.Feature, x.row), What: x.what(me), Expected: x.expected(me, total, values),
		}
		k.Side = uint8(x.side(m, me.Feature))
		f := &x.layout.Fields[a]
		if b < 0 {
			k.Tactic = string(f.Hint)
			k.Weak = f.Role == feature.Actor || f.Role == feature.Context
		} else {
			k.Tactic = string(x.layout.Pairs[me.Feature-len(x.layout.Fields)].Hint)
		}
		k.Weak = k.Weak || k.Side == uint8(feature.Moment) || x.shares(v.Loud[:i], a, b)
		kinds = append(kinds, k)
	}
	return kinds
}

// whole returns what to say of a row that is so rare as a whole that less than one in eight days is; nil where it is not. One
// score is one look at the row, where the loudest of many features is the best of as many: so it counts for more than one of them.
func (x *explainer) whole(bits, daily float32, kinds []incident.Kind) *incident.Kind {
	if len(kinds) < 2 || bits < sketch.Log2(daily)+seldom {
		return nil
	}
	named := &kinds[max(0, slices.IndexFunc(kinds, func(k incident.Kind) bool { return !k.Weak }))]
	return &incident.Kind{
		Feature: incident.Whole, Name: "event", Bits: bits + sketch.Log2(float32(x.layout.Features())), Value: x.row.Class, Side: wholeSide, Tactic: named.Tactic,
		What: named.What + ", in a line that is unusual as a whole", Expected: "(so is one in " + incident.Count(sketch.Exp2(bits)) + " here)",
	}
}

// side is what of an event a feature tells. Columns of a table that hardly ever come in other company than each other's, such as the
// address and the name of one host, tell the same: what is new in all of them is one piece of evidence.
func (x *explainer) side(m *novelty.Model, of int) feature.Side {
	side := x.layout.Side(of)
	if side < feature.Column {
		return side
	}
	for i := range x.layout.Fields {
		if x.layout.Fields[i].Side == side {
			return x.layout.Fields[m.Alike(i)].Side
		}
	}
	return side
}

// shares reports whether a louder feature of the same event has one of two fields too, unless that is who acts: a port that is new for its
// host, its country and its interface is one new thing.
func (x *explainer) shares(louder []novelty.Measure, a, b int) bool {
	for i := range louder {
		c, d := x.layout.Parts(louder[i].Feature)
		for _, f := range [2]int{a, b} {
			if f >= 0 && (f == c || f == d) && x.layout.Fields[f].Role != feature.Actor {
				return true
			}
		}
	}
	return false
}

// busy is how many events a day the one who acts is good for, or where nobody does the one to whom it is done: a machine that starts says much at once,
// and of what it says something is new by chance. Somebody unknown is one of all who are new on a day.
func (x *explainer) busy(m *novelty.Model) float32 {
	i := x.actor()
	if i < 0 {
		i = x.first(feature.Target)
	}
	if i < 0 {
		return 0
	}
	return x.busyOf(m, i)
}

// busyOf is how many events a day the value of a field is good for.
func (x *explainer) busyOf(m *novelty.Model, i int) float32 {
	days := max(1, float32(float64(x.age)/float64(24*time.Hour)))
	_, values := m.Known(i)
	return max(m.Count(i), values) / days
}

// what is a clause of what was seen.
func (x *explainer) what(me *novelty.Measure) string {
	a, b := x.layout.Parts(me.Feature)
	first := x.layout.Fields[a].Format(x.row.Values[a])
	if b < 0 {
		return x.say(a) + " " + first + x.of(a)
	}
	second := x.layout.Fields[b].Format(x.row.Values[b])
	pair := &x.layout.Pairs[me.Feature-len(x.layout.Fields)]
	switch {
	case pair.Say == "":
		if x.layout.Fields[a].Role != feature.Actor { // who acts is known by its name alone
			first = x.say(a) + " " + first
		}
		return first + " with " + x.say(b) + " " + second
	case known(me):
		return fmt.Sprintf(pair.Seldom(), first, second)
	}
	return fmt.Sprintf(pair.Say, first, second)
}

// known reports whether a feature was seen before. Counts are learned in parts and fade, so what is nearly nothing is nothing.
func known(me *novelty.Measure) bool { return me.Count >= 0.5 }

// plural chooses a word for as many as are written.
func plural(n float32, one, more string) string {
	if incident.Count(n) == "1" {
		return one
	}
	return more
}

func (x *explainer) say(field int) string {
	if say := x.layout.Fields[field].Say; say != "" {
		return say
	}
	return x.layout.Fields[field].Name
}

// of names who a value belongs to, where it is not itself somebody.
func (x *explainer) of(field int) string {
	if x.layout.Fields[field].Role == feature.Actor {
		return ""
	}
	for i := range x.layout.Fields {
		f := &x.layout.Fields[i]
		if f.Role == feature.Actor && x.row.Values[i].Hash != 0 {
			return " of " + f.Format(x.row.Values[i])
		}
	}
	return ""
}

// expected is a clause of what was known before.
func (x *explainer) expected(me *novelty.Measure, total, values float32) string {
	_, b := x.layout.Parts(me.Feature)
	among := "in " + incident.Count(total) + " events"
	if x.age > 0 {
		among = "in " + incident.Span(x.age) + " and " + incident.Count(total) + " events"
	}
	switch {
	case known(me):
		return "(seen " + incident.Times(me.Count) + " " + among + ")"
	case b < 0:
		return "(never seen " + among + ", which showed " + incident.Count(values) + plural(values, " other", " others") + ")"
	}
	return "(never " + among + ", though both are known)"
}

// entities returns who and what the row is about. The first is the one that acts: the source, else the user. Others are named where they take
// part in what is loud; they act as well, so that a stolen account joins what its machines do. Where there is nobody of these, it is the first to whom it was done,
// such as the machine on which an account is made. A field that only tells where something was
// logged is no entity, and neither is a busy server that does nothing unusual.
func (x *explainer) entities(v *novelty.Verdict) []incident.Entity {
	var out []incident.Entity
	add := func(field int) {
		f, value := &x.layout.Fields[field], x.row.Values[field]
		if value.Hash == 0 || f.Role != feature.Actor && f.Role != feature.Target {
			return
		}
		for i := range out {
			if out[i].Hash == value.Hash {
				return
			}
		}
		out = append(out, incident.Entity{Hash: value.Hash, Name: f.Name, Text: f.Format(value), Actor: f.Role == feature.Actor})
	}
	if i := x.actor(); i >= 0 {
		add(i)
	}
	for i := range v.Loud {
		if v.Loud[i].Bits < loud {
			break
		}
		a, b := x.layout.Parts(v.Loud[i].Feature)
		add(a)
		if b >= 0 {
			add(b)
		}
	}
	for i := range x.layout.Fields {
		if len(out) > 0 {
			break
		}
		add(i)
	}
	return out
}

// actor returns the field that names who acts, -1 where nobody does.
func (x *explainer) actor() int { return x.first(feature.Actor) }

// first returns the first field that names somebody in a role, -1 where none does.
func (x *explainer) first(role feature.Role) int {
	for i := range x.layout.Fields {
		if x.layout.Fields[i].Role == role && x.row.Values[i].Hash != 0 {
			return i
		}
	}
	return -1
}

// named returns the field that names somebody who acts, -1 where none does.
func (x *explainer) named(hash uint64) int {
	for i := range x.layout.Fields {
		if x.layout.Fields[i].Role == feature.Actor && x.row.Values[i].Hash == hash {
			return i
		}
	}
	return -1
}

// fill sets the words of a finding.
func (x *explainer) fill(f *incident.Finding, kinds []incident.Kind, v *novelty.Verdict) {
	if len(v.Loud) == 0 {
		f.Reason = "many values are a little unusual together"
		return
	}
	me := &v.Loud[0]
	a, b := x.layout.Parts(me.Feature)
	f.Field = x.layout.Name(me.Feature)
	f.Value = x.layout.Fields[a].Format(x.row.Values[a])
	if b >= 0 {
		f.Value += " + " + x.layout.Fields[b].Format(x.row.Values[b])
	}
	if len(kinds) == 0 {
		f.Seen = x.what(me)
		f.Reason = f.Seen + ": no single thing is unusual, but many are a little"
		return
	}
	f.Seen, f.Expected, f.Tactic = kinds[0].What, strings.Trim(kinds[0].Expected, "()"), kinds[0].Tactic
	f.Reason = f.Seen + " " + kinds[0].Expected
}
