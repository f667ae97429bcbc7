"use strict";
// Preloaded into the measured program: leaves its largest resident size, in kilobytes, behind when it ends.
const { writeFileSync } = require("node:fs");

const file = process.env.BENCH_MEMORY_FILE;
if (file !== undefined) process.on("exit", () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
