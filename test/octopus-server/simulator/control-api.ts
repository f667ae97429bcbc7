import * as z from "zod";
import { parseQuery } from "../http/query.ts";
import { isRecord, problemsOf } from "../http/body.ts";
import type { Incoming } from "../http/answer.ts";
import type { FaultInput } from "../http/faults.ts";
import { Refusal } from "../http/refusal.ts";
import { ok, withStatus } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { dateTime } from "../resources/common.ts";
import type { ScriptInput } from "../tasks/script.ts";
import { Duration } from "../world/duration.ts";
import { WorldError } from "../world/load-world.ts";
import { createSimulator } from "./simulator.ts";
import type { Simulator } from "./simulator.ts";
import type { Simulation } from "./simulation.ts";
import type { TaskControl } from "./task-control.ts";

/** The control API over HTTP, described in the embedded server's README. A malformed call answers 400 with `{"problems": […]}`. */
export function control(simulation: Simulation, incoming: Incoming): Reply {
  try {
    const body = readBody(incoming);
    const simulator = createSimulator(simulation);
    const segments = incoming.path
      .split("/")
      .slice(2)
      .filter((segment) => segment !== "");
    const [topic = "", id, action] = segments;
    const call = `${incoming.method} ${topic}`;
    if (topic === "tasks" && id !== undefined)
      return taskCall(simulation, simulator, incoming.method, id, action, body);
    switch (call) {
      case "GET clock":
        return ok(clockState(simulation));
      case "POST clock":
        simulator.setClock(parse(ClockBody, body));
        return ok(clockState(simulation));
      case "POST world":
        return worldCall(simulation, simulator, incoming, body);
      case "POST scripts":
        for (const script of listOf(body)) simulator.addScript(parse(ScriptBody, script));
        return ok({ scripts: simulation.instance().engine.scripts.list().length });
      case "DELETE scripts":
        simulator.clearScripts();
        return ok({ scripts: 0 });
      case "GET faults":
        return ok(simulation.faults.list());
      case "POST faults":
        for (const fault of listOf(body)) simulator.addFault(parse(FaultBody, fault));
        return ok(simulation.faults.list());
      case "DELETE faults":
        simulator.clearFaults();
        return ok([]);
      case "GET switches":
        return ok(simulation.switches());
      case "POST switches":
        simulator.setSwitches(parse(z.record(z.string(), z.unknown()), body));
        return ok(simulation.switches());
      case "DELETE switches":
        simulator.resetSwitches();
        return ok(simulation.switches());
      case "POST profiles":
        simulator.useProfile(...parse(ProfileNames, body));
        return ok(simulation.switches());
      case "GET journal":
        return ok(simulation.journal.entries());
      case "DELETE journal":
        simulation.journal.clear();
        simulation.wire.restart();
        return ok([]);
      case "GET violations":
        return ok(simulation.shapes.violations());
      case "POST touch":
        return touchCall(simulator, body);
    }
    throw new Refusal(404, `The control API has no '${incoming.method} /simulator/${segments.join("/")}'.`);
  } catch (error) {
    if (error instanceof WorldError) return withStatus(400, { problems: error.problems });
    if (error instanceof Refusal) {
      return withStatus(error.status, { problems: error.errors.length > 0 ? error.errors : [error.message] });
    }
    throw error;
  }
}

const ModeBody = z.union([z.literal("virtual"), z.literal("real"), z.strictObject({ speed: z.number().positive() })]);

const ClockBody = z
  .strictObject({ now: z.string().optional(), mode: ModeBody.optional(), advance: Duration.optional() })
  .transform(({ now, mode, advance }) => ({
    ...(now === undefined ? {} : { now }),
    ...(mode === undefined ? {} : { mode }),
    ...(advance === undefined ? {} : { advance }),
  }));

// The simulator checks the content itself: these schemas only demand an object.
const ScriptBody = z.custom<ScriptInput>(isRecord, "must be an object");
const FaultBody = z.custom<FaultInput>(isRecord, "must be an object");
const ProfileNames = z.array(
  z.custom<Parameters<Simulator["useProfile"]>[0]>((name) => typeof name === "string", "must be a name"),
);

const TouchBody = z.strictObject({ project: z.string(), what: z.enum(["variables", "process"]) });

function clockState({ clock }: Simulation): unknown {
  return { now: dateTime(clock.now()), epochMilliseconds: clock.now(), mode: clock.mode() };
}

function worldCall(simulation: Simulation, simulator: Simulator, incoming: Incoming, body: unknown): Reply {
  const world = parse(z.custom<Parameters<Simulator["loadWorld"]>[0]>(isRecord, "must be an object"), body);
  if (parseQuery(incoming.search).flag("add") === true) simulator.addWorld(world);
  else simulator.loadWorld(world);
  return ok({ keys: keysOf(simulation) });
}

/** The first API key of each user, by user name. */
export function keysOf(simulation: Simulation): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...simulation.instance().state.users.values()].flatMap(({ username, apiKeys }) => {
      const key = apiKeys[0]?.key;
      return key === undefined ? [] : [[username, key]];
    }),
  );
}

function touchCall(simulator: Simulator, body: unknown): Reply {
  const { project, what } = parse(TouchBody, body);
  if (what === "variables") simulator.touchVariables(project);
  else simulator.touchProcess(project);
  return ok({});
}

const Status = z.enum(["Pending", "Running", "Success", "Failed", "Skipped", "SuccessWithWarning", "Canceled"]);

const TaskBodies = {
  log: z.strictObject({
    text: z.string(),
    step: z.string().optional(),
    target: z.string().optional(),
    category: z.string().optional(),
  }),
  startStep: z.strictObject({ name: z.string(), targets: z.array(z.string()).optional() }),
  endStep: z.strictObject({ name: z.string(), status: Status.optional() }),
  progress: z.strictObject({
    step: z.string().optional(),
    percentage: z.number().min(0).max(100),
    message: z.string().optional(),
  }),
  intervention: z.strictObject({
    step: z.string().optional(),
    instructions: z.string().optional(),
    teams: z.array(z.string()).optional(),
    asChildStep: z.boolean().optional(),
    blocksOthers: z.boolean().optional(),
    linkedGroup: z.string().optional(),
  }),
  guidedFailure: z.strictObject({ step: z.string(), error: z.string() }),
  artifact: z.strictObject({
    filename: z.string().min(1),
    content: z.string(),
    base64: z.boolean().default(false),
    source: z.string().optional(),
  }),
  output: z.strictObject({ step: z.string(), name: z.string(), value: z.string(), sensitive: z.boolean().optional() }),
  complete: z.strictObject({
    state: z.enum(["Success", "Failed", "Canceled", "TimedOut"]),
    error: z.string().optional(),
    warnings: z.boolean().optional(),
  }),
  purge: z.strictObject({ forgetId: z.boolean().optional() }),
};

function taskCall(
  simulation: Simulation,
  simulator: Simulator,
  method: string,
  id: string,
  action: string | undefined,
  body: unknown,
): Reply {
  const task = simulator.task(id);
  if (method === "GET" && action === undefined) return ok(simulation.instance().state.history.tasks.get(id));
  if (method !== "POST") throw new Refusal(405, `The control API has no '${method}' for tasks.`);
  return ok(perform(task, action, body));
}

function perform(task: TaskControl, action: string | undefined, body: unknown): unknown {
  switch (action) {
    case "log":
      for (const line of listOf(body)) task.log(parse(TaskBodies.log, line));
      return {};
    case "start-step":
      return done(task.startStep(parse(TaskBodies.startStep, body)));
    case "end-step":
      return done(task.endStep(parse(TaskBodies.endStep, body)));
    case "progress":
      return done(task.progress(parse(TaskBodies.progress, body)));
    case "intervention":
      return { id: task.raiseIntervention(parse(TaskBodies.intervention, body)) };
    case "guided-failure":
      return { id: task.raiseGuidedFailure(parse(TaskBodies.guidedFailure, body)) };
    case "artifact": {
      const { filename, content, base64, source } = parse(TaskBodies.artifact, body);
      return {
        id: task.attachArtifact({ filename, content: Buffer.from(content, base64 ? "base64" : "utf8"), source }),
      };
    }
    case "output":
      return done(task.setOutput(parse(TaskBodies.output, body)));
    case "complete":
      return done(task.complete(parse(TaskBodies.complete, body)));
    case "clear-preconditions":
      return done(task.clearPreconditions());
    case "purge":
      return done(task.purge(parse(TaskBodies.purge, body ?? {})));
    case undefined:
    default:
      throw new Refusal(404, `The control API cannot '${action ?? ""}' a task.`);
  }
}

function done(_nothing: void): unknown {
  return {};
}

function listOf(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body : [body];
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  if (value === undefined) throw new Refusal(400, "A JSON body is required.");
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, "The call is malformed.", problemsOf(parsed.error));
}

function readBody({ rawBody }: Incoming): unknown {
  if (rawBody.length === 0) return undefined;
  try {
    return JSON.parse(rawBody.toString("utf8"));
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
