package engine

import (
	"bytes"
	"context"
	"encoding/json"
)

// describe makes a Native block without rows for the columns of a query whose answer is empty; nil when the query has
// no columns, like CREATE.
func (e *Engine) describe(ctx context.Context, req Request, revision int) []byte {
	st := parseStatement(req.SQL)
	if !st.selects {
		return nil
	}
	req.SQL = append(append([]byte("DESCRIBE TABLE ("), st.bare...), "\n)"...)
	req.Format = "JSONCompactEachRow"
	req.Whole = true
	r, err := e.Query(ctx, req)
	if err != nil {
		return nil
	}
	defer r.Close()
	b, err := r.Next()
	if err != nil {
		return nil
	}
	var names, types []string
	for line := range bytes.Lines(b) {
		var row []any
		if json.Unmarshal(line, &row) != nil || len(row) < 2 {
			return nil
		}
		name, okName := row[0].(string)
		kind, okKind := row[1].(string)
		if !okName || !okKind {
			return nil
		}
		names, types = append(names, name), append(types, kind)
	}
	return nativeColumns(names, types, revision)
}
