package bus

import (
	"maps"
	"slices"
	"sync"
)

// refusals are the topics whose batch is being tried again, and why it was not taken the last time. A broker without room answers all other questions.
type refusals struct {
	mu  sync.Mutex
	why map[string]error
}

func (r *refusals) note(topic string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.why == nil {
		r.why = map[string]error{}
	}
	r.why[topic] = err
}

func (r *refusals) end(topic string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.why, topic)
}

// Refused returns why Kafka did not take a batch that Produce is trying again now, nil where there is none.
func (c *Client) Refused() error {
	c.refusals.mu.Lock()
	defer c.refusals.mu.Unlock()
	for _, topic := range slices.Sorted(maps.Keys(c.refusals.why)) {
		return c.refusals.why[topic]
	}
	return nil
}
