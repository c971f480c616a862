package ingest

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"frontfoot/ingest/line"
	"frontfoot/ingest/spool"
	"frontfoot/ingest/syslog"
)

type metrics struct {
	lines, bytes, unparsed, partial, empty, drops, refused, badCounts, restarts, panics *prometheus.CounterVec
	flagged                                                                             *prometheus.CounterVec
	conns, lastLine                                                                     *prometheus.GaugeVec
	spoolFull                                                                           *prometheus.CounterVec
	batches, batchBytes, splits                                                         *prometheus.CounterVec
	spoolFrames, spoolDamaged                                                           *prometheus.CounterVec
	backlog, spoolBytes, spoolNoRoom                                                    *prometheus.GaugeVec
	spoolSync                                                                           *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	auto := promauto.With(reg)
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return auto.NewCounterVec(prometheus.CounterOpts{Namespace: "frontfoot", Subsystem: "ingest", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return auto.NewGaugeVec(prometheus.GaugeOpts{Namespace: "frontfoot", Subsystem: "ingest", Name: name, Help: help}, labels)
	}
	return &metrics{
		lines:     counter("lines_total", "Lines taken that became events.", "input", "site"),
		bytes:     counter("line_bytes_total", "Bytes of the lines that became events.", "input", "site"),
		unparsed:  counter("unparsed_lines_total", "Lines that no format understood; they are events all the same.", "input", "site"),
		partial:   counter("partial_lines_total", "Lines that a format understood in part only; their label event.partial tells why.", "input", "site"),
		empty:     counter("empty_lines_total", "Empty lines, which are no events.", "input", "site"),
		flagged:   counter("flagged_lines_total", "Lines that were truncated, ended early (partial) or had no proper frame (bad_frame).", "input", "site", "flag"),
		drops:     counter("kernel_drops_total", "Datagrams that the kernel dropped because they were not read in time.", "input", "site"),
		refused:   counter("refused_connections_total", "Connections over the input's max_connections, or that the kernel could not give: no files, no memory, or failed by the network.", "input", "site"),
		badCounts: counter("bad_counts_total", "Connections closed because a sender's octet count was wrong.", "input", "site"),
		spoolFull: counter("spool_full_drops_total", "Lines of datagrams that were dropped because the spool had no room.", "input", "site"),
		restarts:  counter("input_failures_total", "Times that an input failed and was started again.", "input", "site"),
		panics:    counter("parser_panics_total", "Lines on which a parser panicked; they are events with the raw line alone.", "input", "site"),
		conns:     gauge("connections", "Open TCP connections.", "input", "site"),
		lastLine:  gauge("last_line_timestamp_seconds", "When the last line came, seconds since 1970.", "input", "site"),

		batches:    counter("batches_total", "Batches that Kafka acknowledged.", "site"),
		batchBytes: counter("batch_bytes_total", "Bytes of the batches that Kafka acknowledged, before compression.", "site"),
		splits:     counter("batch_splits_total", "Batches that were divided because Kafka takes no message of that size.", "site"),
		backlog:    gauge("backlog_lines", "Lines taken that Kafka has not acknowledged yet.", "site"),

		spoolBytes:   gauge("spool_bytes", "Bytes of the disk that the spool takes.", "site"),
		spoolNoRoom:  gauge("spool_full", "1 while the spool has no room for lines: inputs wait, datagrams are dropped and counted.", "site"),
		spoolFrames:  counter("spool_frames_total", "Chunks of lines, notes and positions written to the spool.", "site"),
		spoolDamaged: counter("spool_damaged_total", "Places in the spool that could not be read.", "site"),
		spoolSync: auto.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "frontfoot", Subsystem: "ingest", Name: "spool_sync_seconds", Help: "How long it took to make lines durable.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 12),
		}, []string{"site"}),
	}
}

// inputMetrics are those of one input.
type inputMetrics struct {
	lines, bytes, empty, restarts, full prometheus.Counter
	flagged                             [len(flagNames)]prometheus.Counter
	lastLine                            prometheus.Gauge
	syslog                              syslog.Metrics
}

func (m *metrics) of(in *Input) inputMetrics {
	n, s := in.Name, in.Site
	out := inputMetrics{
		lines: m.lines.WithLabelValues(n, s), bytes: m.bytes.WithLabelValues(n, s), full: m.spoolFull.WithLabelValues(n, s),
		empty: m.empty.WithLabelValues(n, s), restarts: m.restarts.WithLabelValues(n, s),
		lastLine: m.lastLine.WithLabelValues(n, s),
		syslog: syslog.Metrics{
			Drops: m.drops.WithLabelValues(n, s), Refused: m.refused.WithLabelValues(n, s),
			BadCounts: m.badCounts.WithLabelValues(n, s), Conns: m.conns.WithLabelValues(n, s),
		},
	}
	for i, f := range flagNames {
		out.flagged[i] = m.flagged.WithLabelValues(n, s, f.name)
	}
	return out
}

// parsedMetrics are those of the lines of one input that are parsed, which an earlier run may have taken.
type parsedMetrics struct{ unparsed, partial, panics prometheus.Counter }

func (m *metrics) parsed(input, site string) *parsedMetrics {
	return &parsedMetrics{unparsed: m.unparsed.WithLabelValues(input, site), partial: m.partial.WithLabelValues(input, site), panics: m.panics.WithLabelValues(input, site)}
}

func (m *metrics) spool(site string) spool.Metrics {
	return spool.Metrics{
		Bytes: m.spoolBytes.WithLabelValues(site), Backlog: m.backlog.WithLabelValues(site), Frames: m.spoolFrames.WithLabelValues(site),
		Sync: m.spoolSync.WithLabelValues(site), Full: m.spoolNoRoom.WithLabelValues(site), Damaged: m.spoolDamaged.WithLabelValues(site),
	}
}

// flagNames are the flags as label of an event and of a metric.
var flagNames = [...]struct {
	flag line.Flags
	name string
}{{line.Truncated, "truncated"}, {line.Partial, "partial"}, {line.BadFrame, "bad_frame"}}
