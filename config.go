package main

import (
	"strings"
	"time"

	"frontfoot/detect"
	"frontfoot/ingest"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/parse"
	"frontfoot/store"
)

// Config is everything that a configuration file can set. Each section is a plain struct, each field has a sentence that
// `frontfoot config show` prints above it. Secrets are never in it: only the paths of the files that hold them.
type Config struct {
	// Data is the folder that holds everything which must survive a restart: the broker's log, the database, the collector's spools
	// and the secrets. One process owns it at a time.
	Data string `yaml:"data"`
	// Ingest is what the collector reads, and how it sends it on.
	Ingest ingest.Config `yaml:"ingest"`
	// Kafka is the log that carries events from collectors to workers.
	Kafka KafkaConfig `yaml:"kafka"`
	// Detect is how unusual an event must be to be reported, and how many incidents people want to read.
	Detect DetectConfig `yaml:"detect"`
	// Decoys are what nobody uses, by site: who touches any of it has no business there, and is an incident at once. 256 a site at most, each of 128 bytes.
	// `frontfoot decoys suggest` proposes some. `frontfoot up` tells detection of them when it starts, `frontfoot decoys tell` in a region.
	Decoys []DecoyConfig `yaml:"decoys"`
	// Store is the ClickHouse database that holds events, findings and incidents.
	Store StoreConfig `yaml:"store"`
	// Engine is the ClickHouse that runs inside frontfoot; it is used where store.url is empty.
	Engine EngineConfig `yaml:"engine"`
	// Log is what frontfoot says about itself on standard error.
	Log LogConfig `yaml:"log"`
	// Admin is the HTTP address for metrics, health checks and profiles.
	Admin AdminConfig `yaml:"admin"`
}

// KafkaConfig chooses between the embedded broker and a Kafka of one's own.
type KafkaConfig struct {
	// Brokers are the addresses of a Kafka of your own, host:port each; one is enough to find the others. Empty means the embedded
	// broker, which keeps its log under data.
	Brokers []string `yaml:"brokers"`
	// Listen is the loopback address of the embedded broker; port 0 takes any free port.
	Listen string `yaml:"listen"`
	// MaxLogMiB bounds the embedded broker's log, in MiB. Above it collectors wait for the workers, and nothing is dropped. At start
	// the log is read once, so a longer log makes starting slower.
	MaxLogMiB int `yaml:"max_log_mib"`
	// TLS is how connections to a Kafka of your own are encrypted, and who the client is. In its paths {site} stands for the name of a
	// collector's site, so that each has a certificate of its own. Files that change are read again without a restart.
	TLS KafkaTLSConfig `yaml:"tls"`
	// SASL is a name and a password for a Kafka of your own, where it does not know clients by their certificates.
	SASL KafkaSASLConfig `yaml:"sasl"`
}

// KafkaTLSConfig encrypts connections to a Kafka of one's own.
type KafkaTLSConfig struct {
	// CAFile holds the certificates, in PEM, that the brokers' must be signed by. Empty means no encryption.
	CAFile string `yaml:"ca_file"`
	// CertFile holds the client's certificate, in PEM; empty means none.
	CertFile string `yaml:"cert_file"`
	// KeyFile holds the private key of cert_file, in PEM, readable by its owner alone.
	KeyFile string `yaml:"key_file"`
}

// KafkaSASLConfig is a name and a password.
type KafkaSASLConfig struct {
	// Mechanism is scram-sha-512, scram-sha-256, or plain, which is refused without TLS. Empty means no password.
	Mechanism string `yaml:"mechanism"`
	// User is the name; {site} stands for the name of a collector's site.
	User string `yaml:"user"`
	// PasswordFile is the file that holds the password, readable by its owner alone; {site} stands for the name of a collector's site.
	PasswordFile string `yaml:"password_file"`
}

// client returns how a client of a site connects to the Kafka of one's own, "" where it is of no single site.
func (c *KafkaConfig) client(site string) bus.Config {
	of := func(text string) string { return strings.ReplaceAll(text, "{site}", site) }
	return bus.Config{
		Brokers: c.Brokers,
		TLS:     bus.TLSConfig{CAFile: of(c.TLS.CAFile), CertFile: of(c.TLS.CertFile), KeyFile: of(c.TLS.KeyFile)},
		SASL:    bus.SASLConfig{Mechanism: c.SASL.Mechanism, User: of(c.SASL.User), PasswordFile: of(c.SASL.PasswordFile)},
	}
}

// bySite reports whether each site of a collector has a credential of its own.
func (c *KafkaConfig) bySite() bool {
	return strings.Contains(c.TLS.CertFile+c.SASL.User+c.SASL.PasswordFile, "{site}")
}

// DetectConfig is what people set of detection; settings gives the engine's own form of it. The same holds for every site.
type DetectConfig struct {
	// FindingRate is the share of a site's events that become findings, above 0 and at most 0.1. Findings are what incidents are made
	// of: more of them show fainter stories and take more room.
	FindingRate float64 `yaml:"finding_rate"`
	// IncidentsPerDay is how many incidents a day people at a site can read: a ceiling, not a quota; 0 to 1000.
	IncidentsPerDay int `yaml:"incidents_per_day"`
	// Zone is where a site's days begin: an IANA name such as Europe/London, Local, UTC, +HH:MM or -HH:MM.
	Zone string `yaml:"zone"`
	// LearnFor is how much of its own time a site is only learned, before its first incident. A day shows what an hour hides.
	LearnFor time.Duration `yaml:"learn_for"`
	// LearnEvents is how many events a site is learned from at least before its first incident, unless learn_at_most has passed.
	LearnEvents int `yaml:"learn_events"`
	// LearnAtMost is how much of its own time a quiet site is only learned at most.
	LearnAtMost time.Duration `yaml:"learn_at_most"`
	// HalfLife is how long ago something was seen that counts half, at least 1h: shorter forgets sooner and reports more.
	HalfLife time.Duration `yaml:"half_life"`
	// KeyFile is the file that holds the secret of a region, 32 bytes in hex, readable by its owner alone: every worker of a region needs
	// the same. Empty means that each site has a key of its own under data, which is right for one machine.
	KeyFile string `yaml:"key_file"`
	// MaxBytes bounds the memory of one site's counts, in bytes, 16 KiB to 6 MiB; with less the counts of rare things are less exact.
	MaxBytes int `yaml:"max_bytes"`
}

// settings returns what the detection engine takes. The configuration has been validated: a zone that is none is UTC here.
func (c *DetectConfig) settings() detect.Config {
	zone, err := parse.Zone(c.Zone)
	if err != nil {
		zone = time.UTC
	}
	return detect.Config{
		FindingRate: c.FindingRate, IncidentsPerDay: c.IncidentsPerDay, Zone: zone,
		LearnFor: c.LearnFor, LearnEvents: c.LearnEvents, LearnAtMost: c.LearnAtMost,
		HalfLife: c.HalfLife, MaxBytes: c.MaxBytes,
	}
}

func defaultDetectConfig() DetectConfig {
	d := detect.DefaultConfig()
	return DetectConfig{
		FindingRate: d.FindingRate, IncidentsPerDay: d.IncidentsPerDay, Zone: "UTC",
		LearnFor: d.LearnFor, LearnEvents: d.LearnEvents, LearnAtMost: d.LearnAtMost,
		HalfLife: d.HalfLife, MaxBytes: d.MaxBytes,
	}
}

// StoreConfig names a ClickHouse of one's own, and says how long rows are kept.
type StoreConfig struct {
	// URL is the HTTP address of a ClickHouse of your own, such as https://clickhouse.example:8443. Empty means the embedded engine,
	// which keeps its tables under data.
	URL string `yaml:"url"`
	// User is the account on that ClickHouse; it must be allowed to create the database ff.
	User string `yaml:"user"`
	// PasswordFile is the file that holds the account's password, readable by its owner alone. Empty means no password on a ClickHouse
	// of your own; the embedded engine makes a password of its own and keeps it under data.
	PasswordFile string `yaml:"password_file"`
	// Retention is how long rows are kept. A change holds for rows that are written from then on: each has the day on which it falls away.
	Retention RetentionConfig `yaml:"retention"`
}

// EngineConfig is the embedded engine.
type EngineConfig struct {
	// Library is the engine's shared object, libchdb.so. Empty means where `frontfoot engine install` puts it.
	Library string `yaml:"library"`
	// Listen is the loopback address of the embedded engine's HTTP interface; port 0 takes any free port.
	Listen string `yaml:"listen"`
	// MaxMemoryMiB bounds what all statements of the embedded engine together may allocate, in MiB; a statement beyond it fails.
	MaxMemoryMiB int `yaml:"max_memory_mib"`
}

// defaultData is the data folder where neither file nor flag names one.
const defaultData = "data"

// defaultConfig returns what holds where a file is silent.
func defaultConfig() Config {
	return Config{
		Data:   defaultData,
		Ingest: ingest.DefaultConfig(),
		Kafka:  KafkaConfig{Brokers: []string{}, Listen: "127.0.0.1:0", MaxLogMiB: 256},
		Detect: defaultDetectConfig(),
		Decoys: []DecoyConfig{},
		Store: StoreConfig{User: "default", Retention: RetentionConfig{
			EventDays: store.DefaultRetentionDays, FindingDays: store.DefaultFindingRetentionDays, Sites: []SiteRetention{},
		}},
		Engine: EngineConfig{Listen: "127.0.0.1:0", MaxMemoryMiB: 2048},
		Log:    LogConfig{Level: "info", Format: "auto"},
		Admin:  AdminConfig{Listen: "127.0.0.1:5580"},
	}
}
