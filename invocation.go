package main

import (
	"os"
	"strings"
	"unicode"
)

// command is how the user calls frontfoot with the same configuration and data folder, as a shell takes it.
func (g *globals) command() string {
	words := os.Args[:1:1]
	if g.ConfigFile != "" {
		words = append(words, "--config", g.ConfigFile)
	}
	if g.Data != "" {
		words = append(words, "--data", g.Data)
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if strings.ContainsFunc(w, unsafeInShell) {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// unsafeInShell reports whether a shell may read more into a character than itself.
func unsafeInShell(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./:+@,%", r)
}
