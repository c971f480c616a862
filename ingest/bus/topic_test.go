package bus

import (
	"errors"
	"strings"
	"testing"

	"frontfoot/ingest/hint"
)

func TestValidSite(t *testing.T) {
	for site, ok := range map[string]bool{
		"kent": true, "st-helens": true, "a1-": true, strings.Repeat("a", 40): true,
		"": false, "ab": false, "Kent": false, "a.b": false, "a_b": false, "kent\n": false, "café": false,
		strings.Repeat("a", 41): false,
	} {
		if err := ValidSite(site); (err == nil) != ok {
			t.Errorf("%q: %v", site, err)
		}
	}
}

func TestSiteOf(t *testing.T) {
	for topic, want := range map[string]string{
		RawTopic("kent"): "kent", CtlTopic("kent"): "kent", DLQTopic("kent"): "kent",
		Lane: "", Checkpoint: "", "ff.raw.X": "", "ff.raw.": "", "raw.kent": "",
	} {
		site, ok := SiteOf(topic)
		if ok != (want != "") || ok && site != want {
			t.Errorf("%s: %q %v", topic, site, ok)
		}
	}
}

func testEnsureTopics(t *testing.T, k server) {
	c, _ := connect(t, k)
	ctx := t.Context()
	for range 2 { // what is there stays
		if err := c.EnsureTopics(ctx, append(SiteSpecs("york"), SharedSpecs(9)...)...); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := c.Lanes(ctx); n != 4 || err != nil {
		t.Errorf("lanes %d, %v: making topics again changed them", n, err)
	}
	err := c.EnsureTopics(ctx, TopicSpec{Name: "ff.raw_york", Partitions: 1}, SiteSpecs("bath")[0])
	if err == nil || !strings.Contains(err.Error(), "ff.raw_york") || strings.Contains(err.Error(), "bath") {
		t.Errorf("a name that collides: %v", err)
	}
	if _, err := c.Fetch(ctx, RawTopic("bath"), 0, FetchOptions{MaxWait: -1}); err != nil {
		t.Errorf("the other topic of that call: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, brokers := range [][]string{nil, {"127.0.0.1"}, {"127.0.0.1:1", ""}} {
		_, err := New(Config{Brokers: brokers}, quiet(), nil)
		var e *hint.Error
		if !errors.As(err, &e) || e.HintText() == "" {
			t.Errorf("%q: %v", brokers, err)
		}
	}
}
