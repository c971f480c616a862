// Package benchmarks measures frontfoot: its stages one by one (go test -bench), the whole chain through the built binary, and how well
// it finds the attacks of package gen (go test -run Scenarios). Nothing imports it.
package benchmarks
