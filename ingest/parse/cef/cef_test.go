package cef

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestCEF(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
		err  error
	}{
		{
			`CEF:0|Sec\|urity|gate|1.0|100|stopped a \\ worm|10|src=10.0.0.1 msg=a=b and more  cs1Label=Rule Name cs1=x y act=block\=ed empty= last=1 `,
			[]string{
				"cef.vendor=Sec|urity", "cef.product=gate", "cef.version=1.0", "cef.class=100", `cef.name=stopped a \ worm`, "cef.severity=10",
				"src=10.0.0.1", "msg=a=b and more", "Rule Name=x y", "act=block=ed", "empty=", "last=1",
			},
			nil,
		},
		{`CEF:0|v|p|1|2|n|5`, []string{"cef.vendor=v", "cef.product=p", "cef.version=1", "cef.class=2", "cef.name=n", "cef.severity=5"}, nil},
		{`CEF:0|v|p|1`, []string{"cef.vendor=v", "cef.product=p", "cef.version=1"}, ErrCut},
		{`CEF:0|v|p|1|2|n|5|a=1 b`, []string{"cef.vendor=v", "cef.product=p", "cef.version=1", "cef.class=2", "cef.name=n", "cef.severity=5", "a=1 b"}, nil},
		{
			`CEF:0|v|p|1|2|n|5|a=1\ b=2 c==x d =3`,
			[]string{"cef.vendor=v", "cef.product=p", "cef.version=1", "cef.class=2", "cef.name=n", "cef.severity=5", `a=1\`, "b=2", "c==x d =3"},
			nil,
		},
		{`nothing`, nil, ErrHeader},
	} {
		var w Walker
		var got []string
		err := w.CEF([]byte(c.text), func(k, v []byte) { got = append(got, string(k)+"="+string(v)) })
		if !slices.Equal(got, c.want) || !errors.Is(err, c.err) {
			t.Errorf("%s:\ngot  %q, %v\nwant %q, %v", c.text, got, err, c.want, c.err)
		}
	}
}

// Labels beyond those that are heeded stay what they are, and so do their pairs.
func TestLabelsAreBounded(t *testing.T) {
	text := "CEF:0|||||||"
	for i := range maxLabels + 1 {
		text += fmt.Sprintf("c%dLabel=name%d c%d=%d ", i, i, i, i)
	}
	var w Walker
	var got []string
	if err := w.CEF([]byte(text), func(k, v []byte) { got = append(got, string(k)+"="+string(v)) }); err != nil {
		t.Fatal(err)
	}
	if got, want := got[maxLabels-1:], []string{"name63=63", "c64Label=name64", "c64=64"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLEEF(t *testing.T) {
	head := []string{"leef.vendor=v", "leef.product=p", "leef.version=1", "leef.event=41"}
	for text, want := range map[string][]string{
		"LEEF:1.0|v|p|1|41|src=1.2.3.4\tname=a b\t=x\tend":   {"src=1.2.3.4", "name=a b"},
		"LEEF:2.0|v|p|1|41|^|src=1.2.3.4^url=http://x/?a=b^": {"src=1.2.3.4", "url=http://x/?a=b"},
		"LEEF:2.0|v|p|1|41|0x7c|src=1.2.3.4|dst=2":           {"src=1.2.3.4", "dst=2"},
		"LEEF:2.0|v|p|1|41|src=1.2.3.4\tdst=5.6.7.8":         {"src=1.2.3.4", "dst=5.6.7.8"},
		"LEEF:1.0|v|p|1|41|src=1.2.3.4 name=a b dst=5.6.7.8": {"src=1.2.3.4", "name=a b", "dst=5.6.7.8"},
	} {
		var w Walker
		var got []string
		if err := w.LEEF([]byte(text), func(k, v []byte) { got = append(got, string(k)+"="+string(v)) }); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if want = slices.Concat(head, want); !slices.Equal(got, want) {
			t.Errorf("%q:\ngot  %q\nwant %q", text, got, want)
		}
	}
}

func FuzzCEF(f *testing.F) {
	f.Add([]byte(`CEF:0|v|p|1|2|n|5|a=1 cs1Label=x cs1=y\=z`))
	f.Add([]byte("LEEF:2.0|v|p|1|41|^|src=1.2.3.4^x=y"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var w Walker
		total := 0
		visit := func(_, v []byte) { total += len(v) }
		_ = w.CEF(text, visit)
		_ = w.LEEF(text, visit)
		if total > 2*len(text) {
			t.Errorf("%d bytes of values out of %d", total, len(text))
		}
	})
}
