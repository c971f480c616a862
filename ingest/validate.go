package ingest

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/parse"
	"frontfoot/ingest/syslog"
	"frontfoot/ingest/tail"
)

// A Problem is something wrong in the configuration.
type Problem struct {
	// Path is where, such as ingest.inputs.0.listen.
	Path string
	// Msg says what it must be.
	Msg string
}

// problems collects what is wrong below a path.
type problems struct {
	at  string
	all []Problem
}

func (p *problems) addf(field, format string, args ...any) {
	p.all = append(p.all, Problem{Path: p.at + field, Msg: fmt.Sprintf(format, args...)})
}

// between adds a problem when v is out of range.
func between[T int | time.Duration](p *problems, field string, v, low, high T) {
	if v < low || v > high {
		p.addf(field, "must be from %v to %v, is %v", low, high, v)
	}
}

func (p *problems) oneOf(field, v string, allowed ...string) {
	if !slices.Contains(allowed, v) {
		p.addf(field, "must be one of %s, is %q", strings.Join(allowed, ", "), v)
	}
}

// Validate returns all that is wrong with the configuration, with its defaults set.
func (c *Config) Validate() []Problem {
	p := &problems{at: "ingest."}
	between(p, "batch_bytes", c.BatchBytes, 10_000, 900_000)
	between(p, "linger", c.Linger, time.Millisecond, time.Minute)
	between(p, "drain_timeout", c.DrainTimeout, time.Millisecond, 5*time.Minute)
	between(p, "spool.max_mib", c.Spool.MaxMiB, 64, 1<<20)
	if len(c.Inputs) == 0 {
		p.addf("inputs", "must have at least one input")
	}
	names, stdin := map[string]bool{}, false
	for i := range c.Inputs {
		in := &c.Inputs[i]
		p.at = "ingest.inputs." + strconv.Itoa(i) + "."
		in.validate(p)
		if names[in.Name] {
			p.addf("name", "must differ from the other inputs' names, %q is there already", in.Name)
		}
		names[in.Name] = true
		switch in.Type {
		case TypeSyslog:
			if j := slices.IndexFunc(c.Inputs[:i], in.clashes); j >= 0 {
				p.addf("listen", "must differ from the other inputs' addresses: %s listens on %s already", c.Inputs[j].Name, c.Inputs[j].Listen)
			}
		case TypeStdin:
			if stdin {
				p.addf("type", "only one input can be stdin")
			}
			stdin = true
		}
	}
	return p.all
}

// Check reads what the configuration names outside of itself and a start cannot do without: the formats. The error carries a hint.
func (c *Config) Check() error {
	_, err := newFormats(c.Formats, slog.New(slog.DiscardHandler))
	return err
}

// Waiting returns the paths of inputs that lead to no file yet: the input waits for one, and may wait for ever.
func (c *Config) Waiting() []Problem {
	p := &problems{}
	for i := range c.Inputs {
		p.at = "ingest.inputs." + strconv.Itoa(i) + ".paths."
		for j, path := range c.Inputs[i].Paths {
			if !tail.Leads(path) {
				p.addf(strconv.Itoa(j), "no file is there to be read: %s", path)
			}
		}
	}
	return p.all
}

var inputName = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

func (in *Input) validate(p *problems) {
	p.oneOf("type", in.Type, TypeSyslog, TypeFile, TypeStdin)
	if !inputName.MatchString(in.Name) {
		p.addf("name", "must be 1 to 40 of a-z, 0-9 and -, is %q", in.Name)
	}
	if bus.ValidSite(in.Site) != nil {
		p.addf("site", "must be 3 to 40 of a-z, 0-9 and -, is %q", in.Site)
	}
	if in.Premises != "" && bus.ValidSite(in.Premises) != nil {
		p.addf("premises", "must be empty or 3 to 40 of a-z, 0-9 and -, is %q", in.Premises)
	}
	p.oneOf("clock", in.Clock, ClockLive, ClockReplay)
	if _, err := parse.Zone(in.TZ); err != nil {
		p.addf("tz", "must be an IANA name, Local, UTC, +HH:MM or -HH:MM, is %q", in.TZ)
	}
	between(p, "max_line", in.MaxLine, 1<<10, 256<<10)
	in.validateSyslog(p)
	in.validateFile(p)
}

func (in *Input) validateSyslog(p *problems) {
	if in.Type != TypeSyslog {
		in.refuse(p, map[string]bool{
			"listen": in.Listen != "", "transport": in.Transport != "",
			"max_connections": in.MaxConnections != 0, "idle_timeout": in.IdleTimeout != 0,
		})
		return
	}
	if _, port, err := net.SplitHostPort(in.Listen); err != nil {
		p.addf("listen", "must be host:port or :port, is %q", in.Listen)
	} else if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		p.addf("listen", "must have a port from 0 to 65535, is %q", in.Listen)
	}
	p.oneOf("transport", in.Transport, string(syslog.Both), string(syslog.UDP), string(syslog.TCP))
	between(p, "max_connections", in.MaxConnections, 1, 10_000)
	between(p, "idle_timeout", in.IdleTimeout, time.Second, 24*time.Hour)
}

// clashes reports whether two inputs cannot both listen where they want to.
func (in *Input) clashes(other Input) bool {
	host, port, err := net.SplitHostPort(in.Listen)
	otherHost, otherPort, otherErr := net.SplitHostPort(other.Listen)
	transports := in.Transport == other.Transport || in.Transport == string(syslog.Both) || other.Transport == string(syslog.Both)
	return errors.Join(err, otherErr) == nil && transports && port == otherPort && port != "0" &&
		(host == otherHost || everywhere(host) || everywhere(otherHost))
}

// everywhere reports whether a host means all addresses of the machine.
func everywhere(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "" || err == nil && addr.IsUnspecified()
}

func (in *Input) validateFile(p *problems) {
	if in.Type != TypeFile {
		in.refuse(p, map[string]bool{
			"paths": len(in.Paths) > 0, "start": in.Start != "", "once": in.Once, "poll_interval": in.PollInterval != 0,
		})
		return
	}
	if len(in.Paths) == 0 {
		p.addf("paths", "must name at least one file or glob")
	}
	for i, path := range in.Paths {
		if _, err := filepath.Match(path, ""); err != nil || path == "" {
			p.addf("paths."+strconv.Itoa(i), "must be a path or a glob, is %q", path)
		}
	}
	p.oneOf("start", in.Start, StartBeginning, StartEnd)
	between(p, "poll_interval", in.PollInterval, 10*time.Millisecond, time.Hour)
}

// refuse adds a problem for each field that is set and means nothing for the input's type.
func (in *Input) refuse(p *problems, set map[string]bool) {
	for _, field := range slices.Sorted(maps.Keys(set)) {
		if set[field] {
			p.addf(field, "means nothing for an input of type %s", in.Type)
		}
	}
}
