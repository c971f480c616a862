package detect

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// The store of the world of the model check.

// Write inserts a batch into a store that may take a part of it, take it late, or not say that it has taken it.
func (m *member) Write(ctx context.Context, b *Batch) ([]Rejection, error) {
	b, rejections := m.sieve(b)
	rows := storeRows(b)
	if err := m.delay(context.WithoutCancel(ctx)); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	x := 1.0
	if !m.calm {
		x = m.rng.Float64()
	}
	switch {
	case x < 0.08:
		m.insert(b.Token, rows, m.rng.IntN(3))
		return nil, errors.New("a part was inserted")
	case x < 0.16:
		m.lateInserts = append(m.lateInserts, lateInsert{b.Token, rows})
		return nil, errors.New("time out")
	case x < 0.22:
		m.insert(b.Token, rows, -1)
		return nil, errors.New("no answer to an insert")
	}
	m.insert(b.Token, rows, -1)
	if m.mute {
		return nil, errors.New("no answer")
	}
	return rejections, nil
}

// state is the store's answer to who asks for a kept state.
func (w *world) state(_ context.Context, site string, time, offset int64) ([]byte, error) {
	state, ok := w.kept[stateKey{site, time, offset}]
	if !ok {
		return nil, ErrNoState
	}
	return state, nil
}

// state answers not always.
func (m *member) state(ctx context.Context, site string, time, offset int64) ([]byte, error) {
	if err := m.delay(ctx); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.calm && m.chance(0.2) {
		return nil, errors.New("the store does not answer")
	}
	return m.world.state(ctx, site, time, offset)
}

// sieve takes out of a batch what the store refuses.
func (m *member) sieve(b *Batch) (*Batch, []Rejection) {
	var rejections []Rejection
	if m.refuse == nil {
		return b, nil
	}
	rest := &Batch{Token: b.Token, Sites: slices.Clone(b.Sites)}
	for i := range rest.Sites {
		o := &rest.Sites[i]
		messages := o.Messages
		o.Messages = nil
		for k := range messages {
			if m.refuse(&messages[k]) {
				rejections = append(rejections, Rejection{Site: o.Site, Message: &messages[k], Err: errors.New("not this one")})
				continue
			}
			o.Messages = append(o.Messages, messages[k])
		}
	}
	return rest, rejections
}

// insert adds rows of one part, or of all where it is below 0, unless their token was there.
func (w *world) insert(token string, rows []storeRow, only int) {
	for part := range 3 {
		if only >= 0 && part != only {
			continue
		}
		key := fmt.Sprint(token, "/", part)
		if w.tokens[key] && !w.off.token {
			continue
		}
		if slices.ContainsFunc(rows, func(r storeRow) bool { return r.part == part }) {
			w.tokens[key] = true
		}
		for _, r := range rows {
			if r.part != part {
				continue
			}
			w.rows[r.key]++
			if w.values[r.key] == nil {
				w.values[r.key] = map[string]bool{}
			}
			w.values[r.key][r.value] = true
		}
	}
}
