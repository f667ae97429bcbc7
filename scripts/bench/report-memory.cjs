"use strict";
// Preloaded into the measured program: writes its largest resident size in kilobytes when the program ends.
const { writeFileSync } = require("node:fs");

const file = process.env.BENCH_MEMORY_FILE;
if (file !== undefined) process.on("exit", () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
