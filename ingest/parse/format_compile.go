package parse

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"frontfoot/ingest/event"
	"frontfoot/ingest/parse/format"
)

// A dataFormat is a compiled format.
type dataFormat struct {
	name                  string
	vendor, product, kind []byte
	lines                 []*formatLine
}

// A formatLine is one kind of line of a format, compiled. It is read-only once made.
type formatLine struct {
	format  *dataFormat
	place   int // among the format's lines, from 1
	matches []format.Match
	cut     cut
	times   []timeValue
	rules   rules
	slots   int
	msgid   uint8 // slot of the syslog header's message id
	whole   uint8 // slot of the line without its header
	// ownHeader says that a date at the beginning is the format's own.
	ownHeader bool
}

// A cut is a compiled format.Cut.
type cut struct {
	of       uint8 // slot of the value to cut; 0 is the line's text
	head     *pattern
	way      format.Way
	table    *table
	strip    []byte    // names that begin with it go without it
	skip     bool      // names that the table does not have are dropped
	stars    bool      // the table has names with *
	below    *table    // names that end in .**, without that
	firsts   [256]bool // the first bytes of these, which spare most paths a look
	named    bool      // the table has names such as LIST[NAME]
	under    string
	patterns messages
	kv       format.Cut
	sep, eq  literalText // what parts kv's pairs, and a key from its value
	words    *wordLists
	brackets []byte // the name of what stands in brackets
	csv      *columns
}

// A compiler compiles one line of a format.
type compiler struct {
	spec     *format.Spec
	line     *format.Line
	fields   []format.Field
	slots    map[string]uint8 // of the names that rules, times and conditions ask for
	problems []format.Problem
}

// compileFormat compiles a format. The error is a *format.Error.
func compileFormat(spec *format.Spec) (*dataFormat, error) {
	f := &dataFormat{name: spec.Name, vendor: event.Constant(spec.Vendor), product: event.Constant(spec.Product), kind: event.Constant(spec.Kind)}
	var problems []format.Problem
	for i := range spec.Lines {
		c := &compiler{spec: spec, line: &spec.Lines[i], slots: map[string]uint8{}}
		l := c.compile()
		l.format, l.place = f, i+1
		f.lines = append(f.lines, l)
		problems = append(problems, c.problems...)
	}
	if len(problems) > 0 {
		return nil, &format.Error{File: spec.File, Problems: compactProblems(problems)}
	}
	return f, nil
}

// compactProblems drops what several lines of a format say of a part that they share.
func compactProblems(all []format.Problem) []format.Problem {
	slices.SortStableFunc(all, func(a, b format.Problem) int { return a.Line - b.Line })
	return slices.Compact(all)
}

func (c *compiler) report(line int, text string, args ...any) {
	c.problems = append(c.problems, format.Problem{Line: line, Text: fmt.Sprintf(text, args...)})
}

func (c *compiler) compile() *formatLine {
	c.fields = slices.Concat(c.line.Fields, c.spec.Fields)
	times, rules := slices.Concat(c.line.Time, c.spec.Time), slices.Concat(c.line.Rules, c.spec.Rules)
	c.ask(times, rules)
	t := c.table(c.line.Cut.Way)
	l := &formatLine{matches: c.line.Match, ownHeader: c.line.OwnHeader, cut: c.cut(&c.line.Cut, t)}
	for _, v := range times {
		l.times = append(l.times, c.time(v))
	}
	list := make([]rule, len(rules))
	for i := range rules {
		list[i] = c.rule(&rules[i], t)
	}
	l.rules = newRules(list)
	l.slots = len(c.slots) + 1
	l.msgid, l.whole = c.slots["msgid"], c.slots["whole"]
	return l
}

// ask gives a slot to every name that is needed beside its own field.
func (c *compiler) ask(times []format.Time, rules []format.Rule) {
	for _, t := range times {
		c.slot(t.At, slices.Concat(t.Of, []string{t.Zone, t.Near, t.Finer})...)
	}
	c.askCut(&c.line.Cut)
	for i := range rules {
		r := &rules[i]
		c.askConditions(r.When)
		for _, f := range r.From {
			c.slot(f.At, f.Of...)
		}
		for _, s := range r.Sum {
			c.slot(s.At, s.Of...)
		}
		c.slot(r.At, r.Message)
		if r.Read != nil {
			c.slot(r.Read.At, r.Read.Of)
			c.slot(r.Read.At, r.Read.Program...)
		}
		if r.Cut != nil {
			c.slot(r.Cut.At, r.Cut.Of)
			c.askCut(r.Cut)
		}
	}
}

func (c *compiler) askCut(cut *format.Cut) {
	c.slot(cut.At, cut.By)
	for i := range cut.Patterns {
		c.askConditions(cut.Patterns[i].When)
	}
	for col := cut.Columns; col != nil; col = col.Then {
		if _, ok := columnNumber(col.By); !ok && col.By != countName {
			c.slot(col.At, col.By)
		}
	}
}

func (c *compiler) askConditions(when []format.Condition) {
	for _, w := range when {
		if _, ok := c.column(w.Name); !ok && w.Name != programName {
			c.slot(w.At, w.Name)
		}
		c.slot(w.At, w.Same)
	}
}

// slot gives names a slot; "" and _ have none.
func (c *compiler) slot(line int, names ...string) {
	for _, name := range names {
		if name == "" || name == "_" || c.slots[name] != 0 {
			continue
		}
		if len(c.slots)+1 >= numSlots {
			c.report(line, "rules and times use more than %d names", numSlots-1)
			return
		}
		c.slots[name] = uint8(len(c.slots) + 1)
	}
}

// column returns the column that a condition's name means: an ECS field, unless it is one of the format's own names.
func (c *compiler) column(name string) (event.Column, bool) {
	if slices.ContainsFunc(c.fields, func(f format.Field) bool { return f.Name == name }) {
		return 0, false
	}
	return ecsColumn(name)
}

// ecsColumn returns the column that a line may set by its ECS name.
func ecsColumn(name string) (event.Column, bool) {
	for col := range event.Column(event.NumColumns) {
		if s := col.Spec(); s.ECS == name && settable(col) {
			return col, true
		}
	}
	return 0, false
}

// table compiles the fields, with the names that the way of cutting has by its own standard.
func (c *compiler) table(way format.Way) *table {
	own, same := fields{}, map[string]*format.Field{}
	for i := range c.fields {
		f := &c.fields[i]
		if _, twice := own[f.Name]; twice || same[f.Name] != nil {
			continue
		}
		if c.sameAs(f) != "" {
			same[f.Name] = f
		} else {
			own[f.Name] = c.field(f).keep(c.slots[f.Name])
		}
	}
	asked := fields{}
	for name, slot := range c.slots {
		asked[name] = field{kind: kSlot, slot: slot}
	}
	c.alias(same, own, asked)
	switch way { //nolint:exhaustive // the others have no names of their own
	case format.CEF:
		return newTable(own, keepSlots(cefFields(), c.slots), asked)
	case format.LEEF:
		return newTable(own, keepSlots(leefFields(), c.slots), asked)
	}
	return newTable(own, asked)
}

// sameAs returns the name whose value a field's counts as, "" for none.
func (c *compiler) sameAs(f *format.Field) string {
	if len(f.To) == 1 {
		if name, ok := strings.CutPrefix(f.To[0], "same "); ok {
			return name
		}
	}
	return ""
}

// alias enters the names whose values count as those of others.
func (c *compiler) alias(same map[string]*format.Field, own, asked fields) {
	for _, f := range same {
		name := c.sameAs(f)
		target, ok := own[name]
		if !ok {
			if target, ok = asked[name]; !ok {
				c.report(f.At, "%s: same %s: no field and no rule has that name", f.Name, name)
			}
		}
		own[f.Name] = target
	}
}

// field compiles what is done with a value.
func (c *compiler) field(f *format.Field) field {
	out, more := field{}, []field(nil)
	for i, to := range f.To {
		target, err := targetField(to, f.As)
		if err != nil {
			c.report(f.At, "%s: %s", f.Name, err)
		}
		if i == 0 {
			out = target
		} else {
			more = append(more, target)
		}
	}
	if len(f.To) == 0 {
		out = c.convert(f, field{})
	} else if f.As != "" {
		out = c.convert(f, out)
	}
	if f.Map != nil || f.Trim != "" || f.Until != "" || f.Unhex || f.Octal || f.Last > 0 || f.Word != nil || more != nil {
		out.x = &refinement{only: f.Only, trim: f.Trim, until: []byte(f.Until), unhex: f.Unhex, octal: f.Octal, last: f.Last, word: wordSet(f.Word), more: more}
		if f.Map != nil {
			out.x.words = map[string]string{}
			for word, other := range f.Map {
				out.x.words[strings.ToLower(word)] = other
			}
		}
	}
	return out
}

func (c *compiler) convert(f *format.Field, out field) field {
	kind, ok := conversions[f.As]
	if !ok {
		c.report(f.At, "%s: as: %s is not known; known are %s", f.Name, f.As, strings.Join(conversionNames(), ", "))
	}
	switch {
	case (kind == kEndpoint || kind == kForwarded) && !slices.Contains([]event.Column{event.SourceIP, event.DestinationIP, event.SourceNATIP, event.DestinationNATIP}, out.col):
		c.report(f.At, "%s: as: %s needs to: source, destination, source.nat or destination.nat", f.Name, f.As)
	case (kind == kSeconds || kind == kMillis || kind == kMicros || kind == kClockLength || kind == kHex) && out.col.Spec().Kind != event.Uint64 && out.col.Spec().Kind != event.Uint32 && out.col.Spec().Kind != event.Uint16:
		c.report(f.At, "%s: as: %s is for a number, such as event.duration", f.Name, f.As)
	case out.kind == kLabel && (kind == kLower || kind == kUpper), kind == kURL, kind == kFrame, kind == kFile, kind == kExecutable, kind == kLevel, kind == kOutcome:
	case out.kind != kText && out.kind != kLower && (kind == kLower || kind == kUpper):
		c.report(f.At, "%s: as: %s is for a text", f.Name, f.As)
	case kind == kAccount && out.col == 0:
		out.col = event.UserName
	}
	if out.kind == kLabel && len(f.To) > 0 {
		out.lower = kind == kLower
		return out
	}
	out.kind = kind
	return out
}

// targetField returns the field that reads a value for a target by name.
func targetField(to, as string) (field, error) {
	if as == "endpoint" || as == "forwarded" {
		switch to {
		case "source", "destination", "source.nat", "destination.nat":
			to += ".ip"
		}
	}
	switch name, label, _ := strings.Cut(to, " "); {
	case to == "skip":
		return field{kind: kSkip}, nil
	case to == "label":
		return field{kind: kLabel}, nil
	case name == "label" && label != "" && len(label) <= maxName:
		return field{kind: kLabel, label: label}, nil
	case to == "@timestamp":
		return field{kind: kTime}, nil
	}
	if name, ok := strings.CutPrefix(to, "labels."); ok && name != "" {
		return field{kind: kLabel, label: name}, nil
	}
	col, ok := ecsColumn(to)
	if !ok {
		return field{}, fmt.Errorf("%s is no field that a line can set; docs/fields.md lists them (or: label, label NAME, skip)", to)
	}
	return fieldOf(col), nil
}

var errNumber = errors.New("must be a whole number that the field can hold")

// constantFor compiles a value that a rule gives a field.
func constantFor(name, value string) (constant, error) {
	if name == event.Dataset.String() { // two products of one vendor may write the same lines
		return constant{col: event.Dataset, text: value}, nil
	}
	f, err := targetField(name, "")
	if label, ok := strings.CutPrefix(name, "label."); ok && label != "" {
		f, err = field{kind: kLabel, label: label}, nil
	}
	if err != nil {
		return constant{}, err
	}
	out := constant{text: value, value: event.Constant(value), label: f.label}
	out.col, _ = ecsColumn(name) // a field that is read in its own way, such as network.transport, has no column of its own
	if f.kind == kUint {
		n, ok := number([]byte(value))
		limit := map[event.Kind]uint64{event.Uint16: math.MaxUint16, event.Uint32: math.MaxUint32, event.Uint64: math.MaxUint64}[f.col.Spec().Kind]
		if !ok || n > limit {
			return constant{}, errNumber
		}
		out.number, out.text = n, ""
	}
	if f.kind == kTime || f.kind == kSkip || f.kind == kLabel && f.label == "" {
		return constant{}, fmt.Errorf("%s cannot be given a constant", name)
	}
	return out, nil
}
