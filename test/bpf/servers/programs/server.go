// A server of Go's net/http: `server PORT LOG`.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	log, err := os.OpenFile(os.Args[2], os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		panic(err)
	}
	handle := func(response http.ResponseWriter, request *http.Request) {
		fmt.Fprintf(log, "%s %s 200\n", request.Method, request.RequestURI)
		fmt.Fprint(response, "a body")
	}
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(handle)))
}
