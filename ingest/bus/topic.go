package bus

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v7"
	"github.com/segmentio/kafka-go"
)

// Topics that are not of one site.
const (
	// Lane is an empty topic whose partitions are the lanes of workers: a lease
	// and a fence, nothing else.
	Lane = "ff.lane"
	// Checkpoint holds the state of sites, keyed, compacted.
	Checkpoint = "ff.ckpt"
)

// leaderInterval is how often a new topic is asked for its leader.
const leaderInterval = 20 * time.Millisecond

const (
	rawPrefix = "ff.raw."
	ctlPrefix = "ff.ctl."
	dlqPrefix = "ff.dlq."
)

// RawTopic returns the topic of a site's events.
func RawTopic(site string) string { return rawPrefix + site }

// CtlTopic returns the topic of what people say of a site: verdicts and decoys.
func CtlTopic(site string) string { return ctlPrefix + site }

// DLQTopic returns the topic of a site's messages that could not be processed.
func DLQTopic(site string) string { return dlqPrefix + site }

var siteName = regexp.MustCompile(`^[a-z0-9-]{3,40}$`)

// ValidSite returns an error that says what a site's name must look like.
func ValidSite(site string) error {
	if siteName.MatchString(site) {
		return nil
	}
	return fmt.Errorf("site %q: want 3 to 40 of a-z, 0-9 and -", site)
}

// SiteOf returns the site of a raw, control or dead-letter topic.
func SiteOf(topic string) (string, bool) {
	for _, prefix := range []string{rawPrefix, ctlPrefix, dlqPrefix} {
		if site, ok := strings.CutPrefix(topic, prefix); ok {
			return site, ValidSite(site) == nil
		}
	}
	return "", false
}

// TopicSpec says how a topic is to be made.
type TopicSpec struct {
	Name string
	// Partitions is at least 1.
	Partitions int
	// Configs are Kafka's topic settings. The embedded broker keeps none of
	// those about retention and compaction.
	Configs map[string]string
}

// SiteSpecs returns the topics of a site: events for 7 days, control records
// for ever, dead letters for 30 days.
func SiteSpecs(site string) []TopicSpec {
	return []TopicSpec{
		{Name: RawTopic(site), Partitions: 1, Configs: map[string]string{"retention.ms": "604800000"}},
		{Name: CtlTopic(site), Partitions: 1, Configs: map[string]string{"retention.ms": "-1"}},
		{Name: DLQTopic(site), Partitions: 1, Configs: map[string]string{"retention.ms": "2592000000"}},
	}
}

// Lanes is how many lanes an installation is made with: how many sites can be worked on side by side, once there are many workers.
const Lanes = 4

// SharedSpecs returns the topics that all sites share. The number of lanes is
// fixed when a region is made: sites are spread over it.
func SharedSpecs(lanes int) []TopicSpec {
	return []TopicSpec{
		{Name: Lane, Partitions: lanes},
		{Name: Checkpoint, Partitions: 1, Configs: map[string]string{"cleanup.policy": "compact"}},
	}
}

// EnsureTopics makes the topics that do not exist and waits until they can be
// used. Those that exist stay as they are. All are tried; the error joins what
// failed.
func (c *Client) EnsureTopics(ctx context.Context, specs ...TopicSpec) error {
	req := &kafka.CreateTopicsRequest{}
	for _, s := range specs {
		t := kafka.TopicConfig{Topic: s.Name, NumPartitions: s.Partitions, ReplicationFactor: -1}
		for name, value := range s.Configs {
			t.ConfigEntries = append(t.ConfigEntries, kafka.ConfigEntry{ConfigName: name, ConfigValue: value})
		}
		req.Topics = append(req.Topics, t)
	}
	resp, err := c.kafka.CreateTopics(ctx, req)
	if err != nil {
		if perr := c.Ping(ctx); perr != nil {
			return perr
		}
		return fmt.Errorf("creating topics: %w", c.explain(ctx, specs[0].Name, err))
	}
	var made []string
	var errs []error
	for topic, err := range resp.Errors {
		switch {
		case err == nil:
			made = append(made, topic)
		case errors.Is(err, kafka.TopicAlreadyExists):
		case errors.Is(err, kafka.TopicAuthorizationFailed), errors.Is(err, kafka.ClusterAuthorizationFailed):
			if c.diagnose(ctx, topic) != nil { // it may be there, made by somebody else
				errs = append(errs, fmt.Errorf("creating topic %s: %w", topic, c.explain(ctx, topic, err)))
			}
		default:
			errs = append(errs, fmt.Errorf("creating topic %s: %w", topic, err))
		}
	}
	return errors.Join(append(errs, c.awaitLeaders(ctx, made))...)
}

// awaitLeaders waits until new topics are led: a cluster tells that it has made
// a topic some milliseconds before the topic's leader knows.
func (c *Client) awaitLeaders(ctx context.Context, topics []string) error {
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		marks, err := c.HighWatermarks(ctx, topics)
		if err == nil && len(marks) < len(topics) {
			err = fmt.Errorf("%w: %d of %d new topics have a leader", ErrUnavailable, len(marks), len(topics))
		}
		return struct{}{}, err
	},
		backoff.WithBackOff(&backoff.ConstantBackOff{Interval: leaderInterval}),
		backoff.WithMaxElapsedTime(requestTimeout))
	if r := backoff.AsRetryError(err); r != nil {
		return fmt.Errorf("waiting for new topics: %w", r.LastErr)
	}
	return err
}

// Sites returns the sites that have a raw topic, sorted. The answer may be 2 s
// old.
func (c *Client) Sites(ctx context.Context) ([]string, error) {
	md, err := c.metadata(ctx)
	if err != nil {
		return nil, err
	}
	var sites []string
	for _, t := range md.Topics {
		if site, ok := SiteOf(t.Name); ok && strings.HasPrefix(t.Name, rawPrefix) {
			sites = append(sites, site)
		}
	}
	slices.Sort(sites)
	return sites, nil
}

// Lanes returns the number of lanes, or ErrNoTopic.
func (c *Client) Lanes(ctx context.Context) (int, error) {
	md, err := c.metadata(ctx, Lane)
	if err != nil {
		return 0, err
	}
	if len(md.Topics) != 1 || md.Topics[0].Error != nil {
		return 0, c.explain(ctx, Lane, kafka.UnknownTopicOrPartition)
	}
	return len(md.Topics[0].Partitions), nil
}

// metadata returns kafka-go's picture of the cluster, at most metadataTTL old.
func (c *Client) metadata(ctx context.Context, topics ...string) (*kafka.MetadataResponse, error) {
	md, err := c.kafka.Metadata(ctx, &kafka.MetadataRequest{Topics: topics})
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if derr := c.diagnose(ctx, ""); derr != nil {
			return nil, derr
		}
		return nil, c.unavailable(err)
	}
	return md, nil
}
