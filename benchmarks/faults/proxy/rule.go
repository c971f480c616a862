package proxy

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Key is a Kafka API key.
type Key int16

// The keys that faults are about.
const (
	Produce         Key = 0
	Fetch           Key = 1
	Metadata        Key = 3
	OffsetCommit    Key = 8
	OffsetFetch     Key = 9
	FindCoordinator Key = 10
	JoinGroup       Key = 11
	Heartbeat       Key = 12
	LeaveGroup      Key = 13
	SyncGroup       Key = 14
	APIVersions     Key = 18
	// Turn is the key of all requests of StartTCP.
	Turn Key = -1
)

// Request is what a rule knows of a request.
type Request struct {
	// Key says what is asked.
	Key Key
	// Version is the request's version in Kafka.
	Version int16
	// Correlation is the number that the answer will bear.
	Correlation int32
	// Client is the client id.
	Client string
	// Body is what follows the header, or of a Turn the first bytes that came. It must be read before the rule returns, and not be written.
	Body []byte
}

// Verdict is what happens to a request and to its answer. The zero verdict lets both through.
type Verdict struct {
	// Hold keeps the request back for so long, or until Release, and then lets it through even when its client has gone. What the client sends on the
	// same connection waits behind it.
	Hold time.Duration
	// Lose throws the request away.
	Lose bool
	// Delay keeps the answer back for so long, or until Release.
	Delay time.Duration
	// Drop throws the answer away: the client waits for it.
	Drop bool
	// Reset breaks the connection off instead of giving the answer.
	Reset bool
}

// Rule decides about each request.
type Rule func(Request) Verdict

// Sometimes gives a verdict to a share (0 to 1) of the requests with one of the keys, drawn with a seed. Without keys it means all.
func Sometimes(seed uint64, share float64, v Verdict, keys ...Key) Rule {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 0))
	return func(req Request) Verdict {
		if len(keys) > 0 && !slices.Contains(keys, req.Key) {
			return Verdict{}
		}
		mu.Lock()
		defer mu.Unlock()
		if rng.Float64() >= share {
			return Verdict{}
		}
		return v
	}
}

// Once gives a verdict to the first n requests with one of the keys. Without keys it means all.
func Once(n int, v Verdict, keys ...Key) Rule {
	var mu sync.Mutex
	return func(req Request) Verdict {
		if len(keys) > 0 && !slices.Contains(keys, req.Key) {
			return Verdict{}
		}
		mu.Lock()
		defer mu.Unlock()
		if n == 0 {
			return Verdict{}
		}
		n--
		return v
	}
}

// First gives the verdict of the first rule that has one.
func First(rules ...Rule) Rule {
	return func(req Request) Verdict {
		for _, rule := range rules {
			if v := rule(req); v != (Verdict{}) {
				return v
			}
		}
		return Verdict{}
	}
}
