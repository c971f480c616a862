package detect

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"frontfoot/ingest/ledger"
)

// metrics are the worker's counters.
type metrics struct {
	events, findings, incidents *prometheus.CounterVec
	panics, rejected, gaps      *prometheus.CounterVec
	duplicates, missing, lost   *prometheus.CounterVec
	letters, unposted           *prometheus.CounterVec
	batches, checkpoints        prometheus.Counter
	unsaved                     prometheus.Counter
	intents, fenced, reruns     prometheus.Counter
	retries                     prometheus.Counter
	lag                         *prometheus.GaugeVec
	score, write, takeover      prometheus.Histogram
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
	count := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "frontfoot_detect_" + name, Help: help})
	}
	m := &metrics{
		events:      perSite("events_total", "Events scored."),
		findings:    perSite("findings_total", "Events found unusual."),
		incidents:   perSite("incident_versions_total", "Incidents raised or changed."),
		panics:      perSite("panics_total", "Events that detection could not survive; they are stored unscored."),
		rejected:    perSite("rejected_messages_total", "Parts of batches that the store will never take."),
		letters:     perSite("dead_letters_total", "Messages and events put on the dead-letter topic."),
		unposted:    perSite("dead_letters_lost_total", "Messages and events that the dead-letter topic would not take; the site's topic still has them."),
		duplicates:  perSite("duplicate_events_total", "Events that came again and were left out."),
		missing:     perSite("missing_events_total", "Events that the collector numbered and the log never brought."),
		lost:        perSite("states_lost_total", "Saved states of sites that could not be used."),
		intents:     count("intents_total", "Records of batches committed before their inserts, and of the end of the last."),
		fenced:      count("fenced_commits_total", "Commits refused because the lane belongs to somebody else by now."),
		reruns:      count("reruns_total", "Batches of a predecessor that were inserted again."),
		retries:     count("insert_retries_total", "Inserts that the store did not confirm and that were tried again."),
		takeover:    seconds("takeover_seconds", "Time from being given a lane until its sites are restored."),
		gaps:        perSite("missing_messages_total", "Messages that the log no longer had when they were due."),
		batches:     prometheus.NewCounter(prometheus.CounterOpts{Name: "frontfoot_detect_batches_total", Help: "Batches written to the store."}),
		checkpoints: prometheus.NewCounter(prometheus.CounterOpts{Name: "frontfoot_detect_checkpoints_total", Help: "Snapshots of sites saved."}),
		unsaved:     count("checkpoints_failed_total", "Checkpoints that Kafka did not take in time; they are tried again."),
		lag: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "frontfoot_detect_lag_messages", Help: "Messages of a site that are not yet in the store.",
		}, []string{"site"}),
		score: seconds("score_seconds", "Time to score a batch."),
		write: seconds("write_seconds", "Time to write a batch to the store."),
	}
	if reg != nil {
		reg.MustRegister(m.events, m.findings, m.incidents, m.panics, m.rejected, m.gaps, m.batches, m.checkpoints, m.lag, m.score, m.write,
			m.letters, m.unposted, m.duplicates, m.missing, m.lost, m.intents, m.fenced, m.reruns, m.retries, m.takeover, m.unsaved)
	}
	return m
}

// count adds what a site said of a batch.
func (m *metrics) count(site string, out *Output) {
	events := 0
	for i := range out.Messages {
		events += out.Messages[i].Events.Rows()
	}
	m.events.WithLabelValues(site).Add(float64(events))
	m.findings.WithLabelValues(site).Add(float64(len(out.Findings)))
	m.incidents.WithLabelValues(site).Add(float64(len(out.Incidents)))
	for i := range out.Ledger {
		switch e := &out.Ledger[i]; e.Kind {
		case ledger.Duplicate:
			m.duplicates.WithLabelValues(site).Add(float64(e.Rows))
		case ledger.Gap:
			m.missing.WithLabelValues(site).Add(float64(e.Rows))
		case ledger.LostLog:
			m.gaps.WithLabelValues(site).Add(float64(e.Rows))
		default:
		}
	}
}
