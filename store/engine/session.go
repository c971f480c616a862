package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unsafe"
)

// prepare makes the session's settings and database those of a request, changing only what differs from the last one.
// After an error the session's state is unknown.
func (s *session) prepare(settings map[string]string, database string) error {
	change := map[string]string{}
	for name := range s.current {
		if _, ok := settings[name]; !ok {
			change[name] = s.base[name] // "" when it has none: the engine's default
		}
	}
	for name, value := range settings {
		if old, ok := s.current[name]; !ok || old != value {
			change[name] = value
		}
	}
	if err := s.set(change); err != nil {
		return err
	}
	s.current = maps.Clone(settings)
	if database == "default" {
		database = ""
	}
	if database == s.database {
		return nil
	}
	name := database
	if name == "" {
		name = "default"
	}
	if err := s.exec("USE `" + escape(name, '`') + "`"); err != nil {
		return err
	}
	s.database = database
	return nil
}

// set runs SET for each name; an empty value puts back the engine's default.
func (s *session) set(settings map[string]string) error {
	if len(settings) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("SET ")
	for i, name := range slices.Sorted(maps.Keys(settings)) {
		if !isSettingName(name) {
			return &Exception{Code: 115, Text: fmt.Sprintf("Code: 115. DB::Exception: Unknown setting %q. (UNKNOWN_SETTING)", name)}
		}
		if i > 0 {
			b.WriteString(", ")
		}
		if value := settings[name]; value == "" {
			b.WriteString(name + " = DEFAULT")
		} else {
			b.WriteString(name + " = '" + escape(value, '\'') + "'")
		}
	}
	return s.exec(b.String())
}

func isSettingName(name string) bool {
	for _, c := range []byte(name) {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return name != "" && (name[0] < '0' || name[0] > '9')
}

// escape makes text safe between quotes of the given kind.
func escape(text string, quote byte) string {
	return strings.NewReplacer(`\`, `\\`, string(quote), `\`+string(quote), "\x00", `\0`).Replace(text)
}

func (s *session) exec(sql string) error {
	r, err := s.query([]byte(sql), "Null", nil)
	if err != nil {
		return err
	}
	r.free()
	return nil
}

// The classes of chdb_query_class.
const (
	classRead = iota
	classChange
	classChangeGlobal
	classControl // changes the session or acts on the server
	classUnknown // does not parse
)

// classify asks the engine's parser what sql would do; nothing is run.
func (s *session) classify(sql []byte) (statements, class uint32) {
	if len(sql) == 0 {
		return 0, classUnknown
	}
	a := analysis{size: uint32(unsafe.Sizeof(analysis{}))}
	if s.lib.classifyC(*s.handle, unsafe.Pointer(&sql[0]), uintptr(len(sql)), nil, 0, &a) != 0 {
		return 0, classUnknown
	}
	return a.statements, a.class
}

// insert is an INSERT in progress: rows are appended in their format, then done commits. Its session is busy until
// close.
type insert struct {
	lib *library
	ptr uintptr
}

func (s *session) insert(sql []byte, format string, params []param) (*insert, error) {
	in := &insert{lib: s.lib, ptr: s.run(s.lib.insertC, sql, format, params)}
	if text := s.lib.insertErrorC(in.ptr); text != "" {
		in.close()
		return nil, parseException(text)
	}
	return in, nil
}

// append hands over a piece of the rows, cut anywhere; false says that the insert has failed and done knows why.
func (in *insert) append(b []byte) bool {
	return len(b) == 0 || in.lib.appendC(in.ptr, unsafe.Pointer(&b[0]), uintptr(len(b))) == 0
}

// done commits and returns the counts.
func (in *insert) done() (*result, error) { return in.lib.result(in.lib.doneC(in.ptr)) }

// abort gives up: blocks that were written already stay, as in any ClickHouse.
func (in *insert) abort() { in.lib.abortC(in.ptr) }

func (in *insert) close() { in.lib.destroyInsC(in.ptr) }
