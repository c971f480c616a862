package xml

import (
	"errors"
	"slices"
	"testing"
)

func walk(text string) (got []string, err error) {
	var w Walker
	err = w.Walk([]byte(text), func(path, value []byte) { got = append(got, string(path)+"="+string(value)) })
	return got, err
}

func TestWalk(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
		err  error
	}{
		{
			`<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Sec' Guid='{1}'/><EventID Qualifiers="0">4624</EventID><Empty/></System>` +
				`<EventData><Data Name='User'>a &amp; b&#x41;</Data><Data>x</Data><Data>y</Data><Data Name="None"></Data></EventData></Event>`,
			[]string{"System.Provider@Guid={1}", "System.Provider@Name=Sec", "System.EventID@Qualifiers=0", "System.EventID=4624", "EventData.User=a & bA", "EventData.Data.0=x", "EventData.Data.1=y", "EventData.Data@Name=None"},
			nil,
		},
		{`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><a><!-- c --><b><![CDATA[<x>]]></b></a>`, nil, ErrSyntax},
		{`<?xml version="1.0"?><n:a><!-- c --><n:b><![CDATA[<x>]]></n:b></n:a>`, []string{"b=<x>"}, nil},
		{`<a><b>1</b><c`, []string{"b=1"}, ErrCut},
		{`<a><b>1</b><c>cut off`, []string{"b=1", "c=cut off"}, ErrCut},
		{`<a/>tail`, nil, ErrRest},
		{`text`, nil, ErrSyntax},
		{``, nil, ErrSyntax},
		{`<a x=1/>`, nil, ErrSyntax},
		{`<a x='&unknown;&#0;'/>`, []string{"@x=&unknown;&#0;"}, nil},
	} {
		got, err := walk(c.text)
		if !slices.Equal(got, c.want) || !errors.Is(err, c.err) {
			t.Errorf("%s:\ngot  %q, %v\nwant %q, %v", c.text, got, err, c.want, c.err)
		}
	}
}

func FuzzWalk(f *testing.F) {
	f.Add([]byte(`<Event><System><EventID>1</EventID></System><EventData><Data Name='a'>&lt;</Data></EventData></Event>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var w Walker
		total := 0
		_ = w.Walk(text, func(_, value []byte) { total += len(value) })
		if total > 16*len(text) {
			t.Errorf("%d bytes of values out of %d", total, len(text))
		}
	})
}
