// HTTP server in Go on one processor: http --port P [--unix PATH]. What it serves: bench/README.md.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"runtime"
	"strconv"
)

type message struct {
	Text string `json:"text"`
}

func handler() http.Handler {
	large := bytes.Repeat([]byte{'x'}, 1<<20)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Write([]byte("Hello, World!"))
	})
	mux.HandleFunc("/json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(message{"Hello, World!"})
	})
	mux.HandleFunc("/1mb", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.Itoa(len(large)))
		w.Write(large)
	})
	return mux
}

func main() {
	port := flag.Int("port", 0, "TCP port of 127.0.0.1")
	path := flag.String("unix", "", "path of a Unix socket, instead of TCP")
	flag.Parse()
	runtime.GOMAXPROCS(1)

	network, address := "tcp", fmt.Sprintf("127.0.0.1:%d", *port)
	if *path != "" {
		network, address = "unix", *path
	}
	listener, err := net.Listen(network, address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	log.Fatal(http.Serve(listener, handler()))
}
