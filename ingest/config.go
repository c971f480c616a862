package ingest

import (
	"cmp"
	"io"
	"strconv"
	"time"

	"frontfoot/ingest/syslog"
)

// Types of inputs.
const (
	TypeSyslog = "syslog"
	TypeFile   = "file"
	TypeStdin  = "stdin"
)

// Values of Input.Clock and Input.Start.
const (
	ClockLive      = "live"
	ClockReplay    = "replay"
	StartBeginning = "beginning"
	StartEnd       = "end"
)

// Config is the collector's part of the configuration.
type Config struct {
	// Inputs are where lines come from. Each belongs to one site; several may belong to the same.
	Inputs []Input `yaml:"inputs"`

	// BatchBytes closes a batch, in bytes before compression, 10,000 to 900,000. Larger batches compress better; above
	// 900,000 a batch that does not compress would be more than Kafka takes in one message. More than 13 sites share 12 MiB.
	BatchBytes int `yaml:"batch_bytes"`

	// Linger closes a batch that long after its first line, 1ms to 1m. Shorter shows findings sooner and makes more
	// and smaller messages.
	Linger time.Duration `yaml:"linger"`

	// DrainTimeout is how long the collector goes on sending what it took when it is told to stop, 1ms to 5m. What is not sent by then
	// stays in the spool and is sent after the next start.
	DrainTimeout time.Duration `yaml:"drain_timeout"`

	// Formats is a folder of log formats of your own (docs/writing-formats.md), which are tried before those that come with frontfoot. Files that
	// change are read again within seconds; one that is wrong is told of and the formats before it stay. Empty: none.
	Formats string `yaml:"formats"`

	// Spool is where lines are kept until Kafka has them.
	Spool Spool `yaml:"spool"`

	// Stdin is what an input of type stdin reads; nil is the process's own.
	Stdin io.Reader `yaml:"-"`
}

// Spool is how lines are kept on disk until Kafka has them: what is there survives a crash, a power failure and a restart.
type Spool struct {
	// MaxMiB is how much of the disk a site may take, in MiB, 64 to 1,048,576. While that is used up, or the disk is full, files and TCP senders
	// are held back and datagrams are dropped and counted. 2048 holds about half a day of 100 lines of 500 bytes a second.
	MaxMiB int `yaml:"max_mib"`

	// SegmentBytes is the size of the files, for tests; 0 is 16 MiB.
	SegmentBytes int64 `yaml:"-"`
}

// An Input is one source of lines.
type Input struct {
	// Name is what metrics and messages call the input, [a-z0-9-]{1,40}. Default: its type and its number, such as file-0. A file input that is
	// taken out and put back under its name goes on where it stopped: 1,000 positions of inputs that are not there are kept a site.
	Name string `yaml:"name"`

	// Type is syslog, file or stdin.
	Type string `yaml:"type"`

	// Site is the council that the lines belong to, [a-z0-9-]{3,40}. It is never read from a line, because a line may lie.
	Site string `yaml:"site"`

	// Premises is the sheltered business or care scheme that the lines belong to, [a-z0-9-]{3,40}; empty is the council
	// itself. Incidents are told apart by it, and people can be kept to it in SQL.
	Premises string `yaml:"premises,omitempty"`

	// Clock is live, where a stamp more than 26 h off is replaced by the time of reception and flagged, or replay, for old
	// files and demonstrations, where every stamp is kept.
	Clock string `yaml:"clock"`

	// TZ is the zone of stamps that name none: an IANA name, Local, UTC, +HH:MM or -HH:MM. Many devices send local time.
	TZ string `yaml:"tz"`

	// MaxLine is how many bytes of a line are kept, 1,024 to 262,144. Longer ones are cut and flagged, so that no sender
	// decides how much memory is used.
	MaxLine int `yaml:"max_line"`

	// Listen is the host:port of a syslog input; :port listens on all addresses.
	Listen string `yaml:"listen,omitempty"`

	// Transport of a syslog input is udp, tcp or both on one port.
	Transport string `yaml:"transport,omitempty"`

	// MaxConnections is how many TCP connections a syslog input bears at a time, 1 to 10,000. Each may take MaxLine of memory. Above it a
	// connection that has kept its line unfinished for 5 s makes room; where there is none, the new one is closed.
	MaxConnections int `yaml:"max_connections,omitempty"`

	// IdleTimeout closes a TCP connection of a syslog input on which nothing came for that long, 1s to 24h, so that dead
	// senders do not use up MaxConnections.
	IdleTimeout time.Duration `yaml:"idle_timeout,omitempty"`

	// Paths are the files of a file input; * ? and [] are globs. Compressed copies are left out.
	Paths []string `yaml:"paths,omitempty"`

	// Start of a file input is beginning or end: where to begin in a file that the first scan meets for the first time.
	// Files that appear later are read from their beginning.
	Start string `yaml:"start,omitempty"`

	// Once makes a file input read to the end and stop, in place of following.
	Once bool `yaml:"once,omitempty"`

	// PollInterval is how often a file input looks for what the kernel did not tell, 10ms to 1h: files on a network have
	// no other way.
	PollInterval time.Duration `yaml:"poll_interval,omitempty"`
}

// DefaultConfig listens for syslog of the site local on port 5514, which devices can reach without privileges.
func DefaultConfig() Config {
	c := Config{Inputs: []Input{{Name: "syslog", Type: TypeSyslog, Site: "local"}}}
	c.SetDefaults()
	return c
}

// SetDefaults fills in what is not set, but adds no input, so that the whole configuration can be shown.
func (c *Config) SetDefaults() {
	setDefault(&c.BatchBytes, 900_000)
	setDefault(&c.Linger, 500*time.Millisecond)
	setDefault(&c.DrainTimeout, 10*time.Second)
	setDefault(&c.Spool.MaxMiB, 2048)
	for i := range c.Inputs {
		c.Inputs[i] = c.Inputs[i].withDefaults(i)
	}
}

// withDefaults sets the fields that apply to the input's type; the others stay as they are, for Validate to refuse.
func (in Input) withDefaults(number int) Input {
	setDefault(&in.Name, cmp.Or(in.Type, "input")+"-"+strconv.Itoa(number))
	setDefault(&in.Clock, ClockLive)
	setDefault(&in.TZ, "UTC")
	setDefault(&in.MaxLine, 64<<10)
	switch in.Type {
	case TypeSyslog:
		setDefault(&in.Listen, ":5514")
		setDefault(&in.Transport, string(syslog.Both))
		setDefault(&in.MaxConnections, 512)
		setDefault(&in.IdleTimeout, 10*time.Minute)
	case TypeFile:
		setDefault(&in.Start, StartBeginning)
		setDefault(&in.PollInterval, time.Second)
	}
	return in
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
