package gen

// Times are nanoseconds since 1970 UTC.
const (
	second int64 = 1e9
	minute       = 60 * second
	hour         = 60 * minute
	day          = 24 * hour
)

// An entry is a thing to come: a finished line (id >= 0, the number of its buffer) or a process to run (^id).
type entry struct {
	at int64
	n  uint64 // order of entry: what came first goes first at the same time
	id int32
}

func (a entry) before(b entry) bool { return a.at < b.at || a.at == b.at && a.n < b.n }

// A queue holds what is to come, in order of time. Its line buffers are used again and again.
type queue struct {
	heap  []entry
	n     uint64
	bufs  [][]byte
	marks []mark
	free  []int32
	last  int32 // buffer given out by take, -1 for none
	mark  mark  // of the lines that are put now
}

// A mark says which attack a line belongs to, and which step of it. It is empty for ordinary life.
type mark struct {
	play int // from 1
	step string
}

func newQueue() *queue { return &queue{last: -1} }

// buf returns an empty buffer for a line; put must follow before the next buf.
func (q *queue) buf() []byte {
	if len(q.free) == 0 {
		q.free = append(q.free, int32(len(q.bufs)))
		q.bufs = append(q.bufs, make([]byte, 0, 768))
		q.marks = append(q.marks, mark{})
	}
	return q.bufs[q.free[len(q.free)-1]][:0]
}

// put enters the line that was written into buf's buffer.
func (q *queue) put(at int64, b []byte) {
	id := q.free[len(q.free)-1]
	q.free = q.free[:len(q.free)-1]
	q.bufs[id], q.marks[id] = b, q.mark
	q.push(at, id)
}

// take removes the first entry, which must be a line. Its text holds until the next take.
func (q *queue) take() (at int64, text []byte, m mark) {
	if q.last >= 0 {
		q.free = append(q.free, q.last)
	}
	e := q.pop()
	q.last = e.id
	return e.at, q.bufs[e.id], q.marks[e.id]
}

func (q *queue) push(at int64, id int32) {
	e := entry{at: at, n: q.n, id: id}
	q.n++
	q.heap = append(q.heap, e)
	i := len(q.heap) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !e.before(q.heap[up]) {
			break
		}
		q.heap[i] = q.heap[up]
		i = up
	}
	q.heap[i] = e
}

func (q *queue) pop() entry {
	top := q.heap[0]
	last := len(q.heap) - 1
	e := q.heap[last]
	q.heap = q.heap[:last]
	i := 0
	for {
		child := 2*i + 1
		if child >= last {
			break
		}
		if child+1 < last && q.heap[child+1].before(q.heap[child]) {
			child++
		}
		if !q.heap[child].before(e) {
			break
		}
		q.heap[i] = q.heap[child]
		i = child
	}
	if last > 0 {
		q.heap[i] = e
	}
	return top
}
