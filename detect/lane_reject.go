package detect

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
)

// writeBatch writes a batch. Where the store rejects it for good, its messages are written one by one, unless they are there already, so that
// only those that it will not have are set aside, and then the findings and incidents of each site without their events.
func (l *lane) writeBatch(ctx context.Context, b *Batch) error {
	sink := l.worker.dep.Sink
	err := sink.Write(ctx, b)
	if !errors.Is(err, ErrRejected) {
		return err
	}
	l.logger.ErrorContext(ctx, "the store rejects a batch, writing its messages one by one", "err", err)
	for i := range b.Sites {
		site := &b.Sites[i]
		if !errors.Is(err, ErrFindingsRejected) {
			if err := l.writeMessages(ctx, b.Token, site); err != nil {
				return err
			}
		}
		rest := &Batch{
			Token: b.Token + "/" + site.Site + "/rest",
			Sites: []Output{{Site: site.Site, Findings: site.Findings, Incidents: site.Incidents}},
		}
		if failed := sink.Write(ctx, rest); errors.Is(failed, ErrRejected) {
			l.logger.ErrorContext(ctx, "the store rejects findings, they are lost", "site", site.Site, "err", failed)
		} else if failed != nil {
			return failed
		}
	}
	return nil
}

// writeMessages writes the messages of a site one by one.
func (l *lane) writeMessages(ctx context.Context, token string, site *Output) error {
	for k := range site.Messages {
		m := &site.Messages[k]
		one := &Batch{
			Token: fmt.Sprintf("%s/%s@%d", token, site.Site, m.Offset),
			Sites: []Output{{Site: site.Site, Messages: site.Messages[k : k+1]}},
		}
		err := l.worker.dep.Sink.Write(ctx, one)
		if errors.Is(err, ErrRejected) {
			err = l.rejectMessage(ctx, site.Site, m, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rejectMessage puts a message that the store will not have on the site's dead-letter topic, whole and with the reason.
func (l *lane) rejectMessage(ctx context.Context, site string, m *Scored, why error) error {
	l.worker.metrics.rejected.WithLabelValues(site).Inc()
	var value bytes.Buffer
	if err := event.Encode(&value, m.Events); err != nil {
		return err
	}
	letter := bus.Message{Value: value.Bytes(), Headers: []bus.Header{
		{Key: "reason", Value: []byte(why.Error())},
		{Key: "offset", Value: fmt.Append(nil, m.Offset)},
	}}
	if _, err := l.worker.dep.Bus.Produce(ctx, bus.DLQTopic(site), letter); err != nil {
		return fmt.Errorf("setting a message of site %s aside: %w", site, err)
	}
	return nil
}
