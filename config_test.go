package main

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest"
)

// badConfigs holds, for each testdata/config/NAME.bad.yaml, every message that it must give, in order and without the file's name.
var badConfigs = map[string][]string{
	"keys": {
		"2: kafak: is not a known key; known here: data, ingest, kafka, detect, decoys, store, engine, log, admin",
		"6: kafka.broker: is not a known key; known here: brokers, listen, max_log_mib, tls, sasl",
		"9: log.level: is there twice, first on line 8",
	},
	"security": {
		"3: kafka.tls.ca_file: must be set too: without it connections are not encrypted",
		"3: kafka.tls: must have both cert_file and key_file, or neither",
		"5: kafka.sasl: must have user and password_file",
		"6: kafka.sasl.mechanism: plain would send the password for all to read: set kafka.tls.ca_file, or use scram-sha-512",
	},
	"types": {
		"2: kafka.brokers: must be a list",
		`3: kafka.max_log_mib: must be a whole number, not "a lot"`,
		"4: store: must be a section of its own, with keys",
		"6: log.level: must be a text",
	},
	"detect": {
		"3: detect.finding_rate: must be above 0 and at most 0.1, not 0.5",
		`4: detect.zone: must be an IANA name, Local, UTC, +HH:MM or -HH:MM, not "Europe/Atlantis"`,
		"5: detect.half_life: must be at least 1h, not 10m0s",
		"6: detect.learn_for: must not be negative, is -1h0m0s",
		"7: detect.learn_events: must not be negative, is -1",
	},
	"decoys": {
		`2: decoys.0.site: must be 3 to 40 of a-z, 0-9 and -, is "Ashford"`,
		`2: decoys.0: no decoy: "10.1.9.0/24" is not an address`,
		"4: decoys.1: no decoy: host of 1 bytes, not 1 to 128",
		"6: decoys.2.site: has decoys already: put them together",
		"6: decoys.2: no decoy: URL of 1 bytes, not 1 to 128",
	},
	"duration": {`2: detect.learn_for: must be a duration with its unit, such as 500ms, 10s or 26h, not "24"`},
	"inputs": {
		`4: ingest.inputs.0.site: must be 3 to 40 of a-z, 0-9 and -, is "Ashford Council"`,
		"6: ingest.inputs.1.paths: must name at least one file or glob",
		"10: ingest.inputs.2.listen: means nothing for an input of type stdin",
		`11: ingest.inputs.3.type: must be one of syslog, file, stdin, is "carrier-pigeon"`,
	},
	"values": {
		"1: data: must name a folder",
		`5: kafka.brokers.1: "kafka-2" is not host:port`,
		`6: kafka.brokers.2: "kafka-3:http" is not host:port`,
		`7: kafka.brokers.3: ":9092" is not host:port`,
		`8: kafka.listen: "0.0.0.0:9092" is not a loopback address with a port, such as 127.0.0.1:5580 or [::1]:0`,
		"9: kafka.max_log_mib: must be from 16 to 65536, not 1",
		`11: store.url: "clickhouse:8123" is not a URL such as http://127.0.0.1:8123`,
		"13: engine.max_memory_mib: must be from 256 to 1048576, not 100",
		`15: log.level: must be one of debug, info, warn, error, not "loud"`,
		`16: log.format: must be one of auto, text, logfmt, json, not "xml"`,
		`18: admin.listen: "localhost:5580" is not a loopback address with a port, such as 127.0.0.1:5580 or [::1]:0`,
	},
	"retention": {
		"3: store.retention.event_days: must be from 1 to 36500, not 0",
		"4: store.retention.finding_days: must be from 1 to 36500, not 99999",
		`6: store.retention.sites.0.site: must be 3 to 40 of a-z, 0-9 and -, is "Ashford"`,
		"8: store.retention.sites.1.event_days: must be from 1 to 36500, not 0",
		"9: store.retention.sites.2.site: is there already: a site has one time",
		"10: store.retention.sites.2.event_days: must be from 1 to 36500, not -1",
	},
	"secret":    {"2: store.url: must not hold a password; name its file in password_file"},
	"tab":       {"2: is not YAML: found character that cannot start any token"},
	"open":      {"2: is not YAML: did not find expected ',' or '}'"},
	"documents": {"2: has more than one document"},
	"list":      {"1: must be a section of its own, with keys"},
	"nul":       {"1: is not YAML: control characters are not allowed (value: 0)"},
}

func TestGoodConfigs(t *testing.T) {
	region := defaultConfig()
	region.Data = "/var/lib/frontfoot"
	region.Kafka.Brokers = []string{"kafka-1.example:9092", "[2001:db8::9]:9092"}
	region.Store.URL = "https://clickhouse.example:8443"
	region.Store.User = "frontfoot"
	region.Store.PasswordFile = "/etc/frontfoot/clickhouse-password"
	region.Kafka.TLS = KafkaTLSConfig{"/etc/frontfoot/kafka-ca.pem", "/etc/frontfoot/{site}.pem", "/etc/frontfoot/{site}.key"}
	region.Kafka.SASL = KafkaSASLConfig{"scram-sha-512", "{site}", "/etc/frontfoot/{site}.password"}
	region.Detect.KeyFile = "/etc/frontfoot/region.key"
	region.Log = LogConfig{Level: "warn", Format: "json"}
	region.Admin.Listen = "[::1]:9100"
	null := defaultConfig()
	null.Log.Format = "text"
	inputs := defaultConfig()
	inputs.Ingest.Linger = 250 * time.Millisecond
	inputs.Ingest.Spool.MaxMiB = 512
	inputs.Ingest.Inputs = []ingest.Input{
		{Type: ingest.TypeSyslog, Site: "ashford", Listen: "127.0.0.1:0", Transport: "tcp"},
		{Type: ingest.TypeFile, Site: "thanet", Paths: []string{"/var/log/auth.log"}, Clock: ingest.ClockReplay, TZ: "Europe/London"},
	}
	inputs.Ingest.SetDefaults()
	decoys := defaultConfig()
	decoys.Decoys = []DecoyConfig{
		{
			Site: "ashford", Addresses: []string{"10.1.9.9", "2001:db8::9"}, Hosts: []string{"srv-backup2"}, Accounts: []string{"svc-restore"},
			URLs: []string{"/admin-old/"}, Shares: []string{"//files1/finance-old"},
		},
		{Site: "thanet"},
	}
	retention := defaultConfig()
	retention.Store.Retention = RetentionConfig{EventDays: 30, FindingDays: 400, Sites: []SiteRetention{{"ashford", 365}, {"thanet", 7}}}
	want := map[string]Config{"decoys": decoys, "retention": retention, "inputs": inputs, "empty": defaultConfig(), "region": region, "null": null}

	for name, file := range configFiles(t, "good") {
		t.Run(name, func(t *testing.T) {
			expected, ok := want[name]
			if !ok {
				t.Fatalf("no expectation for %s", file)
			}
			got, err := loadConfig(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&expected, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBadConfigs(t *testing.T) {
	files := configFiles(t, "bad")
	if len(files) != len(badConfigs) {
		t.Errorf("%d files, %d expectations", len(files), len(badConfigs))
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			_, err := loadConfig(file)
			if err == nil {
				t.Fatal("taken without an error")
			}
			want := []string{"reading the configuration:"}
			for _, line := range badConfigs[name] {
				want = append(want, file+":"+line)
			}
			if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
			var hint interface{ HintText() string }
			if !errors.As(err, &hint) || hint.HintText() == "" {
				t.Error("no hint")
			}
		})
	}
}

func TestLoadConfigWithoutFile(t *testing.T) {
	cfg, err := loadConfig("")
	if err != nil {
		t.Fatal(err)
	}
	want := defaultConfig()
	if diff := cmp.Diff(&want, cfg); diff != "" {
		t.Error(diff)
	}
	cfg.validate(func(path, text string) { t.Errorf("default %s: %s", path, text) })
	if _, err := loadConfig(filepath.Join(t.TempDir(), "absent.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
}

// What `config show` prints is a configuration file that means the same.
func TestConfigShowRoundTrip(t *testing.T) {
	for name, file := range configFiles(t, "good") {
		t.Run(name, func(t *testing.T) {
			want, err := loadConfig(file)
			if err != nil {
				t.Fatal(err)
			}
			var shown bytes.Buffer
			if err := writeConfig(&shown, want); err != nil {
				t.Fatal(err)
			}
			got, _, err := parseConfig("shown", shown.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzParseConfig(f *testing.F) {
	for _, kind := range []string{"good", "bad"} {
		for _, file := range configFiles(f, kind) {
			f.Add(readFile(f, file))
		}
	}
	f.Add([]byte("a: &x [*x]"))
	f.Add([]byte("kafka: &k {brokers: *k}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		cfg, _, err := parseConfig("fuzz.yaml", src)
		if (cfg == nil) == (err == nil) {
			t.Errorf("configuration %v with error %v", cfg, err)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "fuzz.yaml:") {
			t.Errorf("error without a position: %v", err)
		}
	})
}

// configFiles returns the files testdata/config/NAME.KIND.yaml by name.
func configFiles(t testing.TB, kind string) map[string]string {
	t.Helper()
	suffix := "." + kind + ".yaml"
	files, err := filepath.Glob("testdata/config/*" + suffix)
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s files: %v", kind, err)
	}
	byName := map[string]string{}
	for _, file := range files {
		byName[strings.TrimSuffix(filepath.Base(file), suffix)] = file
	}
	return byName
}
