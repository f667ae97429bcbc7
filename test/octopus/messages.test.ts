import * as util from "node:util";
import { expect, test } from "vitest";
import { StepError } from "../../src/errors.ts";
import { asId } from "../../src/model.ts";
import { connectToOctopus } from "../../src/octopus/client-gateway.ts";
import { apiKey, connect, connectOptions, errorOf } from "./connect.ts";
import { body, cutOff, drip, json, refusal, reset, root, startStub } from "./stub-server.ts";
import type { Answer } from "./stub-server.ts";
import { timeLimitsByHand } from "./time-limits.ts";

/** The message that an operator reads, with the port replaced, which differs from run to run. */
function readable(error: Error, port: number): string {
  if (!(error instanceof StepError)) throw new Error(`${error.name} is not a StepError.`);
  return [error.name, error.message, error.remedy].join("\n").replaceAll(`127.0.0.1:${port}`, "octopus");
}

async function messageFor(answer: Answer, patience = 400): Promise<string> {
  timeLimitsByHand();
  const server = await startStub([root, answer]);
  const space = await connect(server.url, { patience: { planning: patience, polling: patience } });
  return readable(await errorOf(space.allEnvironments()), server.port);
}

test("a key that is not accepted", async () => {
  const message = await messageFor(
    refusal(401, "You must be logged in to request this resource. Please provide a valid API key or log in again."),
  );

  expect(message).toMatchInlineSnapshot(`
    "PermissionError
    The Octopus Server at http://octopus did not accept the API key or access token (reading the list of environments: GET /api/Spaces-1/environments/all): it answered 401 Unauthorized: You must be logged in to request this resource. Please provide a valid API key or log in again.
    Check the parameter "Octopus API key". It may be mistyped, expired, deleted, or belong to another server."
  `);
});

test("a missing permission", async () => {
  const message = await messageFor(
    refusal(403, "You do not have permission to perform this action. Missing permission: EnvironmentView"),
  );

  expect(message).toMatchInlineSnapshot(`
    "PermissionError
    The Octopus Server at http://octopus refused the request (reading the list of environments: GET /api/Spaces-1/environments/all): it answered 403 Forbidden: You do not have permission to perform this action. Missing permission: EnvironmentView.
    Give the service account a role with this permission for the project and environment."
  `);
});

test("a refusal with several reasons", async () => {
  const message = await messageFor(refusal(400, "There was a problem with your request.", ["One thing.", "Another"]));

  expect(message).toMatchInlineSnapshot(`
    "RequestRefusedError
    The Octopus Server at http://octopus refused the request (reading the list of environments: GET /api/Spaces-1/environments/all): it answered 400 Bad Request: There was a problem with your request. One thing. Another.
    Correct what the server objects to, then deploy again."
  `);
});

test("a refusal that repeats secrets in other notations", async () => {
  const prompted = "p\u00e4ss w\u00f6rd/1+\ud800";
  const server = await startStub([
    root,
    (response, request) => {
      const { authorization = "", "x-octopus-apikey": key = "" } = request.headers;
      const value = Buffer.from(prompted);
      const told = [
        authorization,
        String(key).toLowerCase(),
        value.toString("base64"),
        encodeURIComponent(value.toString()),
      ];
      refusal(400, "Refused.", told)(response, request);
    },
  ]);

  const space = await connect(server.url.replace("//", "//me:p%40ss-p%40ss@"), { secrets: [prompted] });
  const { message } = await errorOf(space.allEnvironments());

  expect(server.received.at(-1)?.headers.authorization).toMatch(/^Basic ./);
  expect(message).toContain("400 Bad Request: Refused. Basic ********. ********. ********=. ********.");
});

test("a resource that is gone", async () => {
  const message = await messageFor(refusal(404, "The resource 'Spaces-1' was not found."));

  expect(message).toMatchInlineSnapshot(`
    "RequestRefusedError
    The Octopus Server at http://octopus refused the request (reading the list of environments: GET /api/Spaces-1/environments/all): it answered 404 Not Found: The resource 'Spaces-1' was not found.
    Check that the resource exists and that the API key may see it."
  `);
});

test("a balancer's own page in place of a 404", async () => {
  const message = await messageFor(body("<html><body><h1>Not found</h1></body></html>", 404));

  expect(message).toMatchInlineSnapshot(`
    "NotOctopusError
    The Octopus Server at http://octopus refused the request (reading the list of environments: GET /api/Spaces-1/environments/all): it answered 404 Not Found with a web page instead of a reason.
    Find out whether a proxy, a firewall or a sign-in page answers instead of Octopus."
  `);
});

test("a firewall's own page in place of a 403", async () => {
  const message = await messageFor(body("<html><script>alert(1)</script></html>", 403));

  expect(message).toMatchInlineSnapshot(`
    "PermissionError
    The Octopus Server at http://octopus refused the request (reading the list of environments: GET /api/Spaces-1/environments/all): it answered 403 Forbidden with a web page instead of a reason.
    Find out whether a proxy, a firewall or a sign-in page answers instead of Octopus."
  `);
});

test("an error without a body", async () => {
  expect(await messageFor(body("", 503))).toMatchInlineSnapshot(`
    "ServerUnavailableError
    The Octopus Server at http://octopus could not answer (reading the list of environments: GET /api/Spaces-1/environments/all): it answered 503 Service Unavailable. 2 requests were made within 1 s.
    Check that the Octopus Server is healthy and not under maintenance, then deploy again."
  `);
});

test("a rate limit", async () => {
  expect(await messageFor(json({}, 429))).toMatchInlineSnapshot(`
    "ServerUnavailableError
    The Octopus Server at http://octopus could not answer (reading the list of environments: GET /api/Spaces-1/environments/all): it answered 429 Too Many Requests. 2 requests were made within 1 s.
    Too many requests reach the server at once. Deploy again later, or raise the rate limit for this user on the server."
  `);
});

test("a lost connection", async () => {
  expect(await messageFor(reset)).toMatchInlineSnapshot(`
    "ServerUnavailableError
    The Octopus Server at http://octopus did not answer (reading the list of environments: GET /api/Spaces-1/environments/all): the connection was lost before the answer was complete (ECONNRESET). 3 requests were made within 1 s.
    Check that the Octopus Server is healthy and not under maintenance, then deploy again."
  `);
});

test("an answer that never ends", async () => {
  expect(await messageFor(drip, 30_200)).toMatchInlineSnapshot(`
    "ServerUnavailableError
    The Octopus Server at http://octopus did not answer (reading the list of environments: GET /api/Spaces-1/environments/all): no complete answer came within 30 s. 2 requests were made within 60 s.
    Check that the Octopus Server is healthy and not under maintenance, then deploy again."
  `);
});

test("a redirect to where the server is now", async () => {
  const message = await messageFor(
    body("", 301, { location: "https://octopus.example.com/api/Spaces-1/environments/all" }),
  );

  expect(message).toMatchInlineSnapshot(`
    "NotOctopusError
    The Octopus Server at http://octopus did not answer as Octopus does (reading the list of environments: GET /api/Spaces-1/environments/all): it redirects to https://octopus.example.com (status 301), which is not followed, to protect the API key.
    If that is your Octopus Server, enter its address in the parameter "Advanced: Octopus Server URL"."
  `);
});

test("a redirect to a sign-in page", async () => {
  const message = await messageFor(body("", 302, { location: "https://sso.example.com/login?token=abc" }));

  expect(message).toMatchInlineSnapshot(`
    "NotOctopusError
    The Octopus Server at http://octopus did not answer as Octopus does (reading the list of environments: GET /api/Spaces-1/environments/all): it redirects to https://sso.example.com/login (status 302), which is not followed, to protect the API key.
    Check the parameter "Advanced: Octopus Server URL". Find out whether a proxy, a firewall or a sign-in page answers instead of Octopus."
  `);
});

test("a web page in place of JSON", async () => {
  expect(await messageFor(body("<html><title>Sign in</title></html>"))).toMatchInlineSnapshot(`
    "NotOctopusError
    The Octopus Server at http://octopus did not answer as Octopus does (reading the list of environments: GET /api/Spaces-1/environments/all): it sent status 200 with a web page instead of JSON.
    Check the parameter "Advanced: Octopus Server URL". Find out whether a proxy, a firewall or a sign-in page answers instead of Octopus."
  `);
});

test("JSON of another shape", async () => {
  expect(await messageFor(json([{ Id: "Environments-1", Name: 7 }]))).toMatchInlineSnapshot(`
    "NotOctopusError
    The Octopus Server at http://octopus did not answer as Octopus does (reading the list of environments: GET /api/Spaces-1/environments/all): it sent JSON that is not what the Octopus API promises (at 0.Name).
    Check the parameter "Advanced: Octopus Server URL". If it is right, please report this with the task log."
  `);
});

test("a write that may have happened", async () => {
  const server = await startStub([root, body("<html></html>", 502)]);
  const space = await connect(server.url);

  const error = await errorOf(space.cancelTask(asId("ServerTasks-1")));

  expect(readable(error, server.port)).toMatchInlineSnapshot(`
    "UnknownWriteError
    It is unknown whether cancelling the server task ServerTasks-1 (POST /api/Spaces-1/tasks/ServerTasks-1/cancel) took effect on the Octopus Server at http://octopus: it answered 502 Bad Gateway with a web page instead of a reason.
    Check in Octopus whether the request took effect. The step did not repeat it."
  `);
});

test("a host name that does not exist", async () => {
  const options = connectOptions("http://octopus.invalid/vdir/");

  const error = await errorOf(connectToOctopus(options));

  // A machine without a name server cannot know that the name does not exist.
  expect(readable(error, 0)).toMatch(
    /could not be reached \(reading the server's version: GET \/vdir\/api\): (the host name octopus\.invalid is not known|the name server did not answer for octopus\.invalid)\. \d+ requests were made/,
  );
});

test("an address without an API", async () => {
  const server = await startStub([refusal(404, "The resource you requested was not found.")]);

  const error = await errorOf(connectToOctopus(connectOptions(server.url)));

  expect(readable(error, server.port)).toMatchInlineSnapshot(`
    "NotOctopusError
    The Octopus Server at http://octopus refused the request (reading the server's version: GET /api): it answered 404 Not Found: The resource you requested was not found.
    Check the parameter "Advanced: Octopus Server URL": there is no Octopus Server at this address. If the server has a virtual directory, the address must include it."
  `);
});

test("an expired access token, which the server refuses like a wrong key", async () => {
  const server = await startStub([root, refusal(401, "The token has expired.")]);
  const credential = { kind: "access-token", value: "header.payload.signature" } as const;
  const space = await connect(server.url, { credential });

  const error = await errorOf(space.allEnvironments());

  expect(readable(error, server.port)).toMatchInlineSnapshot(`
    "PermissionError
    The Octopus Server at http://octopus did not accept the API key or access token (reading the list of environments: GET /api/Spaces-1/environments/all): it answered 401 Unauthorized: The token has expired.
    Check the parameter "Octopus API key". It may be mistyped, expired, deleted, or belong to another server."
  `);
  expect(server.received[1]?.headers.authorization).toBe("Bearer header.payload.signature");
});

const echo: Answer = (response, { headers, line }) => {
  json({ ErrorMessage: `${line} ${JSON.stringify(headers)}`, Errors: [apiKey], FullException: apiKey }, 400)(response, {
    line,
    headers,
    body: "",
    remotePort: undefined,
  });
};

test.each<[string, readonly Answer[]]>([
  ["a refusal that repeats the whole request", [root, echo]],
  ["401", [root, refusal(401, apiKey)]],
  ["403", [root, refusal(403, `Missing permission: ${apiKey}`)]],
  ["500", [root, refusal(500, apiKey)]],
  ["a redirect", [root, body("", 302, { location: `https://example.com/${apiKey}` })]],
  ["a web page", [root, body(`<html>${apiKey}</html>`)]],
  ["a text", [root, body(apiKey, 409)]],
  ["a reset", [root, reset]],
  ["a cut-off body", [root, cutOff]],
  ["a time limit", [root, drip]],
  ["JSON of another shape", [root, json([{ [apiKey]: 1, Id: 7, Slug: { [apiKey]: apiKey } }])]],
  ["a handshake with a page", [body("<html></html>")]],
  ["a handshake without a version", [json({ Application: apiKey })]],
  ["a handshake that is null", [json(null)]],
])("the key is in no error and no message about retries after %s", async (_case, answers) => {
  timeLimitsByHand();
  const server = await startStub(answers);
  const said: string[] = [];

  const error = await errorOf(
    connect(server.url, {
      patience: { planning: 200, polling: 200 },
      onRetry: (message) => said.push(message),
    }).then((space) => Promise.all([space.allEnvironments(), space.cancelTask(asId("ServerTasks-1"))])),
  );

  expect(error).toBeInstanceOf(StepError);
  for (const shown of [inspected(error), JSON.stringify(error), String(error.stack), String(error.cause), ...said]) {
    expect(shown).not.toContain(apiKey);
    expect(shown).not.toMatch(/Axios|ClientRequest|IncomingMessage|Agent/);
  }
});

function inspected(error: Error): string {
  return util.inspect(error, { depth: 20, showHidden: true, getters: true });
}
