package main

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Config is everything that a configuration file can set. Each section is a plain struct, each field has a sentence that
// `frontfoot config show` prints above it. Secrets are never in it: only the paths of the files that hold them.
type Config struct {
	// Data is the folder that holds everything which must survive a restart: the broker's log, the database, the positions in files
	// and the secrets. One process owns it at a time.
	Data string `yaml:"data"`
	// Kafka is the log that carries events from collectors to workers.
	Kafka KafkaConfig `yaml:"kafka"`
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
	// Lanes is the number of partitions of the empty topic that shares the sites among workers: at most so many workers share the work.
	// It cannot be changed once the topic is there.
	Lanes int `yaml:"lanes"`
}

// StoreConfig names a ClickHouse of one's own.
type StoreConfig struct {
	// URL is the HTTP address of a ClickHouse of your own, such as https://clickhouse.example:8443. Empty means the embedded engine,
	// which keeps its tables under data.
	URL string `yaml:"url"`
	// User is the account on that ClickHouse; it must be allowed to create the database ff.
	User string `yaml:"user"`
	// PasswordFile is the file that holds the account's password, readable by its owner alone. Empty means no password on a ClickHouse
	// of your own; the embedded engine makes a password of its own and keeps it under data.
	PasswordFile string `yaml:"password_file"`
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
		Kafka:  KafkaConfig{Brokers: []string{}, Listen: "127.0.0.1:0", MaxLogMiB: 256, Lanes: 16},
		Store:  StoreConfig{User: "default"},
		Engine: EngineConfig{Listen: "127.0.0.1:0", MaxMemoryMiB: 2048},
		Log:    LogConfig{Level: "info", Format: "auto"},
		Admin:  AdminConfig{Listen: "127.0.0.1:5580"},
	}
}

// validate reports every value that cannot work, by its dotted path.
func (c *Config) validate(report func(path, text string)) {
	if c.Data == "" {
		report("data", "must name a folder")
	}
	for i, broker := range c.Kafka.Brokers {
		checkAddress(broker, "kafka.brokers."+strconv.Itoa(i), report)
	}
	checkLoopback(c.Kafka.Listen, "kafka.listen", report)
	checkRange(c.Kafka.MaxLogMiB, 16, 65536, "kafka.max_log_mib", report)
	checkRange(c.Kafka.Lanes, 1, 256, "kafka.lanes", report)
	checkURL(c.Store.URL, "store.url", report)
	checkLoopback(c.Engine.Listen, "engine.listen", report)
	checkRange(c.Engine.MaxMemoryMiB, 256, 1<<20, "engine.max_memory_mib", report)
	checkOneOf(c.Log.Level, logLevels(), "log.level", report)
	checkOneOf(c.Log.Format, logFormats(), "log.format", report)
	checkLoopback(c.Admin.Listen, "admin.listen", report)
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
