package bus

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/offsetcommit"
	"github.com/segmentio/kafka-go/protocol/produce"
)

// maxDead bounds how many dead connections of the pool one request may meet.
const maxDead = 16

// retrier repeats requests that met a connection which the broker had closed
// meanwhile: after a restart of the broker kafka-go's pool is full of them.
type retrier struct{ next kafka.RoundTripper }

// RoundTrip implements kafka.RoundTripper.
func (r retrier) RoundTrip(ctx context.Context, addr net.Addr, req kafka.Request) (kafka.Response, error) {
	for dead := 0; ; dead++ {
		resp, err := r.next.RoundTrip(ctx, addr, req)
		if dead == maxDead || !isDead(err) || ctx.Err() != nil || once(req) {
			return resp, err
		}
	}
}

// once tells the requests that must not be repeated here: the records of a
// produce request are used up by the first attempt, and kafka-go takes an empty
// request for a success; a commit may have arrived.
func once(req kafka.Request) bool {
	switch req.(type) {
	case *produce.Request, *offsetcommit.Request:
		return true
	default:
		return false
	}
}

func isDead(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
