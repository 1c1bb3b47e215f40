// The scheduler benchmarks on Node.js: sched.mjs NAME [n]. Prints one line of JSON.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const BATCH = 10_000;
const HOUR = 3_600_000;

async function trivial() {}

async function spawn(n) {
  for (let start = 0; start < n; start += BATCH) {
    const tasks = [];
    for (let i = Math.min(BATCH, n - start); i > 0; i--) tasks.push(trivial());
    await Promise.all(tasks);
  }
}

async function yielding(n) {
  async function yielder(times) {
    for (let i = 0; i < times; i++) await null;
  }
  const tasks = [];
  for (let t = 0; t < 100; t++) tasks.push(yielder(n / 100));
  await Promise.all(tasks);
}

async function level(depth, x) {
  return depth === 1 ? x : (await level(depth - 1, x)) + 1;
}

async function awaitChain(n) {
  let total = 0;
  for (let i = 0; i < n; i++) total += await level(10, i);
  check(total === (n * (n - 1)) / 2 + 9 * n);
}

async function suspendingLevel(depth, x) {
  if (depth === 1) {
    await null;
    return x;
  }
  return (await suspendingLevel(depth - 1, x)) + 1;
}

async function awaitChainSuspend(n) {
  let total = 0;
  for (let i = 0; i < n; i++) total += await suspendingLevel(10, i);
  check(total === (n * (n - 1)) / 2 + 9 * n);
}

// Node has no queue of its own; this is the usual small class: an item goes straight to who waits for it.
class Queue {
  #items = [];
  #getters = [];
  #putters = [];
  #size;

  constructor(size) {
    this.#size = size;
  }

  put(item) {
    if (this.#getters.length > 0) this.#getters.shift()(item);
    else if (this.#items.length < this.#size) this.#items.push(item);
    else return new Promise((resolve) => this.#putters.push({ item, resolve }));
  }

  get() {
    if (this.#items.length === 0) return new Promise((resolve) => this.#getters.push(resolve));
    const item = this.#items.shift();
    if (this.#putters.length > 0) {
      const putter = this.#putters.shift();
      this.#items.push(putter.item);
      putter.resolve();
    }
    return item;
  }
}

async function pingpong(n) {
  const there = new Queue(1);
  const back = new Queue(1);
  async function pong() {
    for (let i = 0; i < n / 2; i++) await back.put(await there.get());
  }
  const other = pong();
  for (let i = 0; i < n / 2; i++) {
    await there.put(i);
    await back.get();
  }
  await other;
}

async function callsoon(n) {
  await new Promise((done) => {
    let chains = 100;
    const start = (left) => {
      const callback = () => {
        if (--left > 0) setImmediate(callback);
        else if (--chains === 0) done();
      };
      setImmediate(callback);
    };
    for (let i = 0; i < 100; i++) start(n / 100);
  });
}

async function timers(n) {
  const tasks = [];
  for (let i = 0; i < n; i++) tasks.push(sleep((i * 7919) % 1001));
  await Promise.all(tasks);
}

async function sleeper(options) {
  await sleep(HOUR, undefined, options);
}

async function startSleepers(n) {
  for (let i = 0; i < n; i++) sleeper();
}

async function cancel(n, meter) {
  const tasks = [];
  const controllers = [];
  for (let i = 0; i < n; i++) {
    const controller = new AbortController();
    controllers.push(controller);
    tasks.push(sleeper({ signal: controller.signal }));
  }
  collect();
  meter.start();
  for (const controller of controllers) controller.abort();
  await Promise.allSettled(tasks);
  meter.stop();
}

function check(ok) {
  if (!ok) throw new Error('wrong sum');
}

function cpu() {
  const { user, system } = process.cpuUsage(); // getrusage, in microseconds
  return (user + system) * 1e3;
}

function resident() {
  return Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]) * 4096;
}

function collect() {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

class Meter {
  start() {
    this.startCpu = cpu();
    this.startWall = process.hrtime.bigint();
  }

  stop() {
    this.wall = Number(process.hrtime.bigint() - this.startWall);
    this.cpu = cpu() - this.startCpu;
  }
}

// What to run, how often in a round, and rounds.
const benches = {
  spawn: [spawn, 500_000, 7],
  yield: [yielding, 2_000_000, 7],
  await_chain: [awaitChain, 300_000, 7],
  await_chain_suspend: [awaitChainSuspend, 300_000, 7],
  pingpong: [pingpong, 500_000, 7],
  callsoon: [callsoon, 2_000_000, 7],
  timers: [timers, 300_000, 3],
  sleepers_mem: [startSleepers, 500_000, 1],
  cancel: [cancel, 10_000, 3], // each costs tens of microseconds
};

async function oneRound(name, n) {
  const meter = new Meter();
  if (name === 'cancel') {
    await cancel(n, meter); // it makes the sleepers first, unmeasured
  } else {
    collect();
    meter.start();
    await benches[name][0](n);
    meter.stop();
  }
  return meter;
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const name = process.argv[2];
if (!(name in benches)) {
  console.error(`usage: sched.mjs NAME [n], NAME one of ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const n = Number(process.argv[3] ?? benches[name][1]);
const rounds = benches[name][2];
if (name !== 'sleepers_mem') {
  // Memory kept from a warm-up would hide some of what is counted; the others want compiled code.
  for (let i = 0; i < 3; i++) {
    await oneRound(name, Math.max(Math.floor(n / 1000) * 100, 1000));
    await sleep(50);
  }
}
collect();
const before = resident();
const meters = [];
for (let i = 0; i < rounds; i++) meters.push(await oneRound(name, n));
const wall = median(meters.map((meter) => meter.wall));
const line = {
  bench: name,
  n,
  rounds,
  seconds: wall / 1e9,
  per_op_ns: +(wall / n).toFixed(2),
  cpu_per_op_ns: +(median(meters.map((meter) => meter.cpu)) / n).toFixed(2),
  peak_rss_kb: process.resourceUsage().maxRSS,
};
if (name === 'sleepers_mem') {
  collect();
  line.bytes_per_task = +((resident() - before) / n).toFixed(1);
}
console.log(JSON.stringify(line));
process.exit(); // sleepers are left where they are
