package bus

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"

	"github.com/segmentio/kafka-go/compress"
	"github.com/segmentio/kafka-go/compress/snappy"
	"github.com/segmentio/kafka-go/protocol"
	fetchAPI "github.com/segmentio/kafka-go/protocol/fetch"
)

// maxBatchBytes bounds one decompressed batch. Without a bound a batch of 115 kB
// takes 1 GiB.
const maxBatchBytes = 32 << 20

var errBomb = fmt.Errorf("batch decompresses to more than %d MiB", maxBatchBytes>>20)

// installCodecs bounds the codecs of kafka-go, sets the levels and has answers to
// Fetch decoded as fetchResponse, which kafka.Client.Fetch does not know. They
// are a table of the whole process, hence the once.
var installCodecs = sync.OnceFunc(func() {
	compress.SnappyCodec.Compression = snappy.FasterCompression
	compress.Codecs[compress.Zstd] = newZstdCodec()
	for i, codec := range compress.Codecs {
		if codec != nil {
			compress.Codecs[i] = boundedCodec{codec}
		}
	}
	protocol.Register(&fetchAPI.Request{}, &fetchResponse{})
})

type boundedCodec struct{ compress.Codec }

// NewReader implements compress.Codec.
func (c boundedCodec) NewReader(r io.Reader) io.ReadCloser {
	return &boundedReader{ReadCloser: c.Codec.NewReader(r), left: maxBatchBytes}
}

type boundedReader struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader; it fails once more than the bound has come.
func (r *boundedReader) Read(p []byte) (int, error) {
	room := r.left
	if room <= 0 { // exactly full is fine: only a further byte is too much
		room = 1
	}
	n, err := r.ReadCloser.Read(p[:min(room, len(p))])
	if n > 0 && r.left <= 0 {
		return 0, &decodeError{errBomb}
	}
	r.left -= n
	if err != nil && !errors.Is(err, io.EOF) {
		err = &decodeError{err}
	}
	return n, err
}

// decodeError is a failure to decompress, or to read what is decompressed.
type decodeError struct{ err error }

// Error returns what the codec says.
func (e *decodeError) Error() string { return "decompressing: " + e.err.Error() }

// Unwrap returns the cause.
func (e *decodeError) Unwrap() error { return e.err }

// isCorrupt tells damaged batches from damaged connections.
func isCorrupt(err error) bool {
	if _, ok := errors.AsType[*decodeError](err); !ok {
		return isChecksum(err)
	}
	_, network := errors.AsType[net.Error](err)
	return !network && !errors.Is(err, syscall.ECONNRESET)
}

// isChecksum tells kafka-go's complaint about a checksum, which has no type.
func isChecksum(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if strings.HasPrefix(err.Error(), "crc32 checksum mismatch") {
			return true
		}
	}
	return false
}
