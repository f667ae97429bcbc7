"use strict";
// Preloaded into a Node.js process: its time is the embedded Octopus server's. Reading the clock asks the server once, sleeping moves the
// server's clock ahead instead of waiting. Only `Date` and the promise `setTimeout` are replaced: time limits of single requests stay real.

const http = require("node:http");
const { syncBuiltinESMExports } = require("node:module");
const timersPromises = require("node:timers/promises");
const { isMainThread, MessageChannel, receiveMessageOnPort, Worker, workerData } = require("node:worker_threads");

const url = process.env.OCTOPUS_SIMULATOR_URL;
if (isMainThread && url !== undefined) install(`${url}/simulator/clock`);
else if (workerData?.asksForVirtualTime === true) answerNow(workerData);

function install(clockUrl) {
  const RealDate = Date;
  let known;

  function now() {
    known ??= RealDate.parse(askNow(clockUrl));
    return known;
  }

  /** Those who sleep, in no particular order, and whether somebody is waking them. */
  const sleepers = new Set();
  let waking = false;

  async function sleep(milliseconds = 1, value, options = {}) {
    options.signal?.throwIfAborted();
    const until = now() + Math.max(1, Math.ceil(milliseconds));
    await new Promise((wake, fail) => {
      sleepers.add({ until, wake, fail });
      if (!waking) void wakeInOrder();
    });
    options.signal?.throwIfAborted();
    return value;
  }

  /** One after the other, the shortest sleep first: sleeping side by side takes as long as the longest. */
  async function wakeInOrder() {
    waking = true;
    while (sleepers.size > 0) {
      await new Promise(setImmediate);
      const next = [...sleepers].reduce((first, other) => (other.until < first.until ? other : first));
      try {
        if (known < next.until) known = RealDate.parse(await advance(clockUrl, next.until - known));
        next.wake();
      } catch (error) {
        next.fail(error);
      }
      sleepers.delete(next);
    }
    waking = false;
  }

  const VirtualDate = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
  });
  RealDate.prototype.constructor = VirtualDate;
  globalThis.Date = VirtualDate;
  timersPromises.setTimeout = sleep;
  syncBuiltinESMExports();
}

function advance(clockUrl, milliseconds) {
  return new Promise((resolve, reject) => {
    const request = http.request(clockUrl, { method: "POST", headers: { "Content-Type": "application/json" } });
    request.on("response", (response) => readNow(response).then(resolve, reject));
    request.on("error", reject);
    request.end(JSON.stringify({ advance: `${milliseconds}ms` }));
  });
}

/** `Date.now()` cannot wait for an answer, so another thread of this very file fetches it while this one stands still. */
function askNow(clockUrl) {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const question = { asksForVirtualTime: true, clockUrl, flag, port: port2 };
  new Worker(__filename, { workerData: question, transferList: [port2], env: {}, execArgv: [] }).unref();
  Atomics.wait(flag, 0, 0);
  const { message } = receiveMessageOnPort(port1);
  port1.close();
  if (message.error !== undefined) throw new Error(`No virtual time from ${clockUrl}: ${message.error}`);
  return message.now;
}

function answerNow({ clockUrl, flag, port }) {
  function answer(message) {
    port.postMessage(message);
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  }
  const request = http.get(clockUrl, { agent: false });
  request.on("response", (response) => {
    readNow(response).then(
      (now) => answer({ now }),
      (error) => answer({ error: error.message }),
    );
  });
  request.on("error", (error) => answer({ error: error.message }));
}

async function readNow(response) {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  if (response.statusCode !== 200) throw new Error(`the clock answered ${response.statusCode}: ${text}`);
  return JSON.parse(text).now;
}
