import { inspect } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParameterError } from "../../src/errors.ts";
import { type ParameterDeclaration, parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import { listLabels } from "../../src/train/list-labels.ts";
import { parseTrain } from "../../src/train/parse-train.ts";

type Changes = Readonly<Record<string, string | undefined>>;

/** The variables of a step with only the required fields filled in, in an untenanted deployment. */
const asAdded: Readonly<Record<string, string>> = {
  ...Object.fromEntries(parameterDeclarations.map(({ name, defaultValue }) => [name, defaultValue])),
  "ChildProject.Web.ServerUrl": "https://octopus.example.com",
  "ChildProject.Api.Key": "API-SECRETSECRETSECRET",
  "ChildProject.Space.Name": "Default",
  "ChildProject.Destination.EnvironmentName": "Staging",
  "ChildProject.Tenant.Name": "",
  "ChildProject.ManualIntervention.EnvironmentToUse": "Staging",
  "ChildProject.ManualIntervention.Tenant.Name": "",
};

function parse(list: string, changes: Changes = {}) {
  return parseTrain(new Map(Object.entries({ ...asAdded, "ChildProject.Project.Name": list, ...changes })));
}

/** The settings of the only child, whose name is followed by these lines. */
function settingsWith(...lines: readonly string[]) {
  return parse(["Web API", ...lines.map((line) => `  ${line}`)].join("\n")).levels[0][0].settings;
}

function problemsOf(list: string, changes: Changes = {}): readonly string[] {
  try {
    parse(list, changes);
  } catch (error) {
    if (error instanceof ParameterError) return error.problems;
    throw error;
  }
  return [];
}

const token = (name: string) => ["#", "{", name, "}"].join("");

const listTitle = '"Child projects" (ChildProject.Project.Name)';

describe("a valid list", () => {
  test.each(["Web API", "  Web API \t", "\u00a0Web API\r\n", "\n Web API \n\n"])(
    "one project is one child: %j",
    (list) => {
      const { levels, parallelLimit, failurePolicy } = parse(list);

      expect(levels).toHaveLength(1);
      expect(levels[0]).toHaveLength(1);
      expect(levels[0][0]).toMatchObject({ ifMissing: "error", settings: { child: { project: "Web API" } } });
      expect({ parallelLimit, failurePolicy }).toEqual({ parallelLimit: 4, failurePolicy: "Stop" });
    },
  );

  test("children are grouped in levels, each with its line", () => {
    const { levels } = parse("Database\nWeb API\n+ Scheduling Service\n    channel: Hotfix\n+ C++\nWeb UI\n\n");

    expect(levels.map((level) => level.map(({ line, settings }) => `${line} ${settings.child.project}`))).toEqual([
      ["1 Database"],
      ["2 Web API", "3 Scheduling Service", "5 C++"],
      ["6 Web UI"],
    ]);
  });

  test("a setting replaces the step's own field for its child alone", () => {
    const own = { "ChildProject.Channel.Name": "Stable", "ChildProject.Prompted.Variables": "A::1\nB::2" };
    const { levels } = parse("Database\n  channel: Hotfix\n  prompted variables: A::3\nWeb API", own);

    expect(levels.map(([{ settings }]) => [settings.child.channel, settings.targeting.promptedValues])).toEqual([
      ["Hotfix", [{ name: "A", value: "3" }]],
      [
        "Stable",
        [
          { name: "A", value: "1" },
          { name: "B", value: "2" },
        ],
      ],
    ]);
  });

  test("settings that are the same for all children are returned once", () => {
    const { common } = parse("Database\nWeb API", {
      "ChildProject.WhatIf.Value": "Yes",
      "ChildProject.Freeze.OverrideReason": "Because",
      "ChildProject.ManualIntervention.Tenant.Name": "Contoso",
    });

    expect(common).toMatchObject({
      server: { url: "https://octopus.example.com" },
      whatIf: true,
      planPolicy: "Use",
      wait: "Yes",
      freezeOverrideReason: "Because",
      approvals: { environment: "Staging", tenant: "Contoso", requesterMayApprove: true },
    });
  });

  test.each([
    ["", 4],
    ["7", 7],
    ["0", undefined],
  ])("at the same time: %j", (text, parallelLimit) => {
    expect(parse("A\n+ B", { "ChildProject.Parallel.Limit": text }).parallelLimit).toBe(parallelLimit);
  });

  test("a process of an earlier version, which lacks the new parameters, has the defaults", () => {
    const { parallelLimit, failurePolicy } = parse("Web API", {
      "ChildProject.Parallel.Limit": undefined,
      "ChildProject.Failure.Policy": undefined,
    });

    expect({ parallelLimit, failurePolicy }).toEqual({ parallelLimit: 4, failurePolicy: "Stop" });
  });

  test("the failure policy is read in any case", () => {
    expect(parse("A\nB", { "ChildProject.Failure.Policy": " continue " }).failurePolicy).toBe("Continue");
  });

  test.each([
    ["error", "error"],
    ["SKIP", "skip"],
  ])("if missing: %s", (text, ifMissing) => {
    expect(parse(`A\n  If missing: ${text}`).levels[0][0].ifMissing).toBe(ifMissing);
  });

  test("the same project for several tenants, and from the destination of another tenant", () => {
    const list =
      "A\n tenant: T1\n source environment: Test\n+ A\n tenant: T2\nA\n tenant: T3\n destination environment: Test";

    expect(problemsOf(list)).toEqual([]);
  });

  test("projects of one name in two spaces", () => {
    expect(problemsOf("A\n+ A\n  space: Retail\nA\n  space: Bank\n  source environment: Staging")).toEqual([]);
  });

  test("fields that every child sets may be left blank", () => {
    const list = "A\n  destination environment: Test\nB\n  destination environment: Staging";

    expect(problemsOf(list, { "ChildProject.Destination.EnvironmentName": "" })).toEqual([]);
  });
});

describe("the settings of one child", () => {
  const lateral = [
    ["space", "Retail", "child.space", "Retail"],
    ["channel", "Hotfix", "child.channel", "Hotfix"],
    ["release number", "2021.1.*", "child.pattern.text", "2021.1.*"],
    ["release number", "N/A", "child.pattern.meansNoRelease", true],
    ["when no release is found", "error", "child.notFound", "Error"],
    ["source environment", "Test", "child.source", "Test"],
    ["destination environment", "Production", "child.destination", "Production"],
    ["deployment mode", "Redeploy", "child.mode", "Redeploy"],
    ["deploy when", "Always", "child.condition", "Always"],
    ["tenant", "Contoso", "targeting.tenant", "Contoso"],
    ["specific machines", "a, b", "targeting.machines", ["a", "b"]],
    ["specific machines", "N/A", "targeting.machines", []],
    ["excluded machines", "a, b", "targeting.excludedMachines", ["a", "b"]],
    ["ignore mismatch", "Yes", "targeting.ignoreMachineMismatch", true],
    ["prompted variables", "A::x: y", "targeting.promptedValues", [{ name: "A", value: "x: y" }]],
    ["prompted variables", '{ "A": "1" }', "targeting.promptedValues", [{ name: "A", value: "1" }]],
    ["steps to skip", "Smoke, tests", "targeting.skippedSteps", ["Smoke, tests"]],
    ["refresh variable snapshot", "True", "targeting.refreshSnapshot", true],
    ["time limit", "45m", "limits.run", 2_700_000],
    ["queue limit", "0", "limits.queue", undefined],
    ["retries", "2", "retries", 2],
    ["guided failure", "On", "guidedFailure.mode", "On"],
    ["guided failure response", "Retry", "guidedFailure.response", "Retry"],
    ["guided failure retries", "3", "guidedFailure.retries", 3],
    ["approve interventions", "No", "approvals.useParents", false],
    ["approvers needed", "2", "approvals.minimumApprovers", 2],
  ] as const;

  test.each(lateral)("%s: %s", (label, value, path, expected) => {
    const known = listLabels.perChild.find((each) => each.label === label);

    for (const name of [label, label.toUpperCase(), known?.shortName, known?.shortName?.toLowerCase()]) {
      expect(settingsWith(`${name}: ${value}`)).toHaveProperty(path, expected);
    }
  });

  test("every label of the list is in the table above", () => {
    const labels = new Set<string>(lateral.map(([label]) => label));

    expect([...labels, "if missing", "roll back"]).toEqual(
      listLabels.perChild.map(({ label }) => label).sort(byTable([...labels])),
    );
    expect(listLabels.perChild).toHaveLength(25);
    expect(parameterDeclarations.filter((each: ParameterDeclaration) => each.perChild !== undefined)).toHaveLength(23);
  });

  test("values of several lines stand in a block", () => {
    const settings = settingsWith(
      "steps to skip:",
      "   Smoke tests",
      "   Notify, all",
      "prompted variables:",
      "   A::1",
      "   # x",
      "   B::2",
    );

    expect(settings.targeting).toMatchObject({
      skippedSteps: ["Smoke tests", "Notify, all"],
      promptedValues: [
        { name: "A", value: "1" },
        { name: "B", value: "2" },
      ],
    });
  });
});

/** Compares labels by their place in a list. Labels that are not in the list come last. */
function byTable(order: readonly string[]) {
  const place = (label: string) => (order.includes(label) ? order.indexOf(label) : order.length);
  return (a: string, b: string) => place(a) - place(b);
}

describe("problems of a list", () => {
  const twoApprovers = { "ChildProject.ManualIntervention.MinimumApprovers": "2" };
  const noApprovals = { "ChildProject.ManualInterventions.UseApprovalsFromParent": "No" };

  test.each<{ rule: string; list: string; changes?: Changes; problems: readonly string[] }>([
    {
      rule: "a problem of the list names the field and the line",
      list: "A\n\nB",
      problems: [`${listTitle}: line 2 is empty: did an expression come out empty?`],
    },
    {
      rule: "a problem of a setting names line, label and child",
      list: "Database\nWeb API\n  channel: Hotfix\n  RELEASE NUMBER: >=1.0 <",
      problems: [expect.stringMatching(/^line 4, "release number" of Web API is ">=1\.0 <": /)],
    },
    {
      rule: "an unresolved expression in a setting",
      list: `A\n  channel: ${token("Channel")}`,
      problems: [
        `line 2, "channel" of A contains ${token("Channel")}, which Octopus could not resolve: correct the name or define the variable.`,
      ],
    },
    {
      rule: "a prompted value that cannot be read, with its own line",
      list: "A\nB\n  prompted variables:\n    X::1\n    Y\n    ::Z",
      problems: [
        'line 3, "prompted variables" of B cannot be read: line 5 lacks the "::" between name and value.',
        'line 3, "prompted variables" of B cannot be read: line 6 has no name before the "::".',
      ],
    },
    {
      rule: "an option that does not exist",
      list: "A\n  if missing: ignore",
      problems: ['line 2, "if missing" of A is "ignore": choose one of error, skip.'],
    },
    {
      rule: "modes of the whole step",
      list: "A\n  deployment mode: RollBack\nB\n  deployment mode: Previous",
      problems: [
        'line 2, "deployment mode" of A is RollBack: that is for the whole step only, in "What to deploy" (ChildProject.DeploymentMode.Value).',
        'line 4, "deployment mode" of B is Previous: that is for the whole step only, in "What to deploy" (ChildProject.DeploymentMode.Value).',
      ],
    },
    {
      rule: "a policy that does not exist",
      list: "A",
      changes: { "ChildProject.Failure.Policy": "Retry" },
      problems: [
        '"When a child fails" (ChildProject.Failure.Policy) is "Retry": choose one of Stop, Continue, RerunUntilDone, RollBack.',
      ],
    },
    {
      rule: "a policy that needs failures, with guided failure",
      list: "A",
      changes: { "ChildProject.Failure.Policy": "RerunUntilDone", "ChildProject.GuidedFailure.Mode": "On" },
      problems: [
        '"When a child fails" (ChildProject.Failure.Policy) is RerunUntilDone, but "Guided failure: mode" (ChildProject.GuidedFailure.Mode) is On: a child that waits for guidance does not fail. Choose Default or Off.',
      ],
    },
    {
      rule: "a roll back with specific machines",
      list: "A",
      changes: { "ChildProject.Failure.Policy": "RollBack", "ChildProject.Target.MachineNames": "web-1" },
      problems: [
        '"When a child fails" (ChildProject.Failure.Policy) is RollBack, but "Deployment targets: only these" (ChildProject.Target.MachineNames) names machines: nothing could be rolled back. Leave it blank.',
      ],
    },
    {
      rule: "a roll back of a roll back",
      list: "A",
      changes: { "ChildProject.Failure.Policy": "RollBack", "ChildProject.DeploymentMode.Value": "Previous" },
      problems: [
        '"What to deploy" (ChildProject.DeploymentMode.Value) is Previous, but "When a child fails" (ChildProject.Failure.Policy) is RollBack: choose Stop or Continue.',
      ],
    },
    {
      rule: "a roll back that is neither yes nor never",
      list: "A\n  roll back: perhaps",
      problems: ['line 2, "roll back" of A is "perhaps": choose one of yes, never.'],
    },
    ...["-1", "1.5", "101", "many"].map((limit) => ({
      rule: `at the same time: ${limit}`,
      list: "A",
      changes: { "ChildProject.Parallel.Limit": limit },
      problems: [`"At the same time" (ChildProject.Parallel.Limit) is "${limit}": enter a whole number from 0 to 100.`],
    })),
    {
      rule: "a problem of the step's own field is reported once",
      list: "A\nB\n+ C\n  channel: X",
      changes: { "ChildProject.Channel.Name": token("Channel"), "ChildProject.WhatIf.Value": "maybe" },
      problems: [
        expect.stringMatching(/^"Channel" \(ChildProject\.Channel\.Name\) contains /),
        expect.stringMatching(/^"Plan only \(what-if\)" \(ChildProject\.WhatIf\.Value\) is "maybe"/),
      ],
    },
    {
      rule: "a problem of the step's own field, with an empty list",
      list: " ",
      changes: { "ChildProject.WhatIf.Value": "maybe" },
      problems: [
        `${listTitle} is empty: enter the name of the child project, or the names of several, one per line.`,
        expect.stringMatching(/^"Plan only \(what-if\)" /),
      ],
    },
    {
      rule: "a contradiction within one child",
      list: "A\n  deploy when: Higher\n  deployment mode: Redeploy\nB",
      problems: [
        'line 3, "deployment mode" of A is Redeploy, which always deploys, but line 2, "deploy when" of A is Higher: choose Promote or Always.',
      ],
    },
    {
      rule: "a setting that contradicts the step's own mode",
      list: "A\nB\n  deploy when: Higher",
      changes: { "ChildProject.DeploymentMode.Value": "Redeploy" },
      problems: [
        'line 3, "deploy when" of B is Higher, but "What to deploy" (ChildProject.DeploymentMode.Value) is Redeploy, which always deploys: choose Promote or Always.',
      ],
    },
    {
      rule: "a setting that contradicts the step's own condition",
      list: "A\nB\n  deployment mode: AlwaysLatest",
      changes: { "ChildProject.Deployment.Condition": "PackagesDiffer" },
      problems: [
        'line 3, "deployment mode" of B is AlwaysLatest, which always deploys, but "Deploy if" (ChildProject.Deployment.Condition) is PackagesDiffer: choose Promote or Always.',
      ],
    },
    {
      rule: "fewer approvers than in the step's own field",
      list: "A\n  approvers needed: 1\nB\n  approvers needed: 2\nC\n  approvers needed: 3",
      changes: twoApprovers,
      problems: [
        'line 2, "approvers needed" of A is 1, but "Approvals: minimum number of approvers" (ChildProject.ManualIntervention.MinimumApprovers) is 2: for a single child it may only be raised.',
      ],
    },
    {
      rule: "approving interventions although the step's own field says No",
      list: "A\n  approve interventions: Yes\nB\n  approve interventions: No",
      changes: noApprovals,
      problems: [
        `line 2, "approve interventions" of A is Yes, but "Approvals: approve the child's manual interventions" (ChildProject.ManualInterventions.UseApprovalsFromParent) is No: for a single child it may only be changed to No.`,
      ],
    },
    {
      rule: "problems of one child, by line, a weakened approval and a mode of the whole step among them",
      list: "A\n  retries: x\n  approvers needed: 1\n  deployment mode: RollBack\n  channel: C\n  if missing: y",
      changes: { ...twoApprovers, "ChildProject.ManualInterventions.UseApprovalsFromParent": "?" },
      problems: [
        expect.stringMatching(/^"Approvals: approve the child's manual interventions" \(.+\) is "\?"/),
        expect.stringMatching(/^line 2, "retries" of A is "x"/),
        expect.stringMatching(/^line 3, "approvers needed" of A is 1, but /),
        expect.stringMatching(/^line 4, "deployment mode" of A is RollBack: that is for the whole step only/),
        expect.stringMatching(/^line 6, "if missing" of A is "y"/),
      ],
    },
    {
      rule: "a setting is not compared with an invalid check box",
      list: "A\n  approve interventions: Yes",
      changes: { "ChildProject.ManualInterventions.UseApprovalsFromParent": "?" },
      problems: [expect.stringMatching(/^"Approvals: approve the child's manual interventions" \(.+\) is "\?"/)],
    },
    {
      rule: "a setting is not compared with an invalid field",
      list: "A\n  approvers needed: 1",
      changes: { "ChildProject.ManualIntervention.MinimumApprovers": "many" },
      problems: [
        expect.stringMatching(/^"Approvals: minimum number of approvers" \(.+\) is "many": enter a whole number/),
      ],
    },
    {
      rule: "the same child twice",
      list: "Web API\nDatabase\n  tenant: T\n+ web api \nDatabase\n  TENANT: t",
      problems: [
        `${listTitle}: line 4 deploys web api to Staging, as line 1 does already: remove one of them.`,
        `${listTitle}: line 5 deploys Database to Staging for t, as line 2 does already: remove one of them.`,
      ],
    },
    {
      rule: "a project for tenants and untenanted",
      list: "A\n  tenant: T\nA\nA\n tenant: U\n destination environment: staging",
      problems: [
        `${listTitle}: line 3 deploys A to Staging untenanted, but line 1 deploys it to Staging for T: choose either tenants or untenanted.`,
      ],
    },
    {
      rule: "a source that is the destination of another child, wherever it stands",
      list: "A\n  destination environment: Production\n  source environment: STAGING\nA\nB\n  source environment: Test\nB\n  destination environment: Test",
      problems: [
        `${listTitle}: line 1 promotes A from Staging, where line 4 deploys it: all releases are chosen before the first deployment. Use a second step.`,
        `${listTitle}: line 5 promotes B from Test, where line 7 deploys it: all releases are chosen before the first deployment. Use a second step.`,
      ],
    },
    {
      rule: "not waiting with several levels",
      list: "A\nB\n+ C",
      changes: { "ChildProject.WaitForFinish.Value": "No" },
      problems: [
        `"Wait for the child deployment" (ChildProject.WaitForFinish.Value) is No, but ${listTitle} has 2 levels that start one after the other: choose Yes or ThroughSchedule.`,
      ],
    },
    {
      rule: "not waiting with the policy Continue",
      list: "A\n+ B",
      changes: { "ChildProject.WaitForFinish.Value": "No", "ChildProject.Failure.Policy": "Continue" },
      problems: [
        `"Wait for the child deployment" (ChildProject.WaitForFinish.Value) is No, but "When a child fails" (ChildProject.Failure.Policy) is Continue: choose Yes or ThroughSchedule.`,
      ],
    },
    {
      rule: "a schedule that is not waited for, with several levels and the policy Continue",
      list: "A\nB",
      changes: { "ChildProject.Deployment.FutureTime": "21:00", "ChildProject.Failure.Policy": "Continue" },
      problems: [
        `"Schedule: start time" (ChildProject.Deployment.FutureTime) is given and "Wait for the child deployment" (ChildProject.WaitForFinish.Value) is Yes, but ${listTitle} has 2 levels that start one after the other and "When a child fails" (ChildProject.Failure.Policy) is Continue: choose ThroughSchedule, or leave the schedule blank.`,
      ],
    },
    {
      rule: "several lines of a release number",
      list: "A",
      changes: { "ChildProject.Release.Number": "Web [API] 2021.1.0.14\nDatabase 1.0" },
      problems: [
        '"Release number or pattern" (ChildProject.Release.Number) has several lines, as ReleaseToPromote of several children has: bind Child[Web (API)].ReleaseToPromote of the step that chose the release instead.',
      ],
    },
    {
      rule: "several lines of a range",
      list: "A",
      changes: { "ChildProject.Release.Number": ">=1.0\n<2.0" },
      problems: [
        '"Release number or pattern" (ChildProject.Release.Number) has several lines, as ReleaseToPromote of several children has: bind Child[<name>].ReleaseToPromote of the step that chose the release instead.',
      ],
    },
    {
      rule: "a name with a version as a release number",
      list: "A\n  release number: Web API 2021.1.0.14-rc.1",
      problems: [
        'line 2, "release number" of A is "Web API 2021.1.0.14-rc.1", a name with a version: bind Child[Web API].ReleaseToPromote of the step that chose the release instead.',
      ],
    },
    {
      rule: "on deployment targets",
      list: "A\nB",
      changes: { "Octopus.Machine.Id": "Machines-1" },
      problems: [expect.stringContaining("Run once on a worker")],
    },
  ])("$rule", ({ list, changes, problems }) => {
    expect(problemsOf(list, changes)).toEqual(problems);
  });

  test.each([
    ["one level", "A\n+ B", "No", "", "Stop"],
    ["one child", "A", "No", "21:00", "Stop"],
    ["one level and a schedule", "A\n+ B", "Yes", "21:00", "Stop"],
    ["a schedule that is waited for", "A\nB", "ThroughSchedule", "21:00", "Continue"],
    ["the policy Continue", "A\nB", "Yes", "N/A", "Continue"],
  ])("%s: this way of waiting is allowed", (_, list, wait, start, policy) => {
    const changes = {
      "ChildProject.WaitForFinish.Value": wait,
      "ChildProject.Deployment.FutureTime": start,
      "ChildProject.Failure.Policy": policy,
    };

    expect(problemsOf(list, changes)).toEqual([]);
  });

  test.each(["Redeploy", "AlwaysLatest"])("in the mode %s the source does not matter", (mode) => {
    const list = `A\n  destination environment: Production\n  source environment: Staging\n  deployment mode: ${mode}\nA`;

    expect(problemsOf(list)).toEqual([]);
  });

  const ofStep = parameterDeclarations.filter(
    ({ name, ...each }: ParameterDeclaration) => each.perChild === undefined && name !== "ChildProject.Project.Name",
  );

  test.each(ofStep.map(({ name, label }) => ({ name, label })))(
    "$label is no setting of a child",
    ({ name, label }) => {
      for (const written of [label, label.toUpperCase(), name.replace("ChildProject.", "")]) {
        expect(problemsOf(`A\n  ${written}: Yes`)).toEqual([
          `${listTitle}: line 2 has the label "${written.split(": ")[0]}", but "${label}" (${name}) is the same for all children: set it in the step's own field.`,
        ]);
      }
    },
  );

  test.each([
    "wait",
    "schedule",
    "what-if",
    "plan policy",
    "api key",
    "approval environment",
    "approval tenant",
    "time zone",
  ])("%s is no setting of a child", (label) => {
    expect(problemsOf(`A\n  ${label}: Yes`)).toEqual([expect.stringContaining("is the same for all children")]);
  });

  test.each(["server: x", "four eyes: No", "project.name: B"])("%s is unknown", (line) => {
    expect(problemsOf(`A\n  ${line}`)).toEqual([
      expect.stringMatching(/: line 2 has the unknown label ".+"\. The nearest/),
    ]);
  });

  test("all problems are reported at once: of the list, the fields, the children, and their combination", () => {
    const list = "A\n  colour: red\n\nB\n  channel: Hotfix\n  retries: many\nC\nC\n+";
    const problems = problemsOf(list, { "ChildProject.WhatIf.Value": "x", "ChildProject.Plan.Policy": "y" });

    expect(problems.map((problem) => /^(?:line \d+|.*?: line \d+|".+?")/.exec(problem)?.[0])).toEqual([
      `${listTitle}: line 2`,
      `${listTitle}: line 3`,
      `${listTitle}: line 9`,
      '"Plan only (what-if)"',
      '"If a plan was approved"',
      "line 6",
      `${listTitle}: line 8`,
    ]);
    expect(problemsOf("A\nA\nB\n  retries: many")).toHaveLength(2);
  });

  test("children with problems count towards the levels", () => {
    const problems = problemsOf("A\n  retries: many\nB\n+ C\nD", { "ChildProject.WaitForFinish.Value": "No" });

    expect(problems).toEqual([expect.stringMatching(/^line 2, /), expect.stringContaining("has 3 levels")]);
  });

  test("secrets are never quoted", () => {
    const lists = [
      "A\n  prompted variables:\n    Password::hunter2\n  Password::hunter2\n  Password::hunter2 a: b",
      "A\n  prompted variables:\n    hunter2",
      "A\n  prompted variables: hunter2\n  channel: " + token("X"),
      "A\n  prompted variables: Password::hunter2\nPassword::hunter2",
      "A\n  prompted variables:\nPassword::hunter2",
      "A\nprompted variables: Password::hunter2\n  retries: x",
      "A\n+ prompted variables: Password::hunter2\n  retries: x",
      "A\n  promted variables: Password::hunter2",
      "A\n  promted variables:\n    Password::hunter2\n    Other: hunter2",
    ];

    for (const list of lists) {
      let thrown: unknown;
      try {
        parse(list);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(ParameterError);
      expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain("hunter2");
    }
  });
});

test("any list ends as a train or as problems, each of them a sentence", () => {
  const labels = listLabels.perChild.map(({ label }) => `  ${label}: `);
  const piece = fc.constantFrom(
    "\n",
    "\nA",
    "\nB",
    "\n+ C",
    "  ",
    "Yes",
    "N/A",
    "2",
    "x",
    ": ",
    "::",
    "1.0",
    "\u00a0",
    ...labels.map((each) => `\n${each}`),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      for (const problem of problemsOf(`A${pieces.join("")}`)) expect(problem).toMatch(/^["l][^]*[.?]$/);
    }),
    { numRuns: 300, seed: 20261129 },
  );
});
