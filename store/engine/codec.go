package engine

import (
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"

	"github.com/ClickHouse/ch-go/compress"
	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// decoders open a body of each Content-Encoding. Each decodes as it is read, in bounded memory.
var decoders = map[string]func(io.Reader) (io.Reader, error){
	"gzip":    func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	"deflate": func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) },
	"br":      func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	"lz4":     func(r io.Reader) (io.Reader, error) { return lz4.NewReader(r), nil },
	"zstd": func(r io.Reader) (io.Reader, error) {
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(64<<20))
	},
}

// encoders compress an answer in each Content-Encoding; what is taken first when a client takes several: see
// chooseEncoding.
var encoders = map[string]func(io.Writer) (io.WriteCloser, error){
	"gzip":    func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestSpeed) },
	"deflate": func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriterLevel(w, zlib.BestSpeed) },
	"br":      func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriterLevel(w, brotli.BestSpeed), nil },
	"lz4":     func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil },
	"zstd": func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	},
}

// chooseEncoding picks from an Accept-Encoding header the cheapest that the endpoint knows; "" is none.
func chooseEncoding(accept string) string {
	offered := map[string]bool{}
	for part := range strings.SplitSeq(accept, ",") {
		name, q, _ := strings.Cut(part, ";")
		if q = strings.ReplaceAll(q, " ", ""); q != "q=0" && q != "q=0.0" {
			offered[strings.ToLower(strings.TrimSpace(name))] = true
		}
	}
	for _, name := range []string{"zstd", "lz4", "gzip", "deflate", "br"} {
		if offered[name] {
			return name
		}
	}
	return ""
}

// decode opens a body in the named Content-Encoding; "" and identity are as they are.
func decode(body io.Reader, encoding string) (io.Reader, error) {
	if encoding = strings.ToLower(encoding); encoding == "" || encoding == "identity" {
		return body, nil
	}
	open, ok := decoders[encoding]
	if !ok {
		return nil, exception(89, "UNKNOWN_COMPRESSION_METHOD", "Unknown Content-Encoding "+encoding+" of the request: gzip, deflate, br, zstd and lz4 are known")
	}
	return open(body)
}

// framedReader reads ClickHouse's own compression framing (decompress=1): blocks with a checksum.
type framedReader struct{ r *compress.Reader }

func newFramedReader(r io.Reader) io.Reader { return framedReader{compress.NewReader(r)} }

func (f framedReader) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	// The library wraps the end of input in the name of what it was reading: only before a header is it a good end.
	if strings.Contains(err.Error(), "header") {
		return n, io.EOF
	}
	return n, io.ErrUnexpectedEOF
}

// framedBlock is the largest block that framedWriter writes, as ClickHouse's own.
const framedBlock = 1 << 20

// framedWriter writes ClickHouse's own compression framing (compress=1).
type framedWriter struct {
	w io.Writer
	c *compress.Writer
}

func newFramedWriter(w io.Writer, method string) *framedWriter {
	m := compress.LZ4
	if strings.EqualFold(method, "ZSTD") {
		m = compress.ZSTD
	}
	return &framedWriter{w: w, c: compress.NewWriter(compress.LevelZero, m)}
}

func (f *framedWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		n := min(len(p), framedBlock)
		if err := f.c.Compress(p[:n]); err != nil {
			return written, err
		}
		if _, err := f.w.Write(f.c.Data); err != nil {
			return written, err
		}
		written += n
		p = p[n:]
	}
	return written, nil
}

// Close has nothing to do: each block is whole.
func (f *framedWriter) Close() error { return nil }
