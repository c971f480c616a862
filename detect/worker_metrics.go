package detect

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the worker's counters.
type metrics struct {
	events, findings, incidents *prometheus.CounterVec
	panics, rejected, gaps      *prometheus.CounterVec
	batches, checkpoints        prometheus.Counter
	lag                         *prometheus.GaugeVec
	score, write                prometheus.Histogram
	working                     atomic.Int64 // lanes held
}

func newMetrics(reg prometheus.Registerer) *metrics {
	perSite := func(name, help string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "frontfoot_detect_" + name, Help: help}, []string{"site"})
	}
	seconds := func(name, help string) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "frontfoot_detect_" + name, Help: help, Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
		})
	}
	m := &metrics{
		events:      perSite("events_total", "Events scored."),
		findings:    perSite("findings_total", "Events found unusual."),
		incidents:   perSite("incident_versions_total", "Incidents raised or changed."),
		panics:      perSite("panics_total", "Batches of a site that detection could not survive; their events are stored unscored."),
		rejected:    perSite("rejected_messages_total", "Messages that could not be read, set aside on the dead-letter topic."),
		gaps:        perSite("missing_messages_total", "Messages that the log no longer had when they were due."),
		batches:     prometheus.NewCounter(prometheus.CounterOpts{Name: "frontfoot_detect_batches_total", Help: "Batches written to the store."}),
		checkpoints: prometheus.NewCounter(prometheus.CounterOpts{Name: "frontfoot_detect_checkpoints_total", Help: "Snapshots of sites saved."}),
		lag: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "frontfoot_detect_lag_messages", Help: "Messages of a site that are not yet in the store.",
		}, []string{"site"}),
		score: seconds("score_seconds", "Time to score a batch."),
		write: seconds("write_seconds", "Time to write a batch to the store."),
	}
	if reg != nil {
		reg.MustRegister(m.events, m.findings, m.incidents, m.panics, m.rejected, m.gaps, m.batches, m.checkpoints, m.lag, m.score, m.write)
	}
	return m
}
