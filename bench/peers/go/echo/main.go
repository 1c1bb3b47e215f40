// Echo server in Go on one processor: echo --port P [--unix PATH] [--buffer BYTES].
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"runtime"
)

func echo(connection net.Conn, size int) {
	defer connection.Close()
	buffer := make([]byte, size)
	for {
		n, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err := connection.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func main() {
	port := flag.Int("port", 0, "TCP port of 127.0.0.1")
	path := flag.String("unix", "", "path of a Unix socket, instead of TCP")
	size := flag.Int("buffer", 64*1024, "bytes read at once; each connection has its own buffer")
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
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Print(err)
			continue
		}
		go echo(connection, *size)
	}
}
