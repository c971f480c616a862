package bus

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"frontfoot/ingest/broker/apache"
)

// rawMember is a member of a group that asks Kafka itself, without the bus.
type rawMember struct {
	client     *kafka.Client
	id         string
	generation int
	leads      bool
	members    []string // where it leads
}

const rejoined = "ff.rejoined"

// rejoinSession is longer than all of what is asked, because nobody sends heartbeats; a member whose name was lost on the way holds the others up as long.
const rejoinSession = 30 * time.Second

func (m *rawMember) join(ctx context.Context) error {
	for {
		resp, err := m.client.JoinGroup(ctx, &kafka.JoinGroupRequest{
			GroupID: rejoined, SessionTimeout: rejoinSession, RebalanceTimeout: rebalanceTimeout, MemberID: m.id, ProtocolType: "consumer",
			Protocols: []kafka.GroupProtocol{{Name: "range", Metadata: kafka.GroupProtocolSubscription{Topics: []string{Lane}}}},
		})
		if err != nil {
			return err
		}
		if errors.Is(resp.Error, kafka.MemberIDRequired) {
			m.id = resp.MemberID
			continue
		}
		m.id, m.generation, m.leads = resp.MemberID, resp.GenerationID, resp.LeaderID == resp.MemberID
		m.members = nil
		for _, other := range resp.Members {
			m.members = append(m.members, other.ID)
		}
		return resp.Error
	}
}

func (m *rawMember) sync(ctx context.Context) error {
	req := &kafka.SyncGroupRequest{GroupID: rejoined, GenerationID: m.generation, MemberID: m.id, ProtocolType: "consumer", ProtocolName: "range"}
	for i, id := range m.members {
		req.Assignments = append(req.Assignments, kafka.SyncGroupRequestAssignment{
			MemberID: id, Assignment: kafka.GroupProtocolAssignment{AssignedPartitions: map[string][]int{Lane: {i}}},
		})
	}
	for {
		resp, err := m.client.SyncGroup(ctx, req)
		if errors.Is(err, io.ErrUnexpectedEOF) { // the connection was closed meanwhile; to ask again changes nothing
			continue
		}
		if err != nil {
			return err
		}
		return resp.Error
	}
}

// commit commits an offset as of a generation.
func (m *rawMember) commit(ctx context.Context, generation int) error {
	resp, err := m.client.OffsetCommit(ctx, &kafka.OffsetCommitRequest{
		GroupID: rejoined, GenerationID: generation, MemberID: m.id,
		Topics: map[string][]kafka.OffsetCommit{Lane: {{Partition: 0, Offset: 1}}},
	})
	if err != nil {
		return err
	}
	return resp.Topics[Lane][0].Error
}

// Why a worker joins as a new member after a commit without an answer: a member that joins again may keep its generation, and with it its late commits count;
// those of a member that has left do not.
func TestRejoiningMemberKeepsItsGeneration(t *testing.T) {
	kafkaBroker := apache.Start(t)
	c := secureClient(t, kafkaBroker.Addr(), TLSConfig{}, SASLConfig{})
	if err := c.EnsureTopics(t.Context(), SharedSpecs(2)...); err != nil {
		t.Fatal(err)
	}
	ctx := deadline(t)
	raw := func() *rawMember {
		transport := &kafka.Transport{}
		t.Cleanup(transport.CloseIdleConnections)
		return &rawMember{client: &kafka.Client{Addr: kafka.TCP(kafkaBroker.Addr()), Transport: transport}}
	}
	first, second := raw(), raw()
	if err := first.await(ctx); err != nil {
		t.Fatal(err)
	}
	settle(ctx, t, first, second)
	follower := first
	if first.leads {
		follower = second
	}
	before := follower.generation
	if err := follower.join(ctx); err != nil {
		t.Fatal(err)
	}
	if follower.generation != before {
		t.Errorf("a follower that joins again has generation %d, had %d: Kafka has changed, and the bus could keep its member", follower.generation, before)
	}
	if err := follower.sync(ctx); err != nil {
		t.Fatal(err)
	}
	if err := follower.commit(ctx, before); err != nil {
		t.Errorf("a commit from before it joined again: %v: Kafka has changed", err)
	}
	if _, err := follower.client.LeaveGroup(ctx, &kafka.LeaveGroupRequest{GroupID: rejoined, Members: []kafka.LeaveGroupRequestMember{{ID: follower.id}}}); err != nil {
		t.Fatal(err)
	}
	if err := follower.commit(ctx, before); !errors.Is(err, kafka.UnknownMemberId) {
		t.Errorf("a commit of a member that has left: %v, want %v", err, kafka.UnknownMemberId)
	}
}

// try is how long a generation of two members may take to come about before both ask again.
const try = 6 * time.Second

// settle makes a generation of two members. One of them may come when the other has already got a generation for itself, and a new coordinator may
// lose what it was asked: then both try again.
func settle(ctx context.Context, t *testing.T, first, second *rawMember) {
	t.Helper()
	both := func(do func(m *rawMember, ctx context.Context) error) error {
		ctx, cancel := context.WithTimeout(ctx, try)
		defer cancel()
		done := make(chan error, 2)
		for _, m := range []*rawMember{first, second} {
			go func() {
				err := do(m, ctx)
				if errors.Is(err, kafka.UnknownMemberId) {
					m.id = ""
				}
				done <- err
			}()
		}
		return errors.Join(<-done, <-done)
	}
	for {
		err := both((*rawMember).join)
		if err == nil {
			err = both((*rawMember).sync)
		}
		if err == nil && first.generation == second.generation {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("no generation of two members: %v", err)
		}
		t.Logf("generations %d and %d, %v: again", first.generation, second.generation, err)
	}
}

// await waits until the group has a coordinator, which takes a new cluster some seconds.
func (m *rawMember) await(ctx context.Context) error {
	for {
		resp, err := m.client.FindCoordinator(ctx, &kafka.FindCoordinatorRequest{Key: rejoined, KeyType: kafka.CoordinatorKeyTypeConsumer})
		if err == nil && resp.Error == nil {
			return nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		}
	}
}
