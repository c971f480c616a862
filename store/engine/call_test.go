package engine

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// A form of many fields takes no more memory than one of a single field.
func TestFormIsBounded(t *testing.T) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := range 3 {
		if err := form.WriteField("param_"+strconv.Itoa(i), strings.Repeat("x", maxQuery/2-1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	values := url.Values{}
	err := readForm(r, values)
	if e, ok := errors.AsType[*Exception](err); !ok || e.Code != 307 || len(values) != 2 {
		t.Errorf("%d fields were taken, %v, want two and code 307", len(values), err)
	}
}
