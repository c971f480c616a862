package main

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"frontfoot/ingest/parse"
)

// validate reports every value that cannot work, by its dotted path.
func (c *Config) validate(report func(path, text string)) {
	if c.Data == "" {
		report("data", "must name a folder")
	}
	for _, problem := range c.Ingest.Validate() {
		report(problem.Path, problem.Msg)
	}
	for i, broker := range c.Kafka.Brokers {
		checkAddress(broker, "kafka.brokers."+strconv.Itoa(i), report)
	}
	checkLoopback(c.Kafka.Listen, "kafka.listen", report)
	checkRange(c.Kafka.MaxLogMiB, 16, 65536, "kafka.max_log_mib", report)
	c.Kafka.validateSecurity(report)
	c.Detect.validate(report)
	c.validateDecoys(report)
	checkURL(c.Store.URL, "store.url", report)
	c.Store.Retention.validate(report)
	checkLoopback(c.Engine.Listen, "engine.listen", report)
	checkRange(c.Engine.MaxMemoryMiB, 256, 1<<20, "engine.max_memory_mib", report)
	checkOneOf(c.Log.Level, logLevels(), "log.level", report)
	checkOneOf(c.Log.Format, logFormats(), "log.format", report)
	checkLoopback(c.Admin.Listen, "admin.listen", report)
}

// validateSecurity checks that what belongs together is there together.
func (c *KafkaConfig) validateSecurity(report func(path, text string)) {
	if c.TLS.CAFile == "" && c.TLS.CertFile != "" {
		report("kafka.tls.ca_file", "must be set too: without it connections are not encrypted")
	}
	if (c.TLS.CertFile == "") != (c.TLS.KeyFile == "") {
		report("kafka.tls", "must have both cert_file and key_file, or neither")
	}
	if c.SASL.Mechanism == "" {
		if c.SASL.User != "" || c.SASL.PasswordFile != "" {
			report("kafka.sasl.mechanism", "must be set too, such as scram-sha-512")
		}
		return
	}
	checkOneOf(c.SASL.Mechanism, []string{"scram-sha-512", "scram-sha-256", "plain"}, "kafka.sasl.mechanism", report)
	if c.SASL.User == "" || c.SASL.PasswordFile == "" {
		report("kafka.sasl", "must have user and password_file")
	}
	if c.SASL.Mechanism == "plain" && c.TLS.CAFile == "" {
		report("kafka.sasl.mechanism", "plain would send the password for all to read: set kafka.tls.ca_file, or use scram-sha-512")
	}
}

// validate adds the section's name to the problems that the engine finds.
func (c *DetectConfig) validate(report func(path, text string)) {
	if _, err := parse.Zone(c.Zone); err != nil {
		report("detect.zone", "must be an IANA name, Local, UTC, +HH:MM or -HH:MM, not "+strconv.Quote(c.Zone))
	}
	settings := c.settings()
	err := settings.Validate()
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, problem := range all.Unwrap() {
			key, text, _ := strings.Cut(problem.Error(), ": ")
			report("detect."+key, text)
		}
	}
}

func checkOneOf(value string, known []string, path string, report func(path, text string)) {
	if !slices.Contains(known, value) {
		report(path, "must be one of "+strings.Join(known, ", ")+", not "+strconv.Quote(value))
	}
}

func checkRange(value, low, high int, path string, report func(path, text string)) {
	if value < low || value > high {
		report(path, "must be from "+strconv.Itoa(low)+" to "+strconv.Itoa(high)+", not "+strconv.Itoa(value))
	}
}

// checkAddress wants host:port with a port that can be connected to.
func checkAddress(value, path string, report func(path, text string)) {
	host, port, err := net.SplitHostPort(value)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || host == "" || n == 0 {
		report(path, strconv.Quote(value)+" is not host:port")
	}
}

// checkLoopback wants an address that only this machine reaches: what listens there asks nobody who they are, or hands out everything.
func checkLoopback(value, path string, report func(path, text string)) {
	if addr, err := netip.ParseAddrPort(value); err != nil || !addr.Addr().IsLoopback() {
		report(path, strconv.Quote(value)+" is not a loopback address with a port, such as 127.0.0.1:5580 or [::1]:0")
	}
}

func checkURL(value, path string, report func(path, text string)) {
	if value == "" {
		return
	}
	if u, err := url.Parse(value); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		report(path, strconv.Quote(value)+" is not a URL such as http://127.0.0.1:8123")
	} else if u.User != nil {
		report(path, "must not hold a password; name its file in password_file")
	}
}
