import type { Fault } from "./faults.ts";
import { errorBody, invalid, missingPermission, notLoggedIn, tooManyRequests, unknownRoute } from "./refusal.ts";
import type { Reply } from "./reply.ts";

/** Whether the request takes effect before the fault answers it. */
export function takesEffect(fault: Fault): boolean {
  if (fault.reset !== undefined) return fault.reset === "after";
  if (fault.redirect !== undefined) return false;
  const replaced = fault.status !== undefined || fault.missingPermission !== undefined;
  return !replaced || fault.after;
}

/** The answer that the client gets. `done` is the real one, if the request took effect. */
export function faultyReply(fault: Fault, done: Reply | undefined, path: string): Reply {
  const headers = {
    ...fault.headers,
    ...(fault.retryAfter === undefined ? {} : { "Retry-After": String(fault.retryAfter) }),
  };
  if (fault.redirect !== undefined) {
    const location = fault.redirect.replace("{path}", path);
    return { status: fault.status ?? 302, headers: { ...headers, Location: location }, content: { kind: "none" } };
  }
  const replaced =
    fault.status !== undefined || fault.missingPermission !== undefined || fault.lateCommit !== undefined;
  const status =
    fault.status ??
    (fault.missingPermission !== undefined ? 403 : fault.lateCommit !== undefined ? 504 : (done?.status ?? 200));
  if (fault.empty) return { status, headers, content: { kind: "none" } };
  if (fault.html) return { status, headers, content: page(status) };
  if (!replaced && done !== undefined) return { ...done, headers: { ...done.headers, ...headers } };
  return { status, headers, content: { kind: "json", value: errorBody(messageOf(fault, status), fault.errors) } };
}

function page(status: number): Reply["content"] {
  const html = `<!DOCTYPE html>\n<html><head><title>${status}</title></head><body><h1>${status}</h1><p>The web server answered instead of Octopus.</p></body></html>\n`;
  return { kind: "bytes", bytes: Buffer.from(html), type: "text/html; charset=utf-8" };
}

/** The message of an answer by status. Of 500: an intermittent defect of real servers (issue 7825). */
const messages: Readonly<Record<number, string>> = {
  400: invalid().message,
  401: notLoggedIn().message,
  404: unknownRoute().message,
  409: invalid().message,
  429: tooManyRequests().message,
  500: "The task was cancelled",
};

function messageOf(fault: Fault, status: number): string {
  if (fault.message !== undefined) return fault.message;
  if (status === 403) return missingPermission(fault.missingPermission ?? "TaskView").message;
  return messages[status] ?? `The server answered with status ${status}.`;
}
