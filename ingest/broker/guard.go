package broker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	// rawPrefix begins the names of the topics whose size is bounded. The others
	// are small, and a worker must be able to write them to make room in these.
	rawPrefix = "ff.raw."
	// guardInterval is how often the size is looked at.
	guardInterval = time.Second
)

// guard keeps the log within its size and kfake away from settings that would
// lose data (see the package comment).
type guard struct {
	cluster *kfake.Cluster
	dir     string
	max     int64
	logger  *slog.Logger
	full    atomic.Bool
}

// install refuses what kfake cannot do safely. A control function holds on to
// the last request of every connection that it ever saw, so none stands on
// requests that are made often.
func (g *guard) install() {
	g.cluster.ControlKey(int16(kmsg.CreateTopics), func(req kmsg.Request) (kmsg.Response, error, bool) {
		if req, ok := req.(*kmsg.CreateTopicsRequest); ok {
			dropConfigs(req)
		}
		return nil, nil, false
	})
	for _, key := range []kmsg.Key{kmsg.AlterConfigs, kmsg.IncrementalAlterConfigs, kmsg.DeleteTopics} {
		g.cluster.ControlKey(int16(key), func(kmsg.Request) (kmsg.Response, error, bool) {
			g.cluster.KeepControl()
			return nil, errors.New("not offered by the embedded broker"), true
		})
	}
}

// dropConfigs takes out of a request to create topics what kfake cannot do
// without losing data.
func dropConfigs(req *kmsg.CreateTopicsRequest) {
	for i := range req.Topics {
		kept := req.Topics[i].Configs[:0]
		for _, cfg := range req.Topics[i].Configs {
			switch cfg.Name {
			case "cleanup.policy", "retention.ms", "retention.bytes", "segment.bytes", "segment.ms":
			default:
				kept = append(kept, cfg)
			}
		}
		req.Topics[i].Configs = kept
	}
}

// run watches the size of the log until ctx ends.
func (g *guard) run(ctx context.Context) {
	tick := time.NewTicker(guardInterval)
	defer tick.Stop()
	for {
		if err := g.check(); err != nil {
			g.logger.WarnContext(ctx, "measuring the embedded broker's log", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// check measures the log and begins or ends the refusal of raw messages.
func (g *guard) check() error {
	size, err := g.size()
	if err != nil {
		return err
	}
	full := size > g.max
	if g.full.Swap(full) == full {
		return nil
	}
	if !full {
		g.logger.Info("embedded broker takes raw messages again", "bytes", size)
		return nil
	}
	g.logger.Warn("embedded broker's log is full, collectors wait", "bytes", size, "max_bytes", g.max)
	g.cluster.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
		if !g.full.Load() {
			g.cluster.DropControl()
			return nil, nil, false
		}
		produce, ok := req.(*kmsg.ProduceRequest)
		if !ok || !onlyRaw(produce) {
			return nil, nil, false
		}
		g.cluster.KeepControl()
		return refuse(produce), nil, true
	})
	return nil
}

// size sums what the raw topics hold, in bytes as stored.
func (g *guard) size() (int64, error) {
	parts, err := os.ReadDir(filepath.Join(g.dir, "partitions"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("listing partitions: %w", err)
	}
	var total int64
	for _, p := range parts {
		topic := topicOf(p.Name())
		if !strings.HasPrefix(topic, rawPrefix) {
			continue
		}
		if info := g.cluster.PartitionInfo(topic, 0); info != nil {
			total += info.NumBytes
		}
	}
	return total, nil
}

func onlyRaw(req *kmsg.ProduceRequest) bool {
	for _, t := range req.Topics {
		if !strings.HasPrefix(t.Topic, rawPrefix) {
			return false
		}
	}
	return true
}

// refuse answers a request in a way that clients retry.
func refuse(req *kmsg.ProduceRequest) kmsg.Response {
	resp := kmsg.NewPtrProduceResponse()
	resp.Version = req.Version
	msg := "the embedded broker's log is full: the worker has to catch up"
	for _, t := range req.Topics {
		rt := kmsg.NewProduceResponseTopic()
		rt.Topic = t.Topic
		for _, p := range t.Partitions {
			rp := kmsg.NewProduceResponseTopicPartition()
			rp.Partition = p.Partition
			rp.ErrorCode = kerr.ThrottlingQuotaExceeded.Code
			rp.ErrorMessage = &msg
			rt.Partitions = append(rt.Partitions, rp)
		}
		resp.Topics = append(resp.Topics, rt)
	}
	return resp
}
