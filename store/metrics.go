package store

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	rows, bytes, retries, rejected *prometheus.CounterVec
	seconds                        *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "frontfoot", Subsystem: "store", Name: name, Help: help}, []string{"table"})
	}
	m := &metrics{
		rows:     counter("rows_total", "Rows that the database has taken."),
		bytes:    counter("bytes_total", "Bytes of inserts that the database has taken, as they were sent."),
		retries:  counter("retries_total", "Tries of an insert that failed and were repeated."),
		rejected: counter("rejected_rows_total", "Rows that the database will never take."),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "frontfoot", Subsystem: "store", Name: "insert_seconds",
			Help:    "Time from the first try of an insert to its success.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2, 14),
		}, []string{"table"}),
	}
	if reg != nil {
		reg.MustRegister(m.rows, m.bytes, m.retries, m.rejected, m.seconds)
	}
	return m
}

func (m *metrics) inserted(in *insert, took time.Duration) {
	m.rows.WithLabelValues(in.table).Add(float64(in.rows))
	m.bytes.WithLabelValues(in.table).Add(float64(len(in.body)))
	m.seconds.WithLabelValues(in.table).Observe(took.Seconds())
}
