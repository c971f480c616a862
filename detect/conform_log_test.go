package detect

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"time"

	"frontfoot/detect/incident"
	"frontfoot/detect/verdict"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
)

// storeRows makes rows of what a batch says; all that depends on the state is in their values.
func storeRows(b *Batch) []storeRow {
	var rows []storeRow
	for i := range b.Sites {
		o := &b.Sites[i]
		for _, m := range o.Messages {
			for k := range m.Events.Rows() {
				rows = append(rows, storeRow{
					part: int(m.Offset) % 2, key: fmt.Sprintf("%s event %s/%d", o.Site, m.Epoch[:4], m.Seq0+uint64(k)),
					value: fmt.Sprint(m.Scores[k], m.Models[k], m.Offset, int(m.Row0)+k),
				})
			}
		}
		for _, e := range o.Ledger {
			rows = append(rows, storeRow{2, fmt.Sprintf("%s ledger %s %.4s/%d %s %d", o.Site, e.Kind, e.Epoch, e.Seq, e.Reason, e.First), fmt.Sprint(e)})
		}
		for _, f := range o.Findings {
			rows = append(rows, storeRow{2, fmt.Sprintf("%s finding %s", o.Site, f.ID), fmt.Sprint(f)})
		}
		for _, v := range o.Incidents {
			rows = append(rows, storeRow{2, fmt.Sprintf("%s incident %s %d", o.Site, v.ID, v.Number), fmt.Sprint(v)})
		}
		if k := o.Kept; k != nil {
			rows = append(rows, storeRow{2, fmt.Sprint(o.Site, keptPart, k.Offset), fmt.Sprintf("%d %x", k.Time, sha256.Sum256(k.Snapshot))})
		}
		for _, v := range o.Verdicts {
			rows = append(rows, storeRow{2, verdictKey(o.Site, v.Offset), fmt.Sprint(v, " before ", v.At)})
		}
	}
	return rows
}

// keptPart marks rows of kept states: when one is kept follows from the batches, so that nobody can say beforehand which there will be.
const keptPart = " kept "

func verdictKey(site string, offset int64) string { return fmt.Sprintf("%s verdict %d", site, offset) }

// conformLog is the log of two sites: events, some that come again and some that never do, notes, ticks, a damaged message, and verdicts.
func conformLog(messages int) map[string][]bus.Message {
	log := map[string][]bus.Message{}
	add := func(topic string, env bus.Envelope, value []byte) {
		env.Size = uint32(len(value))
		log[topic] = append(log[topic], bus.Message{Offset: int64(len(log[topic])), Headers: env.Headers(), Value: value})
	}
	for n, site := range []string{"ashford", "northmoor"} {
		topic, epoch := bus.RawTopic(site), [16]byte{byte(n + 1)}
		seq, note := uint64(0), uint64(0)
		for i := range messages {
			switch rows := 1 + i%3; {
			case i%11 == 7:
				value, _ := ledger.Encode([]ledger.Entry{{Kind: ledger.Tick, First: int64(i), Last: int64(i) * 1e9}, {Kind: ledger.Taken, First: int64(i), Rows: seq}})
				add(topic, bus.Envelope{Epoch: epoch, Seq0: seq, IsNote: true, Note: note}, value)
				note++
			case i%13 == 5: // came already, in part
				add(topic, bus.Envelope{Epoch: epoch, Seq0: seq - 1, N: 2}, conformEvents(site, seq-1, 2))
				seq++
			case i%17 == 9:
				add(topic, bus.Envelope{Epoch: epoch, Seq0: seq, N: 1}, []byte("no Arrow"))
				seq++
			case i%19 == 11: // two never came
				seq += 2
				fallthrough
			default:
				add(topic, bus.Envelope{Epoch: epoch, Seq0: seq, N: uint32(rows)}, conformEvents(site, seq, rows))
				seq += uint64(rows)
			}
		}
		for i, says := range []string{verdict.Confirmed, verdict.Confirmed, verdict.Nothing, verdict.Confirmed} {
			v := Verdict{Incident: fmt.Sprint("i", i%2), Verdict: says, Time: int64(i) * 1e9, Scope: conformScope(site, i)}
			value, err := v.Encode()
			if err != nil {
				panic(err)
			}
			log[bus.CtlTopic(site)] = append(log[bus.CtlTopic(site)], bus.Message{Offset: int64(i), Value: value})
		}
	}
	return log
}

// A stateKey is what a kept state is asked for by.
type stateKey struct {
	site         string
	time, offset int64
}

// withRollback adds to the log of two sites that each is put back to what it knew after some messages, and returns these states.
func withRollback(log map[string][]bus.Message) map[stateKey][]byte {
	states := map[stateKey][]byte{}
	for _, name := range []string{"ashford", "northmoor"} {
		site, _ := conformSite(name)
		for _, msg := range log[bus.RawTopic(name)][:9] {
			rec := openRecord(&msg, nil)
			rec.take(site, &Output{})
		}
		r := Rollback{To: site.clock.now, State: 9}
		state := site.Snapshot()
		r.SHA256 = sha256.Sum256(state)
		value, err := r.Encode()
		if err != nil {
			panic(err)
		}
		states[stateKey{name, r.To, r.State}] = state
		controls := log[bus.CtlTopic(name)]
		log[bus.CtlTopic(name)] = append(controls, bus.Message{Offset: int64(len(controls)), Value: value})
	}
	return states
}

// conformScope is what a user is new with: rows of a user that is confirmed are not learned, so that every score after it says where the verdict stood.
func conformScope(site string, user int) incident.Scope {
	s, _ := conformSite(site)
	for i, f := range s.events.Layout().Fields {
		if f.Name == "user.name" {
			hash := s.key.Hash(uint64(i+1), fmt.Sprint("user", user))
			return incident.Scope{Entities: []string{"user.name=x"}, Reasons: []incident.Reason{{Field: f.Name, Values: []uint64{hash}}}}
		}
	}
	panic("no users")
}

func conformEvents(site string, seq uint64, n int) []byte {
	b := event.NewBuilder()
	for k := range uint64(n) {
		at := int64(seq+k) * int64(time.Hour)
		b.SetTime(event.Time, at)
		b.SetTime(event.Received, at)
		b.SetString(event.Dataset, "test")
		b.SetString(event.UserName, fmt.Sprint("user", (seq+k)%7))
		b.SetString(event.SourceIP, fmt.Sprint("10.0.0.", (seq+k)*(seq+k)%11))
		b.SetString(event.Message, fmt.Sprint(site, " did ", (seq+k)%5, " of ", (seq+k)%3))
		b.End()
	}
	var value bytes.Buffer
	if err := event.Encode(&value, b.Batch()); err != nil {
		panic(err)
	}
	return value.Bytes()
}

// spoken is where the topic of a position ends by now.
func (w *world) spoken(p bus.Position, end int64) int64 {
	site, _ := bus.SiteOf(p.Topic)
	switch {
	case w.paced == nil:
	case p.Topic == bus.RawTopic(site):
		w.paced[site] = max(w.paced[site], p.Offset)
	case p.Topic == bus.CtlTopic(site):
		return min(end, w.paced[site]/6)
	}
	return end
}
