import { fileURLToPath } from "node:url";
import { startOctopusServer, type OctopusServer } from "../../test/octopus-server/octopus-server.ts";
import type { ParentResult } from "../../test/parent-process/parent-result.ts";
import { runParentDeployment } from "../../test/parent-process/run-parent-deployment.ts";
import type { StepTemplate } from "../../test/parent-process/step-template.ts";
import { logPrinter, type StepStatus } from "../../test/step-host/print-log.ts";
import type { Artifact } from "../../test/step-host/run-step.ts";
import type { LogLine } from "../../test/step-host/step-log.ts";
import { plainTable } from "../../src/rules/train.ts";
import { durationText } from "../../src/text/format.ts";
import { parent } from "./sample-application.ts";
import { saveReport } from "./save-report.ts";
import { type Scene, scenesOf } from "./scenes.ts";
import type { Stop } from "./stop-on-signal.ts";

export interface DemoOptions {
  /** The number of the only scene to show, from 1. Absent means all scenes. */
  readonly scene: number | undefined;
  /** Whether to show every line of the task log. */
  readonly verbose: boolean;
}

/** Plays the release of the sample application on the embedded server and prints the task logs. Returns the exit code. */
export async function playDemo(template: StepTemplate, options: DemoOptions, stop: Stop): Promise<number> {
  const scenes = scenesOf(template);
  if (options.scene !== undefined && options.scene > scenes.length) {
    process.stderr.write(`There is no scene ${options.scene}: --scene takes 1 to ${scenes.length}.\n`);
    return 2;
  }
  const server = await startOctopusServer({ world: "rm", checkShapes: false });
  try {
    const stage = openStage(server, scenes, options);
    stage.welcome();
    let artifacts: readonly Artifact[] = [];
    for (const scene of scenes.slice(0, options.scene)) {
      stage.begin(scene);
      const { state, steps } = await play(scene, stage, stop);
      if (stop.exitCode() !== undefined) return stop.exitCode() ?? 1;
      stage.end();
      if (state !== (scene.end ?? "Success")) return 1;
      artifacts = steps.flatMap((step) => step.artifacts);
    }
    stage.farewell(saveReport(artifacts, reportFolder));
    return 0;
  } finally {
    await server.stop();
  }
}

/** Plays one deployment of the parent. */
async function play({ deployment, end }: Scene, stage: Stage, { signal }: Stop): Promise<ParentResult> {
  const { server } = stage;
  const mistake = new AbortController();
  let created = 0;
  return runParentDeployment(server, {
    ...parent,
    ...deployment,
    signal: AbortSignal.any([signal, mistake.signal]),
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    sensitive: ["Orchestration.ApiKey"],
    // Encrypted variables are not seen in the demo, and a process to encrypt each would take most of its time.
    people: ({ instructions }) => {
      stage.show(instructions);
      server.advance(60_000);
      return { by: "bob", result: "Proceed", notes: "Looks good." };
    },
    onStep: (step, status) => stage.heading(status, step),
    onLine: (_, line) => {
      stage.say(line);
      if (line.text.includes(": Created the deployment of ")) created += 1;
      if (end === "Canceled" && created === 3) mistake.abort();
    },
  });
}

/** A folder that version control ignores. */
const reportFolder = fileURLToPath(new URL("../../.build/demo/", import.meta.url));

/** Shows the scenes, or plays them silently if another one was asked for. */
interface Stage {
  readonly server: OctopusServer;
  welcome(): void;
  begin(scene: Scene): void;
  /** Ends the running scene. */
  end(): void;
  heading(status: StepStatus, step: string): void;
  say(line: LogLine): void;
  /** Shows the notes for approvers. */
  show(instructions: string): void;
  /** @param report path of the last scene's report. Absent means that there is none */
  farewell(report: string | undefined): void;
}

function openStage(server: OctopusServer, scenes: readonly Scene[], { scene: only, verbose }: DemoOptions): Stage {
  const printer = logPrinter(process.stdout, { verbose });
  const played: (readonly string[])[] = [];
  let open: OpenScene | undefined;
  const isHidden = () => only !== undefined && open?.number !== only;
  const write = (text: string) => void process.stdout.write(`${text}\n`);

  return {
    server,
    welcome: () => write(welcome(scenes, { only, verbose })),
    begin: (scene) => {
      const number = scenes.indexOf(scene) + 1;
      scene.prepare?.(server);
      const before = new Set(endedOn(server).map(({ id }) => id));
      open = { number, title: scene.title, began: server.now(), before };
      if (!isHidden()) write(`\nScene ${number} of ${scenes.length}: ${scene.title}\n${wrapped(scene.sentence)}\n`);
    },
    end: () => {
      if (open !== undefined && !isHidden()) played.push(rowOf(open, server));
    },
    heading: (status, step) => {
      if (!isHidden()) printer.heading(status, step, 1);
    },
    say: (line) => {
      if (!isHidden() && (verbose || isWorthShowing(line)))
        printer.line(verbose ? line : { ...line, text: withoutLinks(line.text) }, 2);
    },
    show: (instructions) => {
      if (!isHidden()) write(asQuote(verbose ? instructions : withoutNotes(instructions)));
    },
    farewell: (report) => {
      const heads = ["Scene", "", "Deployed", "Failed", "Rolled back", "Time"];
      write(`\n${plainTable([heads, ...played])}`);
      const which = only === undefined ? "the last" : "this";
      if (report !== undefined) write(`\nThe report of ${which} scene, to be opened in a browser:\n  ${report}`);
      write(`\n${whereToGoNext}`);
    },
  };
}

/** A running scene. */
interface OpenScene {
  readonly number: number;
  readonly title: string;
  readonly began: number;
  /** Ids of the deployments that had ended. */
  readonly before: ReadonlySet<string>;
}

function rowOf({ number, title, began, before }: OpenScene, server: OctopusServer): readonly string[] {
  const ended = endedOn(server).filter(({ id }) => !before.has(id));
  const names = (how: Ended["how"]) => ended.flatMap((each) => (each.how === how ? [each.name] : [])).join(", ");
  const time = durationText(server.now() - began);
  return [String(number), title, names("deployed"), names("failed"), names("rolled back"), time];
}

/** A deployment that the step has created and that has ended. */
interface Ended {
  readonly id: string;
  readonly name: string;
  readonly how: "deployed" | "failed" | "rolled back";
}

/** The ended deployments of the step, in the order of their creation. */
function endedOn(server: OctopusServer): readonly Ended[] {
  const { history, projects, users } = server.simulator.state();
  return [...history.deployments.values()]
    .filter(({ deployedById, ended }) => ended !== null && users.get(deployedById)?.username === "release-conductor")
    .map(({ id, projectId, ended, comments }) => {
      const isUndo = comments.includes("undo=Deployments-");
      const how = ended !== "Success" ? "failed" : isUndo ? "rolled back" : "deployed";
      return { id, name: projects.get(projectId)?.name ?? "", how };
    });
}

/** Leaves out lines about one child that matter only in case of trouble. */
function isWorthShowing({ level, text }: LogLine): boolean {
  return level !== "info" || !/^[\w ]+: /.test(text) || text.includes("on behalf of");
}

/** Removes links, which a terminal does not show and which do not work after the demo. */
function withoutLinks(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]+\)/g, "$1").replace(/ See http\S+/g, "");
}

function welcome(scenes: readonly Scene[], { only, verbose }: { only: number | undefined; verbose: boolean }): string {
  return [
    "The shipped step releases the sample application on an Octopus Server in memory. Its clock runs ahead, so there is no waiting.",
    ...(only === undefined
      ? scenes.map(({ title }, index) => `  ${index + 1}. ${title}`)
      : [`Only scene ${only} is shown; those before it are played first.`]),
    ...(verbose ? [] : ["Shortened: --verbose shows every line of the task logs. Ctrl-C stops the demo."]),
  ].join("\n");
}

const whereToGoNext = [
  "Where to go next:",
  '  README.md, "A release train in two steps"      the same two steps, to set up in your Octopus',
  "  README.md, Contents                            tenants, hotfixes, databases, smoke tests, nested trains",
  "  npm start -- --scene 3                         one scene again; --verbose shows every line",
  '  npm start -- --project "Web API" --to Staging  your own server, as a what-if (OCTOPUS_URL, OCTOPUS_API_KEY)',
  "  npm start -- --help                            all flags, with examples",
].join("\n");

/** The beginning of the notes for approvers, including those of the first component. */
function withoutNotes(instructions: string): string {
  const [head = ""] = instructions.split(/^### /m);
  return head === instructions ? head : `${head.trimEnd()}\n\n(and the release notes of each component)`;
}

function asQuote(text: string): string {
  return text.replace(/^(?=.)/gm, "        | ");
}

/** The text in lines of at most a hundred columns. */
function wrapped(text: string): string {
  return text.replace(/(.{1,100})(?: +|$)/g, "$1\n").trimEnd();
}
