package parse

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// walkAll returns what a walk visits, and whether all of doc is one document.
func walkAll(doc string) (values map[string]string, valid bool, err error) {
	var w walker
	values = map[string]string{}
	n, err := w.walk([]byte(doc), func(path, v []byte, _ jsonType) { values[string(path)] = string(v) })
	return values, err == nil && n == len(doc), err
}

var jsonSeeds = []string{
	``, ` `, `{}`, `[]`, `0`, `-0`, `01`, `1.`, `.5`, `1e`, `1e+5`, `-`, `"`, `"a`, `"\u12"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00\ud83d"`, `"\ud83dx"`,
	`"\x"`, "\"\x01\"", "\"\xff\"", `nul`, `null`, `true false`, `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[,1]`, `{"a":1}{`, `{"a":{"b":[1,"x",{"c":null},[2]]}}`,
	`{"":1}`, `{"a":1,"a":2}`, "\ufeff{}", `[[[[]]]]`, `{"a":1e999}`, `"\ud800\u0041"`, `[1,[2],3]`, "{\"a\":\"\u2028\"}", `{"a" :	1 }`,
}

// TestJSONValidity has the walker agree with encoding/json on what is JSON.
func TestJSONValidity(t *testing.T) {
	for _, doc := range jsonSeeds {
		if _, got, _ := walkAll(doc); got != json.Valid([]byte(doc)) {
			t.Errorf("%q: got %v, want %v", doc, got, json.Valid([]byte(doc)))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		tokens := rapid.SliceOfN(rapid.SampledFrom([]string{
			"{", "}", "[", "]", ",", ":", `"a"`, `"\n"`, `"\u00e9"`, `"\ud83d\ude00"`, "1", "-1.5e3", "true", "null", " ", `"`, `\`, "0", ".", "e", "x",
		}), 0, 12).Draw(t, "tokens")
		doc := strings.Join(tokens, "")
		if _, got, _ := walkAll(doc); got != json.Valid([]byte(doc)) {
			t.Fatalf("%q: got %v", doc, got)
		}
	})
}

// TestJSONValues has the walker agree with encoding/json on what strings mean.
func TestJSONValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, value := rapid.StringN(1, 8, 40).Draw(t, "key"), rapid.String().Draw(t, "value")
		doc, err := json.Marshal(map[string]any{"o": map[string]string{key: value}})
		if err != nil {
			t.Skip("drew text that JSON cannot hold")
		}
		got, ok, err := walkAll(string(doc))
		if !ok || got["o."+key] != value {
			t.Fatalf("%s: got %q, %v", doc, got, err)
		}
	})
	for doc, want := range map[string]string{
		`{"v":"\ud800"}`:                            "�",
		`{"v":"\ud800\u0041"}`:                      "�A",
		`{"v":"\ud83d\ude00"}`:                      "😀",
		`{"v":"\/\b\f\n\r\t\\"}`:                    "/\b\f\n\r\t\\",
		`{"v":[1,"b",true,null]}`:                   "1,b,true",
		`{"v":123456789012345678901234567890.5E-7}`: "123456789012345678901234567890.5E-7",
	} {
		if got, ok, _ := walkAll(doc); !ok || got["v"] != want {
			t.Errorf("%s: got %q, want %q", doc, got["v"], want)
		}
	}
}

func TestJSONDepth(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	if _, ok, err := walkAll(deep(maxDepth)); !ok {
		t.Errorf("depth %d: %v", maxDepth, err)
	}
	if _, _, err := walkAll(deep(maxDepth + 1)); !errors.Is(err, errJSONDepth) {
		t.Errorf("depth %d: got %v", maxDepth+1, err)
	}
	if _, _, err := walkAll(strings.Repeat(`{"a":`, 1<<20)); !errors.Is(err, errJSONDepth) {
		t.Errorf("a bomb: got %v", err)
	}
}

func FuzzJSON(f *testing.F) {
	for _, s := range jsonSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		_, got, err := walkAll(doc)
		if errors.Is(err, errJSONDepth) {
			return
		}
		if want := json.Valid([]byte(doc)); got != want {
			t.Fatalf("%q: got %v (%v), want %v", doc, got, err, want)
		}
	})
}
