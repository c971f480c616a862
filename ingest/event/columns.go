package event

// A Column names one column of the schema; its specification is Spec(c). Columns may be added, never renumbered away:
// on the wire and in the store a column goes by its name.
type Column uint8

// The columns, in the order of the table in ClickHouse.
const (
	Time Column = iota
	Received
	Site
	Premises
	ClaimedSite
	Dataset
	Epoch
	Seq
	EventKind
	EventCategory
	EventType
	EventAction
	EventOutcome
	EventCode
	EventReason
	EventSeverity
	EventDuration
	ObserverVendor
	ObserverProduct
	ObserverType
	ObserverHostname
	ObserverName
	ObserverSerial
	ObserverIngressInterface
	ObserverIngressZone
	ObserverEgressInterface
	ObserverEgressZone
	SourceIP
	SourcePort
	SourceNATIP
	SourceNATPort
	SourceBytes
	SourcePackets
	SourceMAC
	SourceDomain
	SourceUserName
	SourceCountry
	DestinationIP
	DestinationPort
	DestinationNATIP
	DestinationNATPort
	DestinationBytes
	DestinationPackets
	DestinationMAC
	DestinationDomain
	DestinationUserName
	DestinationCountry
	NetworkTransport
	NetworkProtocol
	NetworkApplication
	NetworkType
	NetworkDirection
	NetworkIANANumber
	NetworkBytes
	NetworkPackets
	UserName
	UserDomain
	UserID
	UserEffectiveName
	UserGroupName
	HostHostname
	HostIP
	ProcessName
	ProcessPID
	ProcessExecutable
	ProcessCommandLine
	ProcessWorkingDirectory
	ProcessParentName
	ProcessParentExecutable
	RuleName
	RuleID
	RuleCategory
	RuleRuleset
	RuleUUID
	URLOriginal
	URLPath
	URLDomain
	URLQuery
	HTTPMethod
	HTTPStatus
	HTTPReferrer
	HTTPBytes
	HTTPVersion
	UserAgent
	DNSQuestionName
	DNSQuestionType
	DNSResponseCode
	DNSType
	TLSServerName
	TLSVersion
	FilePath
	FileName
	FileSize
	FileSHA256
	EmailFrom
	EmailTo
	EmailSubject
	WinlogEventID
	WinlogChannel
	LogLevel
	LogPriority
	LogSourceAddress
	LogFilePath
	Message
	LabelsColumn
	Raw
	Score
	Model
	KafkaOffset
	KafkaRow

	// NumColumns is how many there are.
	NumColumns = int(iota)
)

// table is the schema. Nothing writes to it.
var table = [NumColumns]ColumnSpec{
	Time:                     {ECS: "@timestamp", Name: "time", Kind: Stamp, ClickHouse: "DateTime64(9, 'UTC')", From: Collector, Doc: "The event's own time, UTC; replaced by `received` and flagged in labels (`clock`) where a live source's clock is absurd."},
	Received:                 {ECS: "event.ingested", Name: "received", Kind: Stamp, ClickHouse: "DateTime64(9, 'UTC')", From: Collector, Doc: "When the collector took the line, UTC."},
	Site:                     {ECS: "frontfoot.site", Name: "site", Kind: Text, ClickHouse: "LowCardinality(String)", From: Worker, Doc: "The council, from the topic and so from the credential; never from the line."},
	Premises:                 {ECS: "frontfoot.premises", Name: "premises", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "The sheltered business or care scheme the input is bound to; '' is the council itself."},
	ClaimedSite:              {ECS: "frontfoot.claimed_site", Name: "claimed_site", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "What the line says its site is; a claim, never an identity."},
	Dataset:                  {ECS: "event.dataset", Name: "dataset", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "The format that understood the line, such as fortinet.fortigate; 'unknown' where none did."},
	Epoch:                    {ECS: "frontfoot.epoch", Name: "epoch", Kind: Text, ClickHouse: "LowCardinality(String)", From: Worker, Doc: "The collector's run that numbered the event, 32 hex digits."},
	Seq:                      {ECS: "frontfoot.seq", Name: "seq", Kind: Uint64, ClickHouse: "UInt64", From: Worker, Doc: "The event's number within its epoch, from 0, without gaps."},
	EventKind:                {ECS: "event.kind", Name: "event_kind", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "event, alert, metric or state."},
	EventCategory:            {ECS: "event.category", Name: "event_category", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "ECS category, such as network, authentication, process; the first where several apply."},
	EventType:                {ECS: "event.type", Name: "event_type", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "ECS type, such as allowed, denied, start, end; the first where several apply."},
	EventAction:              {ECS: "event.action", Name: "event_action", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "What was done, in the source's word, lower case: accept, deny, ssh_login."},
	EventOutcome:             {ECS: "event.outcome", Name: "event_outcome", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "success, failure or unknown."},
	EventCode:                {ECS: "event.code", Name: "event_code", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "The source's number or name of this kind of event."},
	EventReason:              {ECS: "event.reason", Name: "event_reason", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Why, in the source's words."},
	EventSeverity:            {ECS: "event.severity", Name: "event_severity", Kind: Uint16, ClickHouse: "Nullable(UInt16)", From: Collector, Doc: "The source's own severity number."},
	EventDuration:            {ECS: "event.duration", Name: "event_duration", Kind: Uint64, ClickHouse: "Nullable(UInt64)", From: Collector, Doc: "Length of the event in nanoseconds."},
	ObserverVendor:           {ECS: "observer.vendor", Name: "observer_vendor", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Maker of the device that saw the event."},
	ObserverProduct:          {ECS: "observer.product", Name: "observer_product", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Product that saw the event."},
	ObserverType:             {ECS: "observer.type", Name: "observer_type", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Kind of device: firewall, ids, proxy."},
	ObserverHostname:         {ECS: "observer.hostname", Name: "observer_hostname", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Host name of the device that saw the event."},
	ObserverName:             {ECS: "observer.name", Name: "observer_name", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "The name the device gives itself."},
	ObserverSerial:           {ECS: "observer.serial_number", Name: "observer_serial_number", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Serial number of the device."},
	ObserverIngressInterface: {ECS: "observer.ingress.interface.name", Name: "observer_ingress_interface_name", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Interface the traffic came in on."},
	ObserverIngressZone:      {ECS: "observer.ingress.zone", Name: "observer_ingress_zone", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Zone the traffic came from."},
	ObserverEgressInterface:  {ECS: "observer.egress.interface.name", Name: "observer_egress_interface_name", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Interface the traffic left by."},
	ObserverEgressZone:       {ECS: "observer.egress.zone", Name: "observer_egress_zone", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Zone the traffic went to."},
	SourceIP:                 {ECS: "source.ip", Name: "source_ip", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Address of the side that began, canonical text."},
	SourcePort:               {ECS: "source.port", Name: "source_port", Kind: Uint16, ClickHouse: "Nullable(UInt16)", From: Collector, Doc: "Port of the side that began."},
	SourceNATIP:              {ECS: "source.nat.ip", Name: "source_nat_ip", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Source address after translation."},
	SourceNATPort:            {ECS: "source.nat.port", Name: "source_nat_port", Kind: Uint16, ClickHouse: "Nullable(UInt16)", From: Collector, Doc: "Source port after translation."},
	SourceBytes:              {ECS: "source.bytes", Name: "source_bytes", Kind: Uint64, ClickHouse: "Nullable(UInt64)", From: Collector, Doc: "Bytes from source to destination."},
	SourcePackets:            {ECS: "source.packets", Name: "source_packets", Kind: Uint64, ClickHouse: "Nullable(UInt64)", From: Collector, Doc: "Packets from source to destination."},
	SourceMAC:                {ECS: "source.mac", Name: "source_mac", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Hardware address of the source, AA-BB-CC-DD-EE-FF."},
	SourceDomain:             {ECS: "source.domain", Name: "source_domain", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Host name of the source where the line gives one."},
	SourceUserName:           {ECS: "source.user.name", Name: "source_user_name", Kind: Text, ClickHouse: "String", From: Collector, Doc: "User at the source."},
	SourceCountry:            {ECS: "source.geo.country_name", Name: "source_geo_country_name", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Country of the source as the device says it."},
	DestinationIP:            {ECS: "destination.ip", Name: "destination_ip", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Address of the side that was spoken to, canonical text."},
	DestinationPort:          {ECS: "destination.port", Name: "destination_port", Kind: Uint16, ClickHouse: "Nullable(UInt16)", From: Collector, Doc: "Port that was spoken to."},
	DestinationNATIP:         {ECS: "destination.nat.ip", Name: "destination_nat_ip", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Destination address after translation."},
	DestinationNATPort:       {ECS: "destination.nat.port", Name: "destination_nat_port", Kind: Uint16, ClickHouse: "Nullable(UInt16)", From: Collector, Doc: "Destination port after translation."},
	DestinationBytes:         {ECS: "destination.bytes", Name: "destination_bytes", Kind: Uint64, ClickHouse: "Nullable(UInt64)", From: Collector, Doc: "Bytes from destination to source."},
	DestinationPackets:       {ECS: "destination.packets", Name: "destination_packets", Kind: Uint64, ClickHouse: "Nullable(UInt64)", From: Collector, Doc: "Packets from destination to source."},
	DestinationMAC:           {ECS: "destination.mac", Name: "destination_mac", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Hardware address of the destination, AA-BB-CC-DD-EE-FF."},
	DestinationDomain:        {ECS: "destination.domain", Name: "destination_domain", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Host name of the destination where the line gives one."},
	DestinationUserName:      {ECS: "destination.user.name", Name: "destination_user_name", Kind: Text, ClickHouse: "String", From: Collector, Doc: "User at the destination."},
	DestinationCountry:       {ECS: "destination.geo.country_name", Name: "destination_geo_country_name", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Country of the destination as the device says it."},
	NetworkTransport:         {ECS: "network.transport", Name: "network_transport", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "tcp, udp, icmp, ipv6-icmp and so on, lower case."},
	NetworkProtocol:          {ECS: "network.protocol", Name: "network_protocol", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Application protocol: dns, http, tls, ssh."},
	NetworkApplication:       {ECS: "network.application", Name: "network_application", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Application as the device names it."},
	NetworkType:              {ECS: "network.type", Name: "network_type", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "ipv4 or ipv6."},
	NetworkDirection:         {ECS: "network.direction", Name: "network_direction", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "inbound, outbound, internal or external."},
	NetworkIANANumber:        {ECS: "network.iana_number", Name: "network_iana_number", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "IP protocol number as text."},
	NetworkBytes:             {ECS: "network.bytes", Name: "network_bytes", Kind: Uint64, ClickHouse: "Nullable(UInt64)", From: Collector, Doc: "Bytes in both directions."},
	NetworkPackets:           {ECS: "network.packets", Name: "network_packets", Kind: Uint64, ClickHouse: "Nullable(UInt64)", From: Collector, Doc: "Packets in both directions."},
	UserName:                 {ECS: "user.name", Name: "user_name", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Account the event is about."},
	UserDomain:               {ECS: "user.domain", Name: "user_domain", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Domain or realm of the account."},
	UserID:                   {ECS: "user.id", Name: "user_id", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Number or SID of the account."},
	UserEffectiveName:        {ECS: "user.effective.name", Name: "user_effective_name", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Account whose rights were taken on (sudo, su)."},
	UserGroupName:            {ECS: "group.name", Name: "group_name", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Group the event is about."},
	HostHostname:             {ECS: "host.hostname", Name: "host_hostname", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Host the event happened on, as it names itself."},
	HostIP:                   {ECS: "host.ip", Name: "host_ip", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Address of that host."},
	ProcessName:              {ECS: "process.name", Name: "process_name", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Program that acted or logged."},
	ProcessPID:               {ECS: "process.pid", Name: "process_pid", Kind: Uint32, ClickHouse: "Nullable(UInt32)", From: Collector, Doc: "Its process number."},
	ProcessExecutable:        {ECS: "process.executable", Name: "process_executable", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Path of the program."},
	ProcessCommandLine:       {ECS: "process.command_line", Name: "process_command_line", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Full command line."},
	ProcessWorkingDirectory:  {ECS: "process.working_directory", Name: "process_working_directory", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Folder the program ran in."},
	ProcessParentName:        {ECS: "process.parent.name", Name: "process_parent_name", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Program that started it."},
	ProcessParentExecutable:  {ECS: "process.parent.executable", Name: "process_parent_executable", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Path of the program that started it."},
	RuleName:                 {ECS: "rule.name", Name: "rule_name", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Rule or signature that matched."},
	RuleID:                   {ECS: "rule.id", Name: "rule_id", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Its number."},
	RuleCategory:             {ECS: "rule.category", Name: "rule_category", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Its class."},
	RuleRuleset:              {ECS: "rule.ruleset", Name: "rule_ruleset", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "The set it belongs to."},
	RuleUUID:                 {ECS: "rule.uuid", Name: "rule_uuid", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Its unique id."},
	URLOriginal:              {ECS: "url.original", Name: "url_original", Kind: Text, ClickHouse: "String", From: Collector, Doc: "The address as it stands in the line."},
	URLPath:                  {ECS: "url.path", Name: "url_path", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Path part of the address."},
	URLDomain:                {ECS: "url.domain", Name: "url_domain", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Host part of the address."},
	URLQuery:                 {ECS: "url.query", Name: "url_query", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Query part of the address."},
	HTTPMethod:               {ECS: "http.request.method", Name: "http_request_method", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Method of the request."},
	HTTPStatus:               {ECS: "http.response.status_code", Name: "http_response_status_code", Kind: Uint16, ClickHouse: "Nullable(UInt16)", From: Collector, Doc: "Status of the answer."},
	HTTPReferrer:             {ECS: "http.request.referrer", Name: "http_request_referrer", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Referring page."},
	HTTPBytes:                {ECS: "http.response.body.bytes", Name: "http_response_body_bytes", Kind: Uint64, ClickHouse: "Nullable(UInt64)", From: Collector, Doc: "Size of the answer's body."},
	HTTPVersion:              {ECS: "http.version", Name: "http_version", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Version of the protocol."},
	UserAgent:                {ECS: "user_agent.original", Name: "user_agent_original", Kind: Text, ClickHouse: "String", From: Collector, Doc: "The client's own description."},
	DNSQuestionName:          {ECS: "dns.question.name", Name: "dns_question_name", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Name that was asked for."},
	DNSQuestionType:          {ECS: "dns.question.type", Name: "dns_question_type", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Record type that was asked for."},
	DNSResponseCode:          {ECS: "dns.response_code", Name: "dns_response_code", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "NOERROR, NXDOMAIN and so on."},
	DNSType:                  {ECS: "dns.type", Name: "dns_type", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "query or answer."},
	TLSServerName:            {ECS: "tls.client.server_name", Name: "tls_client_server_name", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Name the client asked for in TLS."},
	TLSVersion:               {ECS: "tls.version", Name: "tls_version", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Version of TLS."},
	FilePath:                 {ECS: "file.path", Name: "file_path", Kind: Text, ClickHouse: "String", From: Collector, Doc: "File the event is about."},
	FileName:                 {ECS: "file.name", Name: "file_name", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Its name without the folder."},
	FileSize:                 {ECS: "file.size", Name: "file_size", Kind: Uint64, ClickHouse: "Nullable(UInt64)", From: Collector, Doc: "Its size in bytes."},
	FileSHA256:               {ECS: "file.hash.sha256", Name: "file_hash_sha256", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Its SHA-256, hex."},
	EmailFrom:                {ECS: "email.from.address", Name: "email_from_address", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Sender."},
	EmailTo:                  {ECS: "email.to.address", Name: "email_to_address", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Recipients, separated by commas."},
	EmailSubject:             {ECS: "email.subject", Name: "email_subject", Kind: Text, ClickHouse: "String", From: Collector, Doc: "Subject."},
	WinlogEventID:            {ECS: "winlog.event_id", Name: "winlog_event_id", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Windows event number."},
	WinlogChannel:            {ECS: "winlog.channel", Name: "winlog_channel", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Windows channel."},
	LogLevel:                 {ECS: "log.level", Name: "log_level", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Severity in the source's word."},
	LogPriority:              {ECS: "log.syslog.priority", Name: "log_syslog_priority", Kind: Uint16, ClickHouse: "Nullable(UInt16)", From: Collector, Doc: "Syslog priority value, 0 to 191."},
	LogSourceAddress:         {ECS: "log.source.address", Name: "log_source_address", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "Address the line came from; forgeable over UDP."},
	LogFilePath:              {ECS: "log.file.path", Name: "log_file_path", Kind: Text, ClickHouse: "LowCardinality(String)", From: Collector, Doc: "File the line was read from."},
	Message:                  {ECS: "message", Name: "message", Kind: Text, ClickHouse: "String", From: Collector, Doc: "The line's own text without its header."},
	LabelsColumn:             {ECS: "labels", Name: "labels", Kind: Labels, ClickHouse: "Map(LowCardinality(String), String)", From: Collector, Doc: "Everything else that the parser understood, by the source's own names."},
	Raw:                      {ECS: "event.original", Name: "raw", Kind: Bytes, ClickHouse: "String", From: Collector, Doc: "The line as it came, byte for byte."},
	Score:                    {ECS: "frontfoot.score", Name: "score", Kind: Float32, ClickHouse: "Float32", From: Worker, Doc: "How unusual the event is for this site, in bits; 0 is ordinary."},
	Model:                    {ECS: "frontfoot.model", Name: "model", Kind: Text, ClickHouse: "LowCardinality(String)", From: Worker, Doc: "The model that spoke loudest."},
	KafkaOffset:              {ECS: "frontfoot.kafka_offset", Name: "kafka_offset", Kind: Uint64, ClickHouse: "UInt64", From: Worker, Doc: "Offset of the message on the site's topic."},
	KafkaRow:                 {ECS: "frontfoot.kafka_row", Name: "kafka_row", Kind: Uint32, ClickHouse: "UInt32", From: Worker, Doc: "The event's row in that message."},
}
