package feature

import (
	"strings"
	"time"

	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// how says what to make of a column's value.
type how uint8

const (
	asText   how = iota // the text as it is
	asNumber            // the number as it is
	asSize              // the number's bin
	asDomain            // the part of a name that is registered
	inside              // an address of private space
	outside             // any other address
	network             // the /24 or /48 of an address that is not of private space
	asHour              // hour of the day of the event's time, UTC
	asShape             // the text's letters and marks, without its numbers
	asRow               // left to the row's message
)

// source says where a field of an event comes from.
type source struct {
	Field
	column event.Column
	how    how
}

// Numbers of the fields of an event, in the order of eventFields. Inside and outside addresses are fields of their own, because a new
// address means something else when it is the council's own: what is usual is learned for each.
const (
	dataset = iota
	srcIn
	srcOut
	srcCountry
	dstIn
	dstOut
	dstNet
	dstCountry
	dstPort
	probed
	transport
	protocol
	application
	action
	outcome
	code
	eventType
	rule
	zoneIn
	zoneOut
	direction
	user
	userAs
	host
	process
	executable
	parent
	domain
	dnsName
	dnsType
	dnsAnswer
	method
	status
	agent
	file
	mailFrom
	bytesOut
	bytesIn
	hour
	shapeOf
	numFields
)

// Fields of an event that other models ask for.
const (
	Dataset            = dataset
	SourceInside       = srcIn
	SourceOutside      = srcOut
	SourceCountry      = srcCountry
	DestinationInside  = dstIn
	DestinationOutside = dstOut
	DestinationCountry = dstCountry
	DestinationPort    = dstPort
	Probed             = probed
	Action             = action
	Outcome            = outcome
	EventType          = eventType
	User               = user
	Host               = host
	Process            = process
	WebDomain          = domain
	DNSName            = dnsName
	HTTPMethod         = method
	HTTPStatus         = status
)

// eventFields is the table of an event's fields. Ephemeral ports, process numbers and times of day are no features.
var eventFields = [numFields]source{
	dataset:     {Field{"event.dataset", Categorical, Context, "kind of log", "", Deed}, event.Dataset, asText},
	srcIn:       {Field{"source.ip", IP, Actor, "inside source address", "", Who}, event.SourceIP, inside},
	srcOut:      {Field{"source.ip", IP, Actor, "outside source address", "", Who}, event.SourceIP, outside},
	srcCountry:  {Field{"source.geo.country_name", Categorical, Plain, "source country", InitialAccess, Origin}, event.SourceCountry, asText},
	dstIn:       {Field{"destination.ip", IP, Target, "inside destination address", Discovery, Peer}, event.DestinationIP, inside},
	dstOut:      {Field{"destination.ip", IP, Target, "outside destination address", CommandControl, Peer}, event.DestinationIP, outside},
	dstNet:      {Field{"destination.ip", IP, Plain, "outside destination network", CommandControl, Peer}, event.DestinationIP, network},
	dstCountry:  {Field{"destination.geo.country_name", Categorical, Plain, "destination country", CommandControl, Peer}, event.DestinationCountry, asText},
	dstPort:     {Field{"destination.port", Port, Plain, "destination port", Discovery, Service}, event.DestinationPort, asNumber},
	probed:      {Field{"destination.port", Port, Plain, "destination port asked for from outside", Reconnaissance, Service}, event.DestinationPort, asNumber},
	transport:   {Field{"network.transport", Categorical, Plain, "transport", "", Service}, event.NetworkTransport, asText},
	protocol:    {Field{"network.protocol", Categorical, Plain, "protocol", "", Service}, event.NetworkProtocol, asText},
	application: {Field{"network.application", Categorical, Plain, "application", CommandControl, Service}, event.NetworkApplication, asText},
	action:      {Field{"event.action", Categorical, Plain, "action", "", Deed}, event.EventAction, asText},
	outcome:     {Field{"event.outcome", Categorical, Plain, "outcome", CredentialAccess, Deed}, event.EventOutcome, asText},
	code:        {Field{"event.code", Categorical, Plain, "event code", "", Deed}, event.EventCode, asText},
	eventType:   {Field{"event.type", Categorical, Plain, "event type", "", Deed}, event.EventType, asText},
	rule:        {Field{"rule.name", Categorical, Plain, "rule", "", Signature}, event.RuleName, asText},
	zoneIn:      {Field{"observer.ingress.interface.name", Categorical, Context, "incoming interface", "", Origin}, event.ObserverIngressInterface, asText},
	zoneOut:     {Field{"observer.egress.interface.name", Categorical, Context, "outgoing interface", "", Peer}, event.ObserverEgressInterface, asText},
	direction:   {Field{"network.direction", Categorical, Plain, "direction", "", Service}, event.NetworkDirection, asText},
	user:        {Field{"user.name", Categorical, Actor, "user", CredentialAccess, Who}, event.UserName, asText},
	userAs:      {Field{"user.effective.name", Categorical, Plain, "account taken on", Escalation, Rights}, event.UserEffectiveName, asText},
	host:        {Field{"host.hostname", Categorical, Target, "host", "", Peer}, event.HostHostname, asText},
	process:     {Field{"process.name", Categorical, Plain, "program", Execution, Program}, event.ProcessName, asText},
	executable:  {Field{"process.executable", Text, Plain, "program file", Execution, Program}, event.ProcessExecutable, asText},
	parent:      {Field{"process.parent.name", Categorical, Plain, "parent program", Execution, Program}, event.ProcessParentName, asText},
	domain:      {Field{"url.domain", Text, Plain, "web domain", CommandControl, Naming}, event.URLDomain, asDomain},
	dnsName:     {Field{"dns.question.name", Text, Plain, "DNS domain", CommandControl, Naming}, event.DNSQuestionName, asDomain},
	dnsType:     {Field{"dns.question.type", Categorical, Plain, "DNS record type", CommandControl, Naming}, event.DNSQuestionType, asText},
	dnsAnswer:   {Field{"dns.response_code", Categorical, Plain, "DNS answer", "", Naming}, event.DNSResponseCode, asText},
	method:      {Field{"http.request.method", Categorical, Plain, "HTTP method", "", Deed}, event.HTTPMethod, asText},
	status:      {Field{"http.response.status_code", Categorical, Plain, "HTTP status", "", Deed}, event.HTTPStatus, asNumber},
	agent:       {Field{"user_agent.original", Text, Plain, "user agent", InitialAccess, Program}, event.UserAgent, asShape},
	file:        {Field{"file.path", Text, Plain, "file", Execution, Program}, event.FilePath, asShape},
	mailFrom:    {Field{"email.from.address", Text, Plain, "sender", InitialAccess, Origin}, event.EmailFrom, asText},
	bytesOut:    {Field{"source.bytes", Numeric, Plain, "bytes sent", Exfiltration, Volume}, event.SourceBytes, asSize},
	bytesIn:     {Field{"destination.bytes", Numeric, Plain, "bytes received", "", Volume}, event.DestinationBytes, asSize},
	hour:        {Field{"@timestamp", Hour, Plain, "hour of the day", "", Moment}, event.Time, asHour},
	shapeOf:     {Field{"message", Text, Plain, "shape of line", "", Deed}, event.Message, asRow},
}

// eventPairs is the table of pairs that tell something. A pair with a value that is itself new tells little more than that value: models
// look at how often each of the two was seen alone.
var eventPairs = []Pair{
	{srcIn, dstPort, "%s has never spoken to port %s", Discovery},
	{srcIn, dstIn, "%s has never spoken to %s", LateralMovement},
	{srcIn, dstNet, "%s has never spoken to the network %s", CommandControl},
	{srcIn, dstCountry, "%s has never spoken to a machine in %s", CommandControl},
	{srcIn, application, "%s has never used %s", CommandControl},
	{srcIn, rule, "%s has never matched the rule %q", ""},
	{srcIn, action, "for %s the action %s is new", ""},
	{srcIn, bytesOut, "%s has never sent as much as %s", Exfiltration},
	{srcIn, hour, "%s is not active at this hour (%s)", ""},
	{srcCountry, probed, "nobody from %s has spoken to port %s", InitialAccess},
	{srcCountry, action, "from %s, the action %s is new", InitialAccess},
	{dstIn, dstPort, "nobody has spoken to %s on port %s", LateralMovement},
	{dstIn, probed, "nobody outside has spoken to %s on port %s", InitialAccess},
	{dstIn, action, "for %s the action %s is new", ""},
	{dstIn, rule, "%s has never been the target that rule %q names", InitialAccess},
	{dstOut, dstPort, "nobody has spoken to %s on port %s", CommandControl},
	{dstCountry, dstPort, "nobody has spoken to a machine in %s on port %s", CommandControl},
	{dstPort, transport, "", ""},
	{dstPort, action, "", ""},
	{probed, action, "", Reconnaissance},
	{dstPort, application, "", ""},
	{probed, application, "", ""},
	{dstPort, protocol, "", ""},
	{zoneIn, zoneOut, "", ""},
	{zoneIn, dstPort, "", ""},
	{zoneIn, probed, "", ""},
	{user, srcIn, "%s has never come from %s", LateralMovement},
	{user, srcOut, "%s has never come from %s", InitialAccess},
	{user, srcCountry, "%s has never come from %s", InitialAccess},
	{user, host, "%s has never been on %s", LateralMovement},
	{user, process, "%s has never used %s", Execution},
	{user, userAs, "%s has never acted as %s", Escalation},
	{user, action, "for %s the action %s is new", ""},
	{user, hour, "%s is not active at this hour (%s)", ""},
	{host, process, "on %s the program %s is new", Execution},
	{host, srcIn, "%s has never heard from %s", LateralMovement},
	{host, rule, "%s has never been named by the rule %q", ""},
	{host, action, "on %s the action %s is new", ""},
	{process, parent, "%s has never been started by %s", Execution},
	{process, action, "for %s the action %s is new", ""},
	{process, userAs, "%s has never run as %s", Escalation},
	{dataset, action, "in the log %s the action %s is new", ""},
	{action, outcome, "the action %s has never had the outcome %s", ""},
	{srcIn, dnsType, "%s has never asked for DNS records of type %s", ""},
	{dnsType, dnsAnswer, "", ""},
	{method, status, "", ""},
	{host, shapeOf, "%s has never written a line such as %q", ""},
	{process, shapeOf, "%s has never written a line such as %q", ""},
}

// small is a size in bytes up to which the amount is no news.
const small = 1 << 20

// Events extracts features from event batches. It is for one goroutine.
type Events struct {
	key    sketch.Key
	layout Layout
	seen   [numFields]memory
	use    []use // fields whose column the current batch has
	batch  *event.Batch
	nat    bool // whether a source of the batch is translated
	hours  [24]string
	host   uint64                  // class of the programs of a host
	values [block][numFields]Value // of the rows from first on
	first  int
}

// use is a field that a batch has, without the words about it, which would be in the way of what is read for each row.
type use struct {
	field  int
	column event.Column
	how    how
}

// NewEvents returns an extractor that hashes with key.
func NewEvents(key sketch.Key) *Events {
	e := &Events{key: key, layout: Layout{Pairs: eventPairs, Shape: shapeOf}}
	for i := range eventFields {
		e.layout.Fields = append(e.layout.Fields, eventFields[i].Field)
	}
	e.host = key.Hash(dataset+1, "linux")
	for i := range e.hours {
		e.hours[i] = string([]byte{'0' + byte(i/10), '0' + byte(i%10)}) + ":00 UTC"
	}
	return e
}

// Layout returns the features of an event.
func (e *Events) Layout() *Layout { return &e.layout }

// Begin makes the extractor ready for the rows of b.
func (e *Events) Begin(b *event.Batch) {
	e.batch, e.use, e.nat, e.first = b, e.use[:0], b.Filled(event.SourceNATIP), -1
	for i := range eventFields {
		if f := &eventFields[i]; !f.how.isBeside() && b.Filled(f.column) {
			e.use = append(e.use, use{i, f.column, f.how})
		}
	}
}

// Row fills r with the features of a row of the batch. Its values and texts share the batch's memory or the extractor's.
func (e *Events) Row(row int, r *Row) {
	if first := row - row%block; first != e.first {
		e.read(first)
	}
	r.Values = e.values[row%block][:]
	r.Class = e.class(r.Values[dataset])
	r.Message = e.batch.Text(event.Message, row)
	r.Time, r.Timed = e.batch.Time(event.Time, row), true
}

// DomainHash returns the hash that a row has of a name which somebody asks for: for names that stand elsewhere in other rows.
func DomainHash(key sketch.Key, name string) uint64 {
	return key.Hash(uint64(dnsName+1), Registered(name))
}

// Mapped reports whether the destination of a row is its source's own mapped address, as in the record of a translation alone: a host does not talk to that
// address, so for detection such an event has no destination.
func Mapped(b *event.Batch, row int) bool {
	to := b.Text(event.DestinationIP, row)
	if to == "" || to != b.Text(event.SourceNATIP, row) {
		return false
	}
	port, asked := b.Uint(event.DestinationPort, row)
	mapped, given := b.Uint(event.SourceNATPort, row)
	return asked == given && port == mapped
}

// class returns what the scores of a dataset are compared within. The programs of a host are one class: each alone writes too little for anybody to know what is
// usual of it, useradd above all.
func (e *Events) class(v Value) uint64 {
	if strings.HasPrefix(v.Text, "linux.") || v.Text == "dropbear" {
		return e.host
	}
	return v.Hash
}

// hourOfDay is 0 to 23, UTC.
func hourOfDay(ns int64) int {
	h := ns % int64(24*time.Hour)
	if h < 0 {
		h += int64(24 * time.Hour)
	}
	return int(h / int64(time.Hour))
}
