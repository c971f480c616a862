package faults

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"frontfoot/detect"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
	"frontfoot/store"
)

// golden is the database of the undisturbed run.
const golden = "golden"

// goldenRun reads the whole log of the sites, one after the other, without group, lease, intent or checkpoint, and writes what detection says of it into a
// database of its own: what the workers should have written.
func (r *region) goldenRun(ctx context.Context, sites []string) (err error) {
	if _, err := r.query(ctx, "DROP DATABASE IF EXISTS "+golden); err != nil {
		return err
	}
	s, err := r.openStore(ctx, golden)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	for _, site := range sites {
		if err := r.goldenSite(ctx, s, site); err != nil {
			return fmt.Errorf("undisturbed run of %s: %w", site, err)
		}
	}
	return nil
}

func (r *region) goldenSite(ctx context.Context, s *store.Store, site string) error {
	key, err := r.siteKey(site)
	if err != nil {
		return err
	}
	state := detect.NewSite(site, key, settings())
	topic := bus.RawTopic(site)
	first, end, err := r.bus.Offsets(ctx, topic)
	if err != nil {
		return err
	}
	for at := first; at < end; {
		got, err := r.bus.Fetch(ctx, topic, at, bus.FetchOptions{})
		if err != nil {
			return err
		}
		out := detect.Output{Site: site}
		for i := range got.Messages {
			m := &got.Messages[i]
			at = m.Offset + 1
			take(state, m, &out)
		}
		if out.Empty() {
			continue
		}
		refused, err := s.Write(ctx, &detect.Batch{Token: fmt.Sprintf("golden/%s/%d", site, at), Sites: []detect.Output{out}})
		if err != nil {
			return err
		}
		if len(refused) > 0 {
			return refused[0].Err
		}
	}
	return nil
}

// take gives a message to a state, as a worker does.
func take(s *detect.Site, m *bus.Message, out *detect.Output) {
	env, err := bus.ParseEnvelope(m.Headers)
	if err != nil {
		s.Broken(detect.Broken{Offset: m.Offset, Reason: err.Error()}, out)
		return
	}
	epoch := hex.EncodeToString(env.Epoch[:])
	broken := func(err error) {
		s.Broken(detect.Broken{Offset: m.Offset, Reason: err.Error(), Numbered: true, Epoch: epoch, Seq0: env.Seq0, N: env.N, IsNote: env.IsNote, Note: env.Note}, out)
	}
	if env.IsNote {
		entries, err := ledger.Decode(m.Value)
		if err != nil {
			broken(err)
			return
		}
		s.Note(detect.Note{Epoch: epoch, Number: env.Note, Seq: env.Seq0, Offset: m.Offset, Entries: entries}, out)
		return
	}
	batch, err := event.Decode(m.Value)
	if err == nil && (batch.Rows() != int(env.N) || batch.Rows() > len(m.Value)) {
		err = errors.New("it does not hold what it names")
	}
	if err != nil {
		broken(err)
		return
	}
	takeEvents(s, &detect.Message{Epoch: epoch, Seq0: env.Seq0, Offset: m.Offset, Events: batch}, out)
}

// siteKey is a site's key, made of the region's as the workers make it.
func (r *region) siteKey(site string) (key [16]byte, err error) {
	text, err := os.ReadFile(r.key)
	if err != nil {
		return key, err
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		return key, err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(site))
	copy(key[:], mac.Sum(nil))
	return key, nil
}

// tables are what the undisturbed run is compared in, with the columns that tell when a row was written left out.
func tables() map[string]string {
	return map[string]string{"events": "* EXCEPT (expires)", "findings": "* EXCEPT (inserted, expires)", "incident_versions": "* EXCEPT (inserted, expires)"}
}

// print is how many rows a table has and a sum of their hashes: the same rows in whatever order have the same, and a row twice has another.
func (r *region) print(ctx context.Context, database, table string) (string, error) {
	return r.query(ctx, fmt.Sprintf("SELECT count(), sum(cityHash64(formatRow('TSV', %s))) FROM %s.%s", tables()[table], database, table))
}
