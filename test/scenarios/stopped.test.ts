import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { createWorkDirectory } from "../step-host/work-directory.ts";
import { child, created, orchestration, serve, template } from "./scenario.ts";

/** The shipped body in real time, with a child that runs until the test ends it. */
async function startStep() {
  const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));
  const releases = [{ version: "1.0", created: "-3h", deployments }];
  const server = await serve(
    orchestration({ projects: [child("Web API", releases, { scripts: [{ external: true }] })] }),
  );
  const variables = {
    ...template.defaults,
    "ChildProject.Web.ServerUrl": server.url,
    "ChildProject.Api.Key": server.apiKey,
    "ChildProject.Space.Name": "Default",
    "ChildProject.Project.Name": "Web API",
    "ChildProject.Destination.EnvironmentName": "Staging",
    "ChildProject.ManualIntervention.EnvironmentToUse": "",
  };
  const directory = await createWorkDirectory(template.scriptBody, variables, 256);
  const bash = spawn("bash", [directory.bootstrap, directory.key], {
    cwd: directory.path,
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const closed = once(bash, "exit");
  let text = "";
  await new Promise<void>((resolve) => {
    bash.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.includes("is executing")) resolve();
    });
  });
  const { history } = server.simulator.state();
  const taskId = [...history.tasks.keys()].at(-1) ?? "";
  return { server, bash, closed, taskId, directory };
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s stops the step with a failure; the child is left alone",
  async (signal) => {
    const { server, bash, closed, directory } = await startStep();

    bash.kill(signal);
    await closed;

    expect(bash.exitCode ?? bash.signalCode).not.toBe(0);
    expect(created(server)).toHaveLength(1);
    expect(server.journal().some(({ path }) => path.endsWith("/cancel"))).toBe(false);
    await directory.remove();
  },
);

test("a step whose output is closed stops at its next line", async () => {
  const { server, bash, closed, taskId, directory } = await startStep();

  bash.stdout.destroy();
  server.simulator.task(taskId).complete({ state: "Success" });
  await closed;

  expect(bash.exitCode).not.toBe(0);
  await directory.remove();
});
