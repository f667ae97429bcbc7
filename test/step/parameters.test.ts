import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ParameterError } from "../../src/errors.ts";
import { parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import { parseTrain } from "../../src/train/parse-train.ts";

const apiKey = "API-SECRETSECRETSECRET";

/** The variables of a step with only the required fields filled in, in an untenanted deployment. */
const asAdded: Readonly<Record<string, string>> = {
  ...Object.fromEntries(parameterDeclarations.map(({ name, defaultValue }) => [name, defaultValue])),
  "ChildProject.Web.ServerUrl": "https://octopus.example.com",
  "ChildProject.Api.Key": apiKey,
  "ChildProject.Space.Name": "Default",
  "ChildProject.Project.Name": "Web API",
  "ChildProject.Destination.EnvironmentName": "Staging",
  "ChildProject.ManualIntervention.EnvironmentToUse": "Staging",
  "Octopus.Environment.Name": "Staging",
};

function parse(changes: Readonly<Record<string, string | undefined>> = {}) {
  return parseTrain(new Map(Object.entries({ ...asAdded, ...changes }))).levels[0][0].settings;
}

function problemsWith(changes: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    parse(changes);
  } catch (error) {
    if (error instanceof ParameterError) return error.problems;
    throw error;
  }
  return [];
}

const token = (name: string) => ["#", "{", name, "}"].join("");

describe("valid parameters", () => {
  test("a step with only the required fields has the defaults", () => {
    const { child, whatIf, wait, limits, server } = parse();

    expect(server).toEqual({ url: "https://octopus.example.com", credential: { kind: "api-key", value: apiKey } });
    expect(child).toMatchObject({
      space: "Default",
      project: "Web API",
      destination: "Staging",
      mode: "Promote",
      condition: "Different",
      notFound: "Warning",
    });
    expect([child.channel, child.source, child.pattern.text]).toEqual([undefined, undefined, ""]);
    expect({ whatIf, wait, limits }).toEqual({
      whatIf: false,
      wait: "Yes",
      limits: { queue: 3_600_000, run: 1_800_000 },
    });
  });

  test("a process of an earlier version, which lacks the new parameters, has the defaults", () => {
    const names = [
      "ChildProject.Deployment.Condition",
      "ChildProject.Plan.Policy",
      "ChildProject.QueueTimeout.Seconds",
      "ChildProject.GuidedFailure.Mode",
    ];

    const { child, limits } = parse(Object.fromEntries(names.map((name) => [name, undefined])));

    expect([child.condition, limits.queue]).toEqual(["Different", 3_600_000]);
  });

  test.each([
    {
      rule: "blanks around a name do not matter",
      changes: { "ChildProject.Project.Name": "  Web API " },
      project: "Web API",
    },
    {
      rule: "names keep blanks and signs inside",
      changes: { "ChildProject.Project.Name": "Web & API: #1" },
      project: "Web & API: #1",
    },
  ])("$rule", ({ changes, project }) => {
    expect(parse(changes).child.project).toBe(project);
  });

  test.each(["", "  "])("an optional field with %j counts as blank", (text) => {
    const { child } = parse({
      "ChildProject.Channel.Name": text,
      "ChildProject.SourceEnvironment.Name": text,
      "ChildProject.Release.Number": text,
    });

    expect([child.channel, child.source, child.pattern.text]).toEqual([undefined, undefined, ""]);
  });

  test.each(["N/A", "n/a"])("%j counts as blank only in fields that have it as default", (text) => {
    const { targeting, schedule } = parse({
      "ChildProject.Target.MachineNames": text,
      "ChildProject.Deployment.FutureTime": text,
    });

    expect([targeting.machines, schedule.start]).toEqual([[], undefined]);
  });

  test("N/A is a name like any other in every other field", () => {
    const { child, targeting, approvals } = parse({
      "ChildProject.Project.Name": "N/A",
      "ChildProject.Channel.Name": "N/A",
      "ChildProject.SourceEnvironment.Name": "N/A",
      "ChildProject.Tenant.Name": "N/A",
      "ChildProject.Excluded.MachineNames": "N/A",
      "ChildProject.ManualIntervention.EnvironmentToUse": "N/A",
    });

    expect([child.project, child.channel, child.source]).toEqual(["N/A", "N/A", "N/A"]);
    expect([targeting.tenant, targeting.excludedMachines, approvals.environment]).toEqual(["N/A", ["N/A"], "N/A"]);
  });

  test.each(["N/A", "n/a"])("the release number %j means no release, rather than any", (text) => {
    expect(parse({ "ChildProject.Release.Number": text }).child.pattern.meansNoRelease).toBe(true);
  });

  test.each([
    ["1800", 1_800_000],
    ["30m", 1_800_000],
    ["2h", 7_200_000],
    ["0", undefined],
    ["0.0", undefined],
    ["1800.0", 1_800_000],
    [" 1800.00 ", 1_800_000],
    ["", 1_800_000],
  ])("a time limit of %j is %j ms", (text, limit) => {
    expect(parse({ "ChildProject.CancelDeployment.Seconds": text }).limits.run).toBe(limit);
  });

  test.each(["yes", "YES", " Yes "])("an option is found in any case: %j", (text) => {
    expect(parse({ "ChildProject.WhatIf.Value": text }).whatIf).toBe(true);
  });

  test.each([
    ["True", true],
    ["true", true],
    [" FALSE ", false],
  ])("the value of an Octopus checkbox counts as Yes or No: %j", (text, expected) => {
    const settings = parse({
      "ChildProject.WhatIf.Value": text,
      "ChildProject.ManualIntervention.RequesterMayApprove": text,
      "ChildProject.WaitForFinish.Value": text,
    });

    expect([settings.whatIf, settings.approvals.requesterMayApprove]).toEqual([expected, expected]);
    expect(settings.wait).toBe(expected ? "Yes" : "No");
  });

  test("a number with zero decimals is a whole number", () => {
    const { approvals, schedule } = parse({
      "ChildProject.ManualIntervention.MinimumApprovers": "2.0",
      "ChildProject.Schedule.ExpiryMinutes": "90.0",
    });

    expect([approvals.minimumApprovers, schedule.expirySeconds]).toEqual([2, 5400]);
  });

  test.each(["", "  ", undefined])("the child's space is the parent's when the field holds %j", (text) => {
    expect(parse({ "ChildProject.Space.Name": text, "Octopus.Space.Name": "Retail" }).child.space).toBe("Retail");
  });

  test.each([
    {
      rule: "comments and blank lines are ignored",
      text: "# who\n\n  # A::1\nApprover::Sam\n#",
      values: { Approver: "Sam" },
    },
    {
      rule: "a value may contain the sign of a comment",
      text: "Colour::#ff0000",
      values: { Colour: "#ff0000" },
    },
    {
      rule: "an expression that was escaped for the child is a value",
      text: `Banner::to ${token("Octopus.Environment.Name")}!`,
      values: { Banner: `to ${token("Octopus.Environment.Name")}!` },
    },
    {
      rule: "the escape itself is a value",
      text: `Banner::#${token("Octopus.Environment.Name")}`,
      values: { Banner: `#${token("Octopus.Environment.Name")}` },
    },
    {
      rule: "an expression in JSON is a value",
      text: JSON.stringify({ Banner: token("X") }),
      values: { Banner: token("X") },
    },
    {
      rule: "a comment may contain an expression",
      text: `# Approver::${token("Team.Lead")}\nApprover::Sam`,
      values: { Approver: "Sam" },
    },
  ])("prompted values: $rule", ({ text, values }) => {
    const { targeting } = parse({ "ChildProject.Prompted.Variables": text });

    expect(targeting.promptedValues).toEqual(Object.entries(values).map(([name, value]) => ({ name, value })));
  });

  test("an access token is not taken for an API key", () => {
    const value = "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl";

    expect(parse({ "ChildProject.Api.Key": value }).server.credential).toEqual({ kind: "access-token", value });
  });

  test.each(["ChildProject.Tenant.Name", "ChildProject.ManualIntervention.Tenant.Name"])(
    "an unresolved Octopus variable in %s means no tenant",
    (name) => {
      expect(problemsWith({ [name]: token("Octopus.Deployment.Tenant.Name") })).toEqual([]);
    },
  );
});

describe("invalid parameters", () => {
  test.each([
    "ChildProject.Web.ServerUrl",
    "ChildProject.Api.Key",
    "ChildProject.Space.Name",
    "ChildProject.Project.Name",
    "ChildProject.Destination.EnvironmentName",
  ])("%s is required: blank and not defined are reported the same way", (name) => {
    for (const value of ["", "   ", undefined]) {
      const problems = problemsWith({ [name]: value });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^".+" \\(${name.replaceAll(".", "\\.")}\\) is empty: enter .+\\.$`));
    }
  });

  test.each(parameterDeclarations.map(({ name }) => name))("an unresolved variable in %s is named", (name) => {
    const problems = problemsWith({ [name]: token("Project.Typo") });

    expect(problems.filter((problem) => problem.includes(`(${name}) contains ${token("Project.Typo")}`))).toHaveLength(
      1,
    );
  });

  test("an unresolved Octopus variable outside the tenant fields and the approval environment is an error too", () => {
    expect(problemsWith({ "ChildProject.Release.Number": token("Octopus.Release.Number") })).toEqual([
      `"Release number or pattern" (ChildProject.Release.Number) contains ${token("Octopus.Release.Number")}, which Octopus could not resolve: correct the name or define the variable.`,
    ]);
  });

  test.each([
    { rule: "in a name", text: `${token("Name")}::Sam` },
    { rule: "instead of lines", text: `Approver::Sam\n${token("More.Lines")}` },
    { rule: "half of one in a value", text: `Approver::${token("Lead").slice(0, -1)}` },
    { rule: "half of one in JSON", text: JSON.stringify({ Approver: token("Lead").slice(0, -1) }) },
  ])("an expression that Octopus left among prompted values, $rule, is refused", ({ text }) => {
    const problems = problemsWith({ "ChildProject.Prompted.Variables": text });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/\(ChildProject\.Prompted\.Variables\) contains .*which Octopus could not resolve/);
  });

  test.each([
    { rule: "a line without ::", text: `Password::hunt${token("er2")}\nrest` },
    { rule: "a name twice", text: `Password::hunt${token("er2")}\npassword::x` },
    { rule: "half a JSON object", text: `{"Password": "hunt${token("er2")}"` },
    { rule: "null in JSON", text: `{"Password": "hunt${token("er2")}", "Lead": null}` },
  ])("no part of a prompted value is quoted because of $rule", ({ text }) => {
    expect(problemsWith({ "ChildProject.Prompted.Variables": text }).join()).not.toMatch(/^$|er2/);
  });

  test.each([
    { name: "ChildProject.WhatIf.Value", text: "maybe ".repeat(100) },
    { name: "ChildProject.CancelDeployment.Seconds", text: "9".repeat(1000) },
    { name: "ChildProject.Schedule.TimeZone", text: "Mars/".repeat(100) },
    { name: "ChildProject.Deployment.FutureTime", text: "at noon ".repeat(100) },
    { name: "ChildProject.GuidedFailure.Retries", text: "9".repeat(1000) },
    { name: "ChildProject.Channel.Name", text: token("A".repeat(1000)) },
  ])("no more than 200 characters of $name are quoted", ({ name, text }) => {
    const [problem = ""] = problemsWith({ [name]: text });

    expect(problem).toContain(text.slice(0, 190));
    expect(problem).not.toContain(text.slice(0, 201));
  });

  test("the problem with an invalid server URL does not quote its password", () => {
    const [problem = ""] = problemsWith({ "ChildProject.Web.ServerUrl": "robot:hunter2@octopus.example.com" });

    expect(problem).toContain('is "octopus.example.com", which is not an http:// or https:// URL.');
    expect(problem).not.toContain("hunter2");
  });

  test("the problem with an invalid server URL does not quote any part of a password with a slash", () => {
    const [problem = ""] = problemsWith({ "ChildProject.Web.ServerUrl": "ftp://robot:hunt/er2@octopus.example.com" });

    expect(problem).toContain('is "ftp://octopus.example.com", which is not an http:// or https:// URL.');
  });

  // Code that searches from every position in these texts exceeds the time limit of the test.
  test.each(parameterDeclarations.map(({ name }) => name))("200,000 characters in %s are read quickly", (name) => {
    const texts = ["a", "/", " ", "1", "[", ["#", "{"].join(""), "x ", "\n", "::", "1.", ">=1 "];

    for (const text of texts)
      expect(problemsWith({ [name]: `${text.repeat(200_000 / text.length)}\nx` })).toEqual(expect.any(Array));
  });

  test("a half-written reference is an error as well", () => {
    expect(problemsWith({ "ChildProject.Channel.Name": ["#", "{Channel"].join("") })[0]).toContain("could not resolve");
  });

  test.each([
    ["ChildProject.CancelDeployment.Seconds", "abc"],
    ["ChildProject.QueueTimeout.Seconds", "-1"],
    ["ChildProject.CancelDeployment.Seconds", "1e9"],
    ["ChildProject.Schedule.ExpiryMinutes", "soon"],
    ["ChildProject.ManualIntervention.MinimumApprovers", "0"],
    ["ChildProject.GuidedFailure.Retries", "1.5"],
    ["ChildProject.Web.ServerUrl", "octopus.example.com"],
    ["ChildProject.Web.ServerUrl", "ftp://octopus.example.com"],
    ["ChildProject.Schedule.TimeZone", "Mars/Olympus"],
    ["ChildProject.Deployment.FutureTime", "25:00"],
    ["ChildProject.Release.Number", ">=1.0 <"],
    ["ChildProject.DeploymentMode.Value", "Promotion"],
    ["ChildProject.WhatIf.Value", "truee"],
    ["ChildProject.WhatIf.Value", "1"],
    ["ChildProject.WhatIf.Value", ""],
    ["ChildProject.GuidedFailure.Mode", "true"],
    ["ChildProject.CancelDeployment.Seconds", "1800.5"],
    ["ChildProject.CancelDeployment.Seconds", "1800."],
    ["ChildProject.GuidedFailure.Retries", "1.01"],
    ["ChildProject.Deployment.Condition", "newer"],
    // Of two variables, both of which were empty.
    ["ChildProject.Target.MachineNames", ","],
    ["ChildProject.Excluded.MachineNames", ", ,"],
  ])("%s = %j is refused, naming the value", (name, text) => {
    const problems = problemsWith({ [name]: text });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`(${name}) is ${text === "" ? "blank" : `"${text}"`}`);
  });

  test.each(["Redeploy", "AlwaysLatest"])("%s contradicts Higher and PackagesDiffer", (mode) => {
    for (const condition of ["Higher", "PackagesDiffer"]) {
      const problems = problemsWith({
        "ChildProject.DeploymentMode.Value": mode,
        "ChildProject.Deployment.Condition": condition,
      });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(`${mode}, which always deploys`);
    }
    expect(
      problemsWith({ "ChildProject.DeploymentMode.Value": mode, "ChildProject.Deployment.Condition": "Always" }),
    ).toEqual([]);
  });

  test("on deployment targets the step refuses to run and says how to move it", () => {
    const [problem] = problemsWith({ "Octopus.Machine.Id": "Machines-1" });

    expect(problem).toContain("Run once on a worker");
  });

  test("all problems are reported at once", () => {
    const problems = problemsWith({
      "ChildProject.Project.Name": "",
      "ChildProject.CancelDeployment.Seconds": "abc",
      "ChildProject.WhatIf.Value": "maybe",
      "Octopus.Machine.Id": "Machines-1",
    });

    expect(problems).toHaveLength(4);
  });

  test.each(["API-ABC\u200bDEF", "API-ABC\u00a0DEF", "API-ABC\nDEF", "API-ABCD\u00c9F", '"API-ABCDEF"', "API-"])(
    "%j, which no HTTP header can carry as an API key, is refused before any request",
    (key) => {
      expect(problemsWith({ "ChildProject.Api.Key": key })).toEqual([
        '"Octopus API key" (ChildProject.Api.Key) is neither an API key (it begins with API-) nor an access token (a JWT): enter one of the two.',
      ]);
    },
  );

  test("secrets are never quoted", () => {
    const secrets = ["NOT-A-KEY-hunter2", "Password::", "hunter3"];
    const changes = {
      "ChildProject.Api.Key": secrets[0],
      "ChildProject.Prompted.Variables": `{ "Password": { "nested": "hunter3" } }`,
      "ChildProject.WhatIf.Value": "maybe",
    };

    let thrown: unknown;
    try {
      parse(changes);
    } catch (error) {
      thrown = error;
    }

    const everything = inspect(thrown, { depth: 20, showHidden: true });
    expect(everything).toContain("neither an API key");
    expect(everything).not.toContain("hunter2");
    expect(everything).not.toContain("hunter3");
  });
});
