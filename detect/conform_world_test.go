package detect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
)

// What follows is the world of the model check in which the real lanes run: one lane, a coordinator that fences by generation and member, a log, and a
// store whose inserts may come late, in part, or without an answer. A protection is switched off in the world, not in the lanes.
type protections struct{ intent, fence, token, rejoin, bound bool }

type world struct {
	off protections
	mu  sync.Mutex
	rng *rand.Rand

	// the coordinator
	generation  int
	records     map[int]string    // by lane
	states      map[string]string // site and offset to the SHA-256 of its snapshot there; two that differ are joined
	lateCommits []lateCommit
	manifest    checkpoint.Ref // the newest, whoever saved it

	// the log
	topics map[string][]bus.Message
	starts map[string]int64 // log starts
	step   int              // most messages of a topic in one answer

	missing map[string]bool    // topics that are not there
	failing map[string]error   // topics that cannot be read
	corrupt map[string]stretch // topic to the messages of a batch that cannot
	largest int                // bytes of a message that a topic takes, 0 for any
	paced   map[string]int64   // by site: how far its messages were read; where it is made, people say something every 6 messages
	barred  bool               // workers may make no topics

	// the store
	kept        map[stateKey][]byte
	tokens      map[string]bool
	rows        map[string]int
	values      map[string]map[string]bool
	lateInserts []lateInsert

	ambiguous, fenced int
}

type lateCommit struct {
	generation, lane int
	text             string
}

type lateInsert struct {
	token string
	rows  []storeRow
}

// A storeRow is a row of the store: table partition, key and what depends on the state.
type storeRow struct {
	part       int
	key, value string
}

func newWorld(seed uint64, off protections, log map[string][]bus.Message) *world {
	w := &world{
		off: off, rng: rand.New(rand.NewPCG(seed, 1)), topics: maps.Clone(log), starts: map[string]int64{}, tokens: map[string]bool{},
		rows: map[string]int{}, values: map[string]map[string]bool{}, records: map[int]string{}, states: map[string]string{},
	}
	w.step = 1 + w.rng.IntN(4)
	return w
}

// chance is whether something happens that happens so often.
func (w *world) chance(p float64) bool { return w.rng.Float64() < p }

// A member is one lease of one worker: what it sees of the world until it dies.
type member struct {
	*world
	generation int
	over       bool
	dead       bool // a process that was killed: whatever it still does has no effect
	calm       bool // nothing goes wrong any more
	read       int  // bytes that polls returned
	mute       bool // inserts succeed, and are never confirmed

	refuse func(*Scored) bool // messages that the store will never take
}

var errDead = errors.New("the process is dead")

// delay is the time that a request takes.
func (m *member) delay(ctx context.Context) error {
	m.mu.Lock()
	d := time.Duration(m.rng.IntN(8)) * time.Millisecond
	m.mu.Unlock()
	pause(ctx, d)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return errDead
	}
	return nil
}

func (m *member) Commit(ctx context.Context, lane int, _ int64, text string) error {
	if len(text) > bus.MaxMetadata {
		return errors.New("too long")
	}
	if ctx.Err() != nil {
		return bus.ErrFenced
	}
	if err := m.delay(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over && !m.off.rejoin {
		return bus.ErrFenced
	}
	if !m.calm && m.chance(0.12) {
		m.over = true
		m.ambiguous++
		if m.chance(0.5) {
			m.apply(m.generation, lane, text)
		} else {
			m.lateCommits = append(m.lateCommits, lateCommit{m.generation, lane, text})
		}
		return errors.New("no answer to a commit")
	}
	if !m.apply(m.generation, lane, text) {
		m.over = true
		m.fenced++
		return bus.ErrFenced
	}
	return nil
}

func (w *world) apply(generation, lane int, text string) bool {
	if generation != w.generation && !w.off.fence {
		return false
	}
	if w.off.intent { // the record says where the lane stands and not what it is about to insert
		p, err := checkpoint.DecodePlace(text)
		if err != nil {
			panic(err)
		}
		for site, s := range p.Sites {
			p.Sites[site] = checkpoint.Span{Next: s.Next, Ctl: s.Ctl}
		}
		text = p.Encode()
	}
	w.records[lane] = text
	return true
}

func (m *member) Committed(ctx context.Context, lane int) (int64, string, error) {
	if err := m.delay(ctx); err != nil {
		return 0, "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	text := m.records[lane]
	if m.off.bound && text != "" && !m.manifest.IsZero() {
		p, err := checkpoint.DecodePlace(text)
		if err != nil {
			return 0, "", err
		}
		p.Manifest = m.manifest
		text = p.Encode()
	}
	return 0, text, nil
}

func (m *member) Produce(ctx context.Context, topic string, msgs ...bus.Message) (int64, error) {
	if err := m.delay(ctx); err != nil {
		return 0, err
	}
	m.mu.Lock()
	if m.missing[topic] { // as the client does: it tries until ctx ends
		m.mu.Unlock()
		<-ctx.Done()
		return 0, errors.Join(context.Cause(ctx), bus.ErrNoTopic)
	}
	defer m.mu.Unlock()
	first := int64(len(m.topics[topic]))
	for _, msg := range msgs {
		if size := len(msg.Value) + headerBytes(msg.Headers); m.largest > 0 && size > m.largest {
			return 0, bus.ErrTooLarge
		}
	}
	for _, msg := range msgs {
		msg.Offset = int64(len(m.topics[topic]))
		m.topics[topic] = append(m.topics[topic], msg)
		if topic == bus.Checkpoint && string(msg.Key) == "lane-0/0" {
			m.manifest = checkpoint.RefTo(msg.Offset, msg.Value)
		}
		if topic == bus.Checkpoint && strings.HasPrefix(string(msg.Key), "lane-") {
			m.noteStates(msg.Value)
		}
	}
	return first, nil
}

func headerBytes(headers []bus.Header) (n int) {
	for _, h := range headers {
		n += len(h.Key) + len(h.Value)
	}
	return n
}

// noteStates notes what a manifest names.
func (w *world) noteStates(blob []byte) {
	var manifest checkpoint.Manifest
	if err := json.Unmarshal(blob, &manifest); err != nil {
		panic(err)
	}
	for site, s := range manifest.Sites {
		key, sum := fmt.Sprint(site, "@", s.At), fmt.Sprintf("%x", s.Ref.Sum)
		if before := w.states[key]; before != "" && before != sum {
			sum = before + " or " + sum
		}
		w.states[key] = sum
	}
}

func (m *member) Fetch(ctx context.Context, topic string, from int64, opts bus.FetchOptions) (bus.FetchResult, error) {
	got, err := m.Poll(ctx, []bus.Position{{Topic: topic, Offset: from}}, opts)
	if err != nil {
		return bus.FetchResult{}, err
	}
	return got[topic], got[topic].Err
}

func (m *member) Poll(ctx context.Context, positions []bus.Position, opts bus.FetchOptions) (map[string]bus.FetchResult, error) {
	if err := m.delay(ctx); err != nil {
		return nil, err
	}
	results, news := m.peek(positions)
	if !news {
		pause(ctx, opts.MaxWait)
		results, _ = m.peek(positions)
	}
	for _, got := range results {
		if errors.Is(got.Err, bus.ErrCorrupt) { // fails the whole call
			return nil, got.Err
		}
	}
	return results, ctx.Err()
}

func (m *member) peek(positions []bus.Position) (results map[string]bus.FetchResult, news bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	results = map[string]bus.FetchResult{}
	for _, p := range positions {
		log, end := m.topics[p.Topic], int64(len(m.topics[p.Topic]))
		end = m.spoken(p, end)
		got := bus.FetchResult{HighWatermark: end, LogStart: m.starts[p.Topic]}
		switch {
		case m.failing[p.Topic] != nil:
			got.Err, got.HighWatermark = m.failing[p.Topic], -1
		case m.unreadable(p) != nil:
			got.Err, got.HighWatermark = m.unreadable(p), -1
		case p.Offset < got.LogStart || p.Offset > end:
			got.Err = bus.ErrOffsetOutOfRange
		default:
			got.Messages = slices.Clone(log[p.Offset:min(m.sound(p, end), p.Offset+int64(m.step))])
		}
		for i := range got.Messages {
			m.read += len(got.Messages[i].Value)
		}
		news = news || len(got.Messages) > 0 || got.Err != nil
		results[p.Topic] = got
	}
	return results, news
}

func (m *member) Offsets(_ context.Context, topic string) (first, next int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.starts[topic], int64(len(m.topics[topic])), m.failing[topic]
}

func (m *member) Sites(context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var sites []string
	for topic := range m.topics {
		if site, ok := bus.SiteOf(topic); ok && topic == bus.RawTopic(site) {
			sites = append(sites, site)
		}
	}
	slices.Sort(sites)
	return sites, nil
}

func (m *member) EnsureTopics(_ context.Context, specs ...bus.TopicSpec) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.barred {
		return bus.ErrForbidden
	}
	for _, s := range specs {
		delete(m.missing, s.Name)
	}
	return nil
}
