import { StringDecoder } from "node:string_decoder";
import type { Readable } from "node:stream";

/** Calls `onLine` for each line of UTF-8, which ends with LF, CR LF or CR alone, as .NET reads lines. The last line needs no end. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let pending = "";

  function take(text: string): void {
    // A CR at the very end may be half of a CR LF.
    const lines = (pending + text).split(/\r\n|\n|\r(?!$)/);
    pending = lines.pop() ?? "";
    lines.forEach(onLine);
  }

  stream.on("data", (chunk: Buffer) => take(decoder.write(chunk)));
  stream.on("end", () => {
    take(decoder.end());
    if (pending !== "") onLine(pending.replace(/\r$/, ""));
  });
}
