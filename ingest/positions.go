package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"frontfoot/ingest/line"
	"frontfoot/ingest/spool"
	"frontfoot/ingest/tail"
)

// adoptBytes is how much of positions is written before it is made durable: nobody else does before Run, and the spool does not take for ever.
const adoptBytes = 1 << 20

// adoptPositions takes the positions that an earlier version kept in one file into the spools, and puts the file aside.
func (c *Collector) adoptPositions(path string) error {
	scopes, err := tail.ReadPositions(path)
	if err != nil || scopes == nil {
		return err
	}
	for _, pipe := range c.pipes {
		for scope, positions := range scopes {
			if site, _, _ := strings.Cut(scope, "/"); site != pipe.site {
				continue
			}
			if err := pipe.adopt(positions); err != nil {
				return fmt.Errorf("taking file positions into the spool: %w", err)
			}
		}
		pipe.positions = tail.NewPositions(pipe.spool.Positions())
	}
	if err := os.Rename(path, path+".old"); err != nil {
		return fmt.Errorf("putting old file positions aside: %w", err)
	}
	return nil
}

// maxRemoved is how many file positions a site keeps of inputs that are not configured any more: one that is put back goes on where it stopped.
const maxRemoved = 1000

// boundPositions forgets the oldest positions of inputs that are not configured any more. On a full spool the next start does.
func (c *Collector) boundPositions() error {
	for _, pipe := range c.pipes {
		old := pipe.positions.Bound(c.follows, maxRemoved)
		if err := pipe.write(old); err != nil && !errors.Is(err, spool.ErrFull) {
			return fmt.Errorf("forgetting file positions of removed inputs: %w", err)
		}
		if len(old) > 0 {
			c.logger.Info("forgot file positions of removed inputs", "site", pipe.site, "positions", len(old))
		}
	}
	return nil
}

// follows reports whether a file that an input of that name read is read now, by it or by one that has another name since.
func (c *Collector) follows(scope, name, path string) bool {
	return slices.ContainsFunc(c.cfg.Inputs, func(in Input) bool {
		return in.Type == TypeFile && scopeOf(&in) == scope && (in.Name == name || slices.ContainsFunc(in.Paths, func(pattern string) bool {
			match, err := filepath.Match(pattern, path)
			return match && err == nil
		}))
	})
}

// adopt writes positions into the spool, those that it does not know.
func (p *pipeline) adopt(positions []line.Position) error {
	known := map[string]bool{}
	for _, have := range p.spool.Positions() {
		known[have.Key] = true
	}
	return p.write(slices.DeleteFunc(positions, func(pos line.Position) bool { return known[pos.Key] }))
}

// write makes positions durable.
func (p *pipeline) write(positions []line.Position) error {
	written := 0
	for _, pos := range positions {
		if written += len(pos.Key) + len(pos.Value); written >= adoptBytes {
			if err := p.spool.Commit(); err != nil {
				return err
			}
			written = 0
		}
		if _, err := p.spool.Append(context.Background(), spool.Source{}, &line.Chunk{Position: pos, Droppable: true}); err != nil {
			return err
		}
	}
	return p.spool.Commit()
}
