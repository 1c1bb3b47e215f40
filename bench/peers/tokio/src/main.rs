//! The scheduler benchmarks on tokio's current_thread runtime: sched NAME [n]. Prints one line of JSON.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;

const BATCH: u64 = 10_000;
const HOUR: Duration = Duration::from_secs(3600);

async fn spawn(n: u64) {
    let mut left = n;
    while left > 0 {
        let size = left.min(BATCH);
        let tasks: Vec<JoinHandle<()>> = (0..size).map(|_| tokio::spawn(async {})).collect();
        for task in tasks {
            task.await.unwrap();
        }
        left -= size;
    }
}

async fn yielding(n: u64) {
    let tasks: Vec<JoinHandle<()>> = (0..100)
        .map(|_| {
            tokio::spawn(async move {
                for _ in 0..n / 100 {
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Keeps the compiler from doing the chain at compile time.
fn opaque(x: u64) -> u64 {
    unsafe { std::ptr::read_volatile(&x) }
}

/// What a chain's leaf does before it returns.
#[derive(Clone, Copy)]
enum Leaf {
    Returns,
    Yields,
    /// As yielding, but it goes back into the queue at once and asks the kernel for nothing.
    WakesItself,
}

struct WakesItself {
    woken: bool,
}

impl Future for WakesItself {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.woken {
            return Poll::Ready(());
        }
        self.woken = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn leaf(leaf: Leaf, x: u64) -> u64 {
    match leaf {
        Leaf::Returns => {}
        Leaf::Yields => tokio::task::yield_now().await,
        Leaf::WakesItself => WakesItself { woken: false }.await,
    }
    opaque(x)
}

macro_rules! levels {
    ($($name:ident -> $next:ident),*) => {
        $(async fn $name(leaf: Leaf, x: u64) -> u64 { $next(leaf, x).await + 1 })*
    };
}

levels!(c10 -> c9, c9 -> c8, c8 -> c7, c7 -> c6, c6 -> c5, c5 -> c4, c4 -> c3, c3 -> c2, c2 -> leaf);

async fn chain(n: u64, leaf: Leaf) {
    let mut total = 0;
    for i in 0..n {
        total += c10(leaf, i).await;
    }
    assert_eq!(total, n * (n - 1) / 2 + 9 * n);
}

/// A level as recursion and trait objects need it: a future of its own on the heap.
fn boxed(depth: u32, end: Leaf, x: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if depth == 1 {
            leaf(end, x).await
        } else {
            boxed(depth - 1, end, x).await + 1
        }
    })
}

async fn boxed_chain(n: u64, leaf: Leaf) {
    let mut total = 0;
    for i in 0..n {
        total += boxed(10, leaf, i).await;
    }
    assert_eq!(total, n * (n - 1) / 2 + 9 * n);
}

async fn pingpong(n: u64) {
    let (there, mut from_ping) = mpsc::channel::<u64>(1);
    let (back, mut from_pong) = mpsc::channel::<u64>(1);
    let other = tokio::spawn(async move {
        while let Some(item) = from_ping.recv().await {
            back.send(item).await.unwrap();
        }
    });
    for i in 0..n / 2 {
        there.send(i).await.unwrap();
        assert_eq!(from_pong.recv().await, Some(i));
    }
    drop(there);
    other.await.unwrap();
}

async fn sleep_once(delay: Duration) {
    sleep(delay).await
}

async fn timers(n: u64) {
    let tasks: Vec<JoinHandle<()>> = (0..n)
        .map(|i| tokio::spawn(sleep_once(Duration::from_millis(i * 7919 % 1001))))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn sleeper() {
    sleep(HOUR).await
}

/// All that were spawned before have begun to sleep when one that is spawned now has run.
async fn settle() {
    tokio::spawn(async {}).await.unwrap();
}

async fn start_sleepers(n: u64) {
    for _ in 0..n {
        tokio::spawn(sleeper());
    }
    settle().await;
}

async fn cancel(n: u64, meter: &mut Meter) {
    let tasks: Vec<JoinHandle<()>> = (0..n).map(|_| tokio::spawn(sleeper())).collect();
    settle().await;
    meter.start();
    for task in &tasks {
        task.abort();
    }
    for task in tasks {
        assert!(task.await.unwrap_err().is_cancelled());
    }
    meter.stop();
}

fn usage() -> libc::rusage {
    unsafe {
        let mut usage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    }
}

fn cpu_ns() -> f64 {
    let usage = usage();
    let seconds = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) as f64;
    seconds * 1e9 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) as f64 * 1e3
}

fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: f64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as f64
}

struct Meter {
    begin: Instant,
    wall_ns: f64,
    cpu_ns: f64,
}

impl Meter {
    fn start(&mut self) {
        self.cpu_ns = cpu_ns();
        self.begin = Instant::now();
    }

    fn stop(&mut self) {
        self.wall_ns = self.begin.elapsed().as_nanos() as f64;
        self.cpu_ns = cpu_ns() - self.cpu_ns;
    }
}

async fn round(name: &str, n: u64) -> Meter {
    let mut meter = Meter {
        begin: Instant::now(),
        wall_ns: 0.0,
        cpu_ns: 0.0,
    };
    if name == "cancel" {
        cancel(n, &mut meter).await; // it makes the sleepers first, unmeasured
        return meter;
    }
    meter.start();
    match name {
        "spawn" => spawn(n).await,
        "yield" => yielding(n).await,
        "await_chain" => chain(n, Leaf::Returns).await,
        "await_chain_boxed" => boxed_chain(n, Leaf::Returns).await,
        "await_chain_suspend" => chain(n, Leaf::Yields).await,
        "await_chain_suspend_wake" => chain(n, Leaf::WakesItself).await,
        "await_chain_suspend_boxed" => boxed_chain(n, Leaf::WakesItself).await,
        "pingpong" => pingpong(n).await,
        "timers" => timers(n).await,
        "sleepers_mem" => start_sleepers(n).await,
        _ => {
            eprintln!("sched: no benchmark {name}; tokio has no callsoon");
            std::process::exit(2);
        }
    }
    meter.stop();
    meter
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(|a, b| a.total_cmp(b));
    values[values.len() / 2]
}

async fn measure(name: String, n: u64, rounds: usize) {
    if name != "sleepers_mem" {
        // Memory kept from a warm-up would hide some of what is counted.
        round(&name, n / 1000 * 100 + 1000).await;
    }
    let before = resident();
    let mut meters = Vec::new();
    for _ in 0..rounds {
        meters.push(round(&name, n).await);
    }
    let wall_ns = median(meters.iter().map(|meter| meter.wall_ns));
    let bytes = match name.as_str() {
        "sleepers_mem" => format!(",\"bytes_per_task\":{:.1}", (resident() - before) / n as f64),
        _ => String::new(),
    };
    println!(
        "{{\"bench\":\"{name}\",\"n\":{n},\"rounds\":{rounds},\"seconds\":{:.6},\"per_op_ns\":{:.2},\"cpu_per_op_ns\":{:.2},\"peak_rss_kb\":{}{bytes}}}",
        wall_ns / 1e9,
        wall_ns / n as f64,
        median(meters.iter().map(|meter| meter.cpu_ns)) / n as f64,
        usage().ru_maxrss,
    );
    std::process::exit(0); // sleepers are left where they are
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().expect("usage: sched NAME [n]");
    let (usual, rounds) = match name.as_str() {
        "yield" => (5_000_000, 7),
        "timers" => (1_000_000, 3),
        "cancel" => (100_000, 7),
        "sleepers_mem" => (1_000_000, 1),
        _ => (1_000_000, 7),
    };
    let n = arguments.next().map_or(usual, |n| n.parse().expect("n"));
    // In a task: the future that block_on runs is woken at a higher price.
    tokio::spawn(measure(name, n, rounds)).await.unwrap();
}
