package bus

import (
	"path"
	"slices"
	"testing"

	"frontfoot/ingest/broker"
	"frontfoot/ingest/broker/apache"
	"frontfoot/ingest/loopback"
)

// A server is a Kafka that a test may take away and bring back with the same address and log.
type server interface {
	Addr() string
	Kill()
	Restart(tb testing.TB)
}

// A serverTest is what the bus has to do on every Kafka. The server may hold other sites' topics.
type serverTest struct {
	name string
	test func(t *testing.T, k server)
}

// serverTests are in an order that counts where all share a server: the first wants one without lanes, the last leaves it dead.
func serverTests() []serverTest {
	return []serverTest{
		{"no-lanes", testNoLanes},
		{"topics", testEnsureTopics},
		{"produce-fetch", testProduceFetch},
		{"fetch-at-end", testFetchAtEndWaits},
		{"poll", testPollManyTopics},
		{"errors", testErrors},
		{"trimmed", testTrimmed},
		{"lease", testLease},
		{"two-members", testTwoMembersSplitLanes},
		{"new-member", testErrorJoinsAsNewMember},
		{"last-commit", testLastCommit},
		{"produce-outlasts", testProduceOutlastsBroker},
		{"group-outlasts", testGroupOutlastsBroker},
		{"unavailable", testUnavailable},
	}
}

// TestEmbedded runs each test on an embedded broker of its own.
func TestEmbedded(t *testing.T) {
	for _, tt := range serverTests() {
		t.Run(tt.name, func(t *testing.T) {
			k := &embedded{cfg: broker.Config{Dir: t.TempDir(), Listen: loopback.Address(t)}}
			k.Restart(t)
			t.Cleanup(k.Kill)
			tt.test(t, k)
		})
	}
}

// TestApacheKafka runs the same on one real broker, and what the embedded one does not do.
func TestApacheKafka(t *testing.T) {
	k := apache.Start(t)
	for _, tt := range slices.Insert(serverTests(), 1, serverTest{"limits", testLimits}, serverTest{"compacted", testCompacted}) {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, k) })
	}
}

// embedded is the embedded broker as a server.
type embedded struct {
	cfg    broker.Config
	broker *broker.Broker
}

func (e *embedded) Addr() string { return e.broker.Addr() }

func (e *embedded) Kill() { _ = e.broker.Close() } // the next start tells what is wrong

func (e *embedded) Restart(tb testing.TB) {
	tb.Helper()
	b, err := broker.Start(e.cfg, quiet())
	if err != nil {
		tb.Fatal(err)
	}
	e.broker = b
}

// connect returns a client with four lanes and the topics of a site named after the test.
func connect(t *testing.T, k server) (c *Client, site string) {
	t.Helper()
	site = path.Base(t.Name())
	return newClient(t, k.Addr(), site), site
}
