"use strict";
// Preloaded into a Node.js process, which then has the time of the embedded Octopus server, from a given instant on. Sleeping moves the server's
// clock ahead instead of waiting. Only `Date`, `performance.now` and the promise `setTimeout` are replaced: time limits of single requests stay real.

const http = require("node:http");
const { syncBuiltinESMExports } = require("node:module");
const timersPromises = require("node:timers/promises");

const { OCTOPUS_SIMULATOR_URL: url, OCTOPUS_SIMULATOR_NOW: startsAt } = process.env;
if (url !== undefined) install(`${url}/simulator/clock`, Number(startsAt));

function install(clockUrl, begin) {
  const RealDate = Date;
  let known = begin;

  function now() {
    return known;
  }

  /** The sleeping calls, in no particular order, and whether `wakeInOrder` is running. */
  const sleepers = new Set();
  let waking = false;

  async function sleep(milliseconds = 1, value, options = {}) {
    options.signal?.throwIfAborted();
    const until = now() + Math.max(1, Math.ceil(milliseconds));
    await new Promise((wake, fail) => {
      const sleeper = { until, wake, fail };
      sleepers.add(sleeper);
      const stop = () => {
        sleepers.delete(sleeper);
        fail(options.signal.reason);
      };
      options.signal?.addEventListener("abort", stop);
      sleeper.wake = () => {
        options.signal?.removeEventListener("abort", stop);
        wake();
      };
      if (!waking) void wakeInOrder();
    });
    return value;
  }

  /** Wakes one after the other, the shortest sleep first, so that parallel sleeps take as long as the longest. */
  async function wakeInOrder() {
    waking = true;
    while (sleepers.size > 0) {
      await new Promise(setImmediate);
      if (sleepers.size === 0) break;
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
  performance.now = () => known - begin;
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

async function readNow(response) {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  if (response.statusCode !== 200) throw new Error(`the clock answered ${response.statusCode}: ${text}`);
  return JSON.parse(text).now;
}
