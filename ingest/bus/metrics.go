package bus

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	produced      prometheus.Counter
	producedBytes prometheus.Counter
	retries       prometheus.Counter
	fetched       prometheus.Counter
	fetchedBytes  prometheus.Counter
	generations   prometheus.Counter
	commits       *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return promauto.With(reg).NewCounter(prometheus.CounterOpts{Namespace: "frontfoot", Subsystem: "bus", Name: name, Help: help})
	}
	return &metrics{
		produced:      counter("produced_messages_total", "Messages that Kafka acknowledged."),
		producedBytes: counter("produced_bytes_total", "Bytes of keys and values that Kafka acknowledged, before compression."),
		retries:       counter("produce_retries_total", "Attempts to produce that failed and were made again."),
		fetched:       counter("fetched_messages_total", "Messages read from Kafka."),
		fetchedBytes:  counter("fetched_bytes_total", "Bytes of keys and values read from Kafka, after decompression."),
		generations:   counter("generations_total", "Times that lanes were assigned to this process."),
		commits: promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
			Namespace: "frontfoot", Subsystem: "bus", Name: "commits_total",
			Help: "Offset commits by result: ok, fenced (somebody else has the lane) or failed (outcome unknown).",
		}, []string{"result"}),
	}
}
