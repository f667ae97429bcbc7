import { expect, test } from "vitest";
import { failureOfAnswer, withoutSecrets } from "../../src/octopus/failure.ts";
import type { Failure } from "../../src/octopus/failure.ts";

const url = "http://octopus/vdir/api/Spaces-1/projects?take=1";

function failureOf(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Failure | undefined {
  return failureOfAnswer({ status, statusText: "Said", url, body, header: (name) => headers[name] });
}

test.each<[string, number, unknown]>([
  ["an object", 200, { Items: [] }],
  ["a list", 200, []],
  ["a created resource", 201, { Id: "Deployments-1" }],
])("%s with status %i is a success", (_case, status, body) => {
  expect(failureOf(status, body)).toBeUndefined();
});

test.each<[string, number, unknown, Partial<Failure>]>([
  [
    "a web page",
    200,
    "<!doctype html><html></html>",
    { kind: "not-octopus", explanation: "it sent status 200 with a web page instead of JSON" },
  ],
  [
    "plain text",
    200,
    "hello",
    { kind: "not-octopus", explanation: "it sent status 200 with plain text instead of JSON" },
  ],
  ["nothing", 200, "", { kind: "not-octopus", explanation: "it sent status 200 with an empty body instead of JSON" }],
  ["null", 200, null, { kind: "not-octopus", explanation: "it sent status 200 with a bare value instead of JSON" }],
  ["a number", 200, 42, { kind: "not-octopus", explanation: "it sent status 200 with a bare value instead of JSON" }],
  ["the beginning of an object", 200, '{"Items":[{"Id"', { kind: "lost", cause: "cut-off" }],
  ["the beginning of a list", 201, ' [{"Id"', { kind: "lost", cause: "cut-off" }],
])("a success status with %s is a failure", (_case, status, body, failure) => {
  expect(failureOf(status, body)).toMatchObject(failure);
});

test.each<[string, unknown, string]>([
  ["one message", { ErrorMessage: "Not this way." }, "Not this way."],
  [
    "a headline and every entry",
    { ErrorMessage: "There was a problem with your request.", Errors: ["First", "Second!"] },
    "There was a problem with your request. First. Second!",
  ],
  ["entries only", { Errors: ["Only this."] }, "Only this."],
  ["the same twice", { ErrorMessage: "Twice.", Errors: ["Twice."] }, "Twice."],
  ["several lines", { ErrorMessage: "One\r\n  two" }, "One two."],
  ["entries that are not text", { ErrorMessage: "Odd.", Errors: [{ a: 1 }, null, "Text."] }, "Odd. Text."],
  ["members of other types", { ErrorMessage: 7, Errors: "no list" }, ""],
  ["null members", { ErrorMessage: null, Errors: null, FullException: "at Foo.Bar()" }, ""],
  ["a stack trace beside the message", { ErrorMessage: "Broken.", FullException: "at Foo.Bar()" }, "Broken."],
  ["a page", "<html><body><h1>Bad gateway</h1></body></html>", ""],
  ["a short text", "upstream connect error", "upstream connect error."],
  ["a long text", "x".repeat(301), ""],
  ["nothing", "", ""],
])("the reason in %s", (_case, body, words) => {
  const failure = failureOf(400, body);

  expect(failure).toMatchObject({
    kind: "answered",
    status: 400,
    explanation: expect.stringMatching(/^it answered 400 Said( with|: |$)/),
  });
  expect(failure?.explanation.replace(/^it answered 400 Said(: |$| with .*)/, "")).toBe(words);
});

test("a very long reason is cut", () => {
  const failure = failureOf(400, { ErrorMessage: "x".repeat(1_000_000) });

  expect(failure && withoutSecrets(failure, [])).toMatchObject({
    explanation: `it answered 400 Said: ${"x".repeat(4000 - "it answered 400 Said: ".length)} …`,
  });
});

test("no part of a secret is left where a reason is cut", () => {
  for (let length = 3960; length <= 4000; length++) {
    const failure = failureOf(400, { ErrorMessage: `${"x".repeat(length)} hunter2-hunter2` });

    expect(failure && withoutSecrets(failure, ["hunter2-hunter2"]).explanation).not.toContain("hun");
  }
});

test.each<[string, Readonly<Record<string, string>>, number | undefined]>([
  ["seconds", { "retry-after": "7" }, 7000],
  ["no time at all", { "retry-after": "0" }, 0],
  [
    "a date, by the server's clock",
    { "retry-after": "Mon, 05 Jan 2026 11:00:30 GMT", date: "Mon, 05 Jan 2026 11:00:00 GMT" },
    30_000,
  ],
  [
    "a date that has passed",
    { "retry-after": "Mon, 05 Jan 2026 10:00:00 GMT", date: "Mon, 05 Jan 2026 11:00:00 GMT" },
    0,
  ],
  ["a date without knowing the server's clock", { "retry-after": "Mon, 05 Jan 2026 11:00:30 GMT" }, undefined],
  ["nonsense", { "retry-after": "soon" }, undefined],
  ["nothing", {}, undefined],
])("Retry-After says %s", (_case, headers, retryAfter) => {
  expect(failureOf(429, "", headers)).toMatchObject({ retryAfter });
});

test.each<[string, string, string, string]>([
  ["to https", "https://octopus/vdir/api/Spaces-1/projects?take=1", "https://octopus/vdir", "enter its address"],
  ["to another place", "https://new.example.com/api/Spaces-1/projects", "https://new.example.com", "enter its address"],
  ["to a relative address", "/other/api/Spaces-1/projects/", "http://octopus/other", "enter its address"],
  [
    "to a sign-in page",
    "https://sso.example.com/login?return=secret#x",
    "https://sso.example.com/login",
    "a sign-in page answers",
  ],
])("a redirect %s", (_case, location, to, advice) => {
  expect(failureOf(307, "", { location })).toMatchObject({
    kind: "redirected",
    explanation: expect.stringContaining(`it redirects to ${to} (status 307)`),
    remedy: expect.stringContaining(advice),
  });
});

test.each(["javascript:alert(1)", "data:text/html,x", "http://"])("a redirect to %s leads nowhere", (location) => {
  expect(failureOf(302, "", { location })).toMatchObject({
    kind: "not-octopus",
    explanation: "it sent status 302 without saying where to",
  });
});

test("a redirect to an address of 200,000 slashes is recognised", () => {
  const location = `https://octopus${"/".repeat(200_000)}x`;

  expect(failureOf(307, "", { location })).toMatchObject({ kind: "redirected" });
});

test.each([{}, { location: "http://" }])("a redirect without a target: %j", (headers) => {
  expect(failureOf(302, "", headers)).toMatchObject({ kind: "not-octopus" });
});

const said = { explanation: "API-SECRET is wrong.", remedy: "Correct it." };

test.each<{ readonly failure: Failure }>([
  { failure: { kind: "answered", status: 401, isForeign: false, ...said } },
  { failure: { kind: "redirected", ...said } },
  { failure: { kind: "lost", cause: "cut-off", ...said } },
])("secrets are removed from a failure of the kind $failure.kind", ({ failure }) => {
  const cleaned = withoutSecrets(failure, ["API-SECRET", failure.kind]);

  expect(JSON.stringify(cleaned)).not.toContain("SECRET");
  expect(cleaned.kind).toBe(failure.kind);
});
