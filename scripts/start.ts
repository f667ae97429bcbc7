import { readFile } from "node:fs/promises";
import { readStepTemplate } from "../test/parent-process/step-template.ts";
import { playDemo } from "./start/play-demo.ts";
import { readCommandLine } from "./start/read-command-line.ts";
import { runAgainstServer } from "./start/run-against-server.ts";
import { stopOnSignal } from "./start/stop-on-signal.ts";

/** `npm start` runs the shipped step from `step-template.json` in a demo or against a real server. */
async function start(): Promise<number> {
  const commandLine = readCommandLine(process.argv.slice(2), process.env);
  const template = readStepTemplate(
    JSON.parse(await readFile(new URL("../step-template.json", import.meta.url), "utf8")),
  );
  switch (commandLine.kind) {
    case "help":
      process.stdout.write(`${commandLine.text}\n`);
      return 0;
    case "wrong":
      process.stderr.write(`${commandLine.message}\n`);
      return 2;
    case "demo":
      if (commandLine.remark !== undefined) process.stdout.write(`${commandLine.remark}\n\n`);
      return await playDemo(template, commandLine, stopOnSignal());
    case "real-server":
      return await runAgainstServer(template, commandLine, stopOnSignal());
  }
}

process.exitCode = await start();
