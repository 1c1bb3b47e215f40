// The scheduler benchmarks in Go: sched NAME [n]. Prints one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const batch = 10_000

func spawn(n int) {
	for start := 0; start < n; start += batch {
		size := batch
		if n-start < size {
			size = n - start
		}
		var wg sync.WaitGroup
		wg.Add(size)
		for i := 0; i < size; i++ {
			go func() { wg.Done() }()
		}
		wg.Wait()
	}
}

func yield(n int) {
	var wg sync.WaitGroup
	for t := 0; t < 100; t++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < n/100; i++ {
				runtime.Gosched()
			}
		}()
	}
	wg.Wait()
}

// Go's await is a call; noinline keeps the ten of them.
//
//go:noinline
func level(depth, x int) int {
	if depth == 1 {
		return x
	}
	return level(depth-1, x) + 1
}

func awaitChain(n int) {
	total := 0
	for i := 0; i < n; i++ {
		total += level(10, i)
	}
	check(total == n*(n-1)/2+9*n)
}

//go:noinline
func suspendingLevel(depth, x int) int {
	if depth == 1 {
		runtime.Gosched()
		return x
	}
	return suspendingLevel(depth-1, x) + 1
}

func awaitChainSuspend(n int) {
	total := 0
	for i := 0; i < n; i++ {
		total += suspendingLevel(10, i)
	}
	check(total == n*(n-1)/2+9*n)
}

func pingpong(n int) {
	there, back := make(chan int, 1), make(chan int, 1)
	go func() {
		for i := range there {
			back <- i
		}
	}()
	for i := 0; i < n/2; i++ {
		there <- i
		<-back
	}
	close(there)
}

func timers(n int) {
	var wg sync.WaitGroup
	for i := 0; i < n; i++ {
		delay := time.Duration(i*7919%1001) * time.Millisecond
		wg.Add(1)
		go func() {
			defer wg.Done()
			time.Sleep(delay)
		}()
	}
	wg.Wait()
}

func startSleepers(n int) {
	for i := 0; i < n; i++ {
		go time.Sleep(time.Hour)
	}
	settle()
}

// Gosched does not promise that all others have run, so a little time is given too.
func settle() {
	for i := 0; i < 100; i++ {
		runtime.Gosched()
	}
	time.Sleep(20 * time.Millisecond)
}

func cancel(n int, m *meter) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			defer wg.Done()
			timer := time.NewTimer(time.Hour)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
		}()
	}
	settle()
	runtime.GC()
	m.start()
	cancel()
	wg.Wait()
	m.stop()
}

func check(ok bool) {
	if !ok {
		panic("wrong sum")
	}
}

func rusage() syscall.Rusage {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return usage
}

func cpu() int64 {
	usage := rusage()
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func resident() int {
	text, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.Atoi(strings.Fields(string(text))[1])
	return pages * os.Getpagesize()
}

func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

type meter struct {
	begin          time.Time
	wall, cpu      float64
	allocatedBytes float64
}

func (m *meter) start() {
	m.allocatedBytes = float64(allocated())
	m.cpu = float64(cpu())
	m.begin = time.Now()
}

func (m *meter) stop() {
	m.wall = float64(time.Since(m.begin).Nanoseconds())
	m.cpu = float64(cpu()) - m.cpu
	m.allocatedBytes = float64(allocated()) - m.allocatedBytes
}

type bench struct {
	run       func(int)
	n, rounds int
}

var benches = map[string]bench{
	"spawn":               {spawn, 1_000_000, 7},
	"yield":               {yield, 5_000_000, 7},
	"await_chain":         {awaitChain, 1_000_000, 7},
	"await_chain_suspend": {awaitChainSuspend, 1_000_000, 7},
	"pingpong":            {pingpong, 1_000_000, 7},
	"timers":              {timers, 1_000_000, 3},
	"sleepers_mem":        {startSleepers, 1_000_000, 1},
	"cancel":              {nil, 100_000, 7},
}

func round(name string, n int) *meter {
	m := &meter{}
	if name == "cancel" { // it makes the sleepers first, unmeasured
		cancel(n, m)
		return m
	}
	runtime.GC()
	m.start()
	benches[name].run(n)
	m.stop()
	return m
}

func median(meters []*meter, of func(*meter) float64) float64 {
	values := make([]float64, len(meters))
	for i, m := range meters {
		values[i] = of(m)
	}
	sort.Float64s(values)
	return values[len(values)/2]
}

func main() {
	runtime.GOMAXPROCS(1)
	if len(os.Args) < 2 || benches[os.Args[1]].n == 0 {
		fmt.Fprintln(os.Stderr, "usage: sched NAME [n]; Go has no callsoon")
		os.Exit(2)
	}
	name := os.Args[1]
	b := benches[name]
	n := b.n
	if len(os.Args) > 2 {
		n, _ = strconv.Atoi(os.Args[2])
	}
	if name != "sleepers_mem" { // memory kept from a warm-up would hide some of what is counted
		round(name, n/1000*100+1000)
	}
	runtime.GC()
	before := resident()
	var meters []*meter
	for i := 0; i < b.rounds; i++ {
		meters = append(meters, round(name, n))
	}
	per := func(total float64) float64 { return math.Round(total/float64(n)*100) / 100 }
	wall := median(meters, func(m *meter) float64 { return m.wall })
	line := map[string]any{
		"bench":                  name,
		"n":                      n,
		"rounds":                 b.rounds,
		"seconds":                wall / 1e9,
		"per_op_ns":              per(wall),
		"cpu_per_op_ns":          per(median(meters, func(m *meter) float64 { return m.cpu })),
		"allocated_bytes_per_op": per(median(meters, func(m *meter) float64 { return m.allocatedBytes })),
		"peak_rss_kb":            rusage().Maxrss,
	}
	if name == "sleepers_mem" {
		runtime.GC()
		line["bytes_per_task"] = per(float64(resident() - before))
	}
	text, _ := json.Marshal(line)
	fmt.Println(string(text))
}
