package bus

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
)

// longSession outlasts a machine that stands still for some seconds, where a test is not about sessions that end.
const longSession = time.Minute

// member runs RunGroup until the test ends or stop is called, and sends each
// lease on a channel.
type member struct {
	leases chan *Lease
	stop   func()
}

func join(t *testing.T, c *Client, group string) *member {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	m := &member{leases: make(chan *Lease, 16)}
	done := make(chan error, 1)
	go func() {
		done <- c.RunGroup(ctx, group, func(ctx context.Context, l *Lease) error {
			m.leases <- l
			<-ctx.Done()
			return context.Cause(ctx)
		})
	}()
	stopped := false
	m.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("run group: %v", err)
			}
		case <-time.After(limit):
			t.Error("run group does not end")
		}
	}
	t.Cleanup(m.stop)
	return m
}

// await returns the first lease with n lanes.
func (m *member) await(t *testing.T, n int) *Lease {
	t.Helper()
	timeout := time.After(limit)
	for {
		select {
		case l := <-m.leases:
			if len(l.Lanes()) == n {
				return l
			}
		case <-timeout:
			t.Fatalf("no lease of %d lanes", n)
		}
	}
}

func testLease(t *testing.T, k server) {
	c, site := connect(t, k)
	c.session = longSession
	ctx := deadline(t)
	l := join(t, c, site).await(t, 4)
	if got := l.Lanes(); !slices.Equal(got, []int{0, 1, 2, 3}) {
		t.Errorf("lanes %v", got)
	}
	if off, md, err := l.Committed(ctx, 2); off != -1 || md != "" || err != nil {
		t.Errorf("before any commit: %d %q %v", off, md, err)
	}
	longest := strings.Repeat("é", MaxMetadata/2)
	for i, md := range []string{"intent", "", longest} {
		if err := l.Commit(ctx, 2, int64(i), md); err != nil {
			t.Fatal(err)
		}
		if off, got, err := l.Committed(ctx, 2); off != int64(i) || got != md || err != nil {
			t.Errorf("committed: %d %q %v, want %d %q", off, got, err, i, md)
		}
	}
	if err := l.Commit(ctx, 2, 9, longest+"x"); err == nil {
		t.Error("a commit of 4097 bytes was taken")
	}
	if err := l.Commit(ctx, 4, 9, ""); err == nil {
		t.Error("a commit of a lane that is not ours was taken")
	}
	if err := l.Commit(ctx, 2, 10, "goes on"); err != nil {
		t.Errorf("refusing on our side must not end the lease: %v", err)
	}
}

func testTwoMembersSplitLanes(t *testing.T, k server) {
	a, site := connect(t, k)
	b, _ := connect(t, k)
	a.session, b.session = longSession, longSession
	ctx := deadline(t)
	ma := join(t, a, site)
	old := ma.await(t, 4)
	mb := join(t, b, site)
	la, lb := ma.await(t, 2), mb.await(t, 2)
	all := append(la.Lanes(), lb.Lanes()...)
	slices.Sort(all)
	if !slices.Equal(all, []int{0, 1, 2, 3}) {
		t.Errorf("lanes %v and %v", la.Lanes(), lb.Lanes())
	}
	lane := lb.Lanes()[0]
	if err := lb.Commit(ctx, lane, 5, "new"); err != nil {
		t.Fatal(err)
	}
	// The first lease held that lane; now it is fenced, and stays so.
	if err := old.Commit(ctx, lane, 4, "zombie"); !errors.Is(err, ErrFenced) {
		t.Errorf("zombie: %v", err)
	}
	if err := old.Commit(ctx, lane, 4, "zombie"); !errors.Is(err, ErrFenced) {
		t.Errorf("zombie again: %v", err)
	}
	if off, md, err := la.Committed(ctx, lane); off != 5 || md != "new" || err != nil {
		t.Errorf("committed %d %q %v", off, md, err)
	}
	mb.stop()
	if got := ma.await(t, 4); got.Member() != la.Member() {
		t.Errorf("a clean rebalance changed member %s to %s", la.Member(), got.Member())
	}
}

func testErrorJoinsAsNewMember(t *testing.T, k server) {
	c, site := connect(t, k)
	ctx := deadline(t)
	var members []string
	boom := errors.New("boom")
	err := c.RunGroup(ctx, site, func(_ context.Context, l *Lease) error {
		members = append(members, l.Member())
		switch len(members) {
		case 1:
			return boom
		case 2:
			panic("boom")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(members)
	if len(slices.Compact(members)) != 3 {
		t.Errorf("members %v", members)
	}
}

// A clean stop leaves time for a last commit under the same lease.
func testLastCommit(t *testing.T, k server) {
	c, site := connect(t, k)
	c.session = longSession
	ctx, cancel := context.WithCancel(t.Context())
	err := c.RunGroup(ctx, site, func(ctx context.Context, l *Lease) error {
		cancel()
		<-ctx.Done()
		return l.Commit(context.WithoutCancel(ctx), 1, 42, "closed")
	})
	if err != nil {
		t.Fatal(err)
	}
	if off, md, err := c.Committed(deadline(t), site, 1); off != 42 || md != "closed" || err != nil {
		t.Errorf("committed %d %q %v", off, md, err)
	}
}

func testNoLanes(t *testing.T, k server) {
	c, err := New(Config{Brokers: []string{k.Addr()}}, quiet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.RunGroup(deadline(t), "nobody", func(context.Context, *Lease) error { return nil })
	if !errors.Is(err, ErrNoTopic) {
		t.Errorf("got %v", err)
	}
}

// A real broker keeps the limits that we keep to, and would refuse what we refuse; the embedded one would not.
func testLimits(t *testing.T, k server) {
	c, site := connect(t, k)
	ctx := deadline(t)
	l := join(t, c, site).await(t, 4)
	longest := strings.Repeat("x", MaxMetadata)
	if err := l.commit(ctx, 0, 1, longest); err != nil {
		t.Errorf("%d bytes: %v", MaxMetadata, err)
	}
	if err := l.commit(ctx, 0, 2, longest+"x"); !errors.Is(err, kafka.OffsetMetadataTooLarge) {
		t.Errorf("%d bytes: got %v, want %v", MaxMetadata+1, err, kafka.OffsetMetadataTooLarge)
	}
	if off, md, err := l.Committed(ctx, 0); off != 1 || md != longest || err != nil {
		t.Errorf("committed: %d, %d bytes, %v", off, len(md), err)
	}
	// The fence is generation and membership together.
	for name, zombie := range map[string]*Lease{
		"older generation": {client: c, group: site, member: l.member, generation: l.generation - 1},
		"later generation": {client: c, group: site, member: l.member, generation: l.generation + 1},
		"other member":     {client: c, group: site, member: "other", generation: l.generation},
		"no member":        {client: c, group: site, generation: -1},
	} {
		if err := zombie.commit(ctx, 0, 9, "zombie"); !errors.Is(err, ErrFenced) {
			t.Errorf("%s: got %v, want %v", name, err, ErrFenced)
		}
	}
}
