/** One `##octopus[…]` message of a script. Attribute names are in lower case, values decoded. */
export interface ServiceMessage {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ParsedLine {
  /** The text to show; undefined when the whole line belongs to a message. */
  readonly text: string | undefined;
  readonly message: ServiceMessage | undefined;
}

const marker = "##octopus";

/**
 * Reads one stream, line by line, with the state Octopus keeps between lines: after the marker everything up to the next `]` belongs to
 * the message, also on later lines. The first message of a line is the only one. Messages that are not well formed vanish without a trace.
 */
export function serviceMessageParser(): (line: string) => ParsedLine {
  /** The part of the marker that has been read. The whole marker: inside a message. */
  let seen = "";
  let content = "";

  return (line) => {
    let text = seen === marker ? undefined : line;
    for (let at = 0; at < line.length; at += 1) {
      const character = line.charAt(at);
      if (seen !== marker) {
        seen = advance(seen, character);
        if (seen === marker) text = line.slice(0, Math.max(0, at + 1 - marker.length)) || undefined;
      } else if (character !== "]") {
        content += character;
      } else {
        const message = parseMessage(content);
        seen = "";
        content = "";
        return { text, message };
      }
    }
    return { text, message: undefined };
  };
}

/** A hash that breaks a started marker does not start another: `###octopus` is no message. */
function advance(seen: string, character: string): string {
  if (seen === "") return character === "#" ? "#" : "";
  return marker.startsWith(seen + character) ? seen + character : "";
}

function parseMessage(content: string): ServiceMessage | undefined {
  const shape = /^([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.-]*\s*=\s*(?:'[^'<&]*'|"[^"<&]*"))*)\s*$/;
  const [, name, list = ""] = shape.exec(content.trim().replace(/^\[+/, "")) ?? [];
  if (name === undefined) return undefined;

  const attributes: Record<string, string> = {};
  for (const [, attribute = "", single, double] of list.matchAll(/([\w.-]+)\s*=\s*(?:'([^']*)'|"([^"]*)")/g)) {
    const value = decode(single ?? double ?? "");
    const key = attribute.toLowerCase();
    if (value === undefined || Object.hasOwn(attributes, key)) return undefined;
    attributes[key] = value;
  }
  return { name, attributes };
}

function decode(base64: string): string | undefined {
  const compact = base64.replace(/\s/g, "");
  const valid = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact);
  return valid ? Buffer.from(compact, "base64").toString("utf8") : undefined;
}
