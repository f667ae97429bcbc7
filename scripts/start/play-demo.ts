import { startOctopusServer, type OctopusServer } from "../../test/octopus-server/octopus-server.ts";
import { runParentDeployment } from "../../test/parent-process/run-parent-deployment.ts";
import type { StepTemplate } from "../../test/parent-process/step-template.ts";
import { logPrinter, type StepStatus } from "../../test/step-host/print-log.ts";
import type { LogLine } from "../../test/step-host/step-log.ts";
import { plainTable } from "../../src/rules/train.ts";
import { durationText } from "../../src/text/format.ts";
import { parent } from "./sample-application.ts";
import { type Act, actsOf, type Scene } from "./scenes.ts";
import type { Stop } from "./stop-on-signal.ts";

export interface DemoOptions {
  /** The only scene that is shown, counted from 1; absent: all of them. */
  readonly scene: number | undefined;
  /** Every line of the task log is shown. */
  readonly verbose: boolean;
}

/** Plays the release of the sample application on the embedded server and prints the task logs. Returns the exit code. */
export async function playDemo(template: StepTemplate, options: DemoOptions, stop: Stop): Promise<number> {
  const acts = actsOf(template);
  const scenes = acts.flatMap((act) => act.scenes);
  if (options.scene !== undefined && options.scene > scenes.length) {
    process.stderr.write(`There is no scene ${options.scene}: --scene takes 1 to ${scenes.length}.\n`);
    return 2;
  }
  const server = await startOctopusServer({ world: "rm", checkShapes: false });
  try {
    const stage = openStage(server, scenes, options);
    stage.welcome();
    for (const act of acts) {
      if (stage.isOver()) break;
      const isPlayed = await play(act, stage, stop);
      if (stop.exitCode() !== undefined) return stop.exitCode() ?? 1;
      if (!isPlayed) return 1;
    }
    stage.farewell();
    return 0;
  } finally {
    await server.stop();
  }
}

/** Plays one deployment of the parent. Returns whether it succeeded in the end. */
async function play(
  { scenes: [first, ...others], prepare, deployment }: Act,
  stage: Stage,
  { signal }: Stop,
): Promise<boolean> {
  const { server } = stage;
  const waiting = [...others];
  prepare?.(server);
  stage.begin(first);
  const { state } = await runParentDeployment(server, {
    ...parent,
    ...deployment,
    signal,
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    sensitive: ["Orchestration.ApiKey"],
    // Nobody sees the files of the demo, and a process for each variable would take most of its time.
    encryption: "none",
    people: ({ instructions }) => {
      stage.show(instructions);
      server.advance(60_000);
      return { by: "bob", result: "Proceed", notes: "Looks good." };
    },
    guide: () => {
      const next = waiting.shift();
      if (next === undefined) return { by: "rachel", guidance: "Fail" };
      stage.end();
      server.advance(15 * 60_000);
      stage.begin(next);
      return { by: "rachel", guidance: "Retry", notes: "The password is new." };
    },
    onStep: (step, status) => stage.heading(status, step),
    onLine: (_, line) => stage.say(line),
  });
  stage.end();
  return state === "Success";
}

/** Where the scenes are shown, or played in the dark when another one was asked for. */
interface Stage {
  readonly server: OctopusServer;
  welcome(): void;
  begin(scene: Scene): void;
  /** Ends the scene that goes on, if one does. */
  end(): void;
  heading(status: StepStatus, step: string): void;
  say(line: LogLine): void;
  /** What approvers see. */
  show(instructions: string): void;
  /** The scene that was asked for has been played. */
  isOver(): boolean;
  farewell(): void;
}

function openStage(server: OctopusServer, scenes: readonly Scene[], { scene: only, verbose }: DemoOptions): Stage {
  const printer = logPrinter(process.stdout, { verbose });
  const played: (readonly string[])[] = [];
  let open: OpenScene | undefined;
  let last = 0;
  const isHidden = () => only !== undefined && last !== only;
  const write = (text: string) => void process.stdout.write(`${text}\n`);

  function end(): void {
    if (open !== undefined && !isHidden()) played.push(rowOf(open, server));
    open = undefined;
  }

  return {
    server,
    welcome: () => write(welcome(scenes, { only, verbose })),
    begin: (scene) => {
      last = scenes.indexOf(scene) + 1;
      open = { number: last, scene, began: server.now(), before: deploymentsOn(server).length };
      if (!isHidden()) write(`\nScene ${last} of ${scenes.length}: ${scene.title}\n${wrapped(scene.sentence)}\n`);
    },
    end,
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
    isOver: () => only !== undefined && last >= only,
    farewell: () => {
      const heads = ["Scene", "", "Deployed", "Failed", "Time"];
      write(`\n${plainTable([heads, ...played])}\n\n${whereToGoNext}`);
    },
  };
}

/** A scene that goes on. */
interface OpenScene {
  readonly number: number;
  readonly scene: Scene;
  readonly began: number;
  /** How many deployments there were. */
  readonly before: number;
}

function rowOf({ number, scene, began, before }: OpenScene, server: OctopusServer): readonly string[] {
  const created = deploymentsOn(server).slice(before);
  const names = (isSuccess: boolean) =>
    created.flatMap((each) => (each.isChild && each.isSuccess === isSuccess ? [each.name] : [])).join(", ");
  return [String(number), scene.title, names(true), names(false), durationText(server.now() - began)];
}

/** Every deployment in the order of its creation; a child's is one that the step has created. */
function deploymentsOn(server: OctopusServer) {
  const { history, projects, users } = server.simulator.state();
  return [...history.deployments.values()].map(({ deployedById, projectId, ended }) => ({
    isChild: users.get(deployedById)?.username === "release-conductor",
    name: projects.get(projectId)?.name ?? "",
    isSuccess: ended === "Success",
  }));
}

/** Lines about one child that only matter when something is odd with it are left out. */
function isWorthShowing({ level, text }: LogLine): boolean {
  return level !== "info" || !/^[\w ]+: /.test(text) || text.includes("on behalf of");
}

/** A terminal shows no links, and those of the demo lead nowhere when it has ended. */
function withoutLinks(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]+\)/g, "$1").replace(/ See http\S+/g, "");
}

function welcome(scenes: readonly Scene[], { only, verbose }: { only: number | undefined; verbose: boolean }): string {
  return [
    "The shipped step releases the sample application on an Octopus Server in memory. Its clock runs ahead, so nobody waits.",
    ...(only === undefined
      ? scenes.map(({ title }, index) => `  ${index + 1}. ${title}`)
      : [`Only scene ${only} is shown; those before it are played first.`]),
    ...(verbose ? [] : ["Shortened: --verbose shows every line of the task logs. Ctrl-C stops the demo."]),
  ].join("\n");
}

const whereToGoNext = [
  "Where to go next:",
  '  README.md, "A release train in two steps"   the same two steps, to set up in your Octopus',
  "  npm start -- --scene 3                      one scene again; --verbose shows every line",
  '  npm start -- --project "Web API" --to Staging  your own server, as a what-if (OCTOPUS_URL, OCTOPUS_API_KEY)',
  "  npm start -- --help                         all flags, with examples",
].join("\n");

/** The beginning of what approvers read, as far as the notes of the first component. */
function withoutNotes(instructions: string): string {
  const [head = ""] = instructions.split(/^### /m);
  return head === instructions ? head : `${head.trimEnd()}\n\n(and the release notes of each component)`;
}

function asQuote(text: string): string {
  return text.replace(/^(?=.)/gm, "        | ");
}

/** In lines of at most a hundred columns. */
function wrapped(text: string): string {
  return text.replace(/(.{1,100})(?: +|$)/g, "$1\n").trimEnd();
}
