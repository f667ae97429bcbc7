import { describe, expect, test } from "vitest";
import { logText, serviceMessage } from "../../src/step/service-messages.ts";

describe("a service message is one line, with its values in base64 of UTF-8", () => {
  test.each([
    ["several values", { name: "Ä", value: "1\n2" }, "##octopus[x name='w4Q=' value='MQoy']\n"],
    ["an empty value", { name: "" }, "##octopus[x name='']\n"],
    ["no value", {}, "##octopus[x]\n"],
    ["long values are not wrapped", { value: "x".repeat(300) }, `##octopus[x value='${"eHh4".repeat(100)}']\n`],
  ])("%s", (_, attributes, expected) => {
    expect(serviceMessage("x", attributes)).toBe(expected);
  });
});

describe("a log level is switched on for the text and reset after it", () => {
  test.each(["verbose", "highlight", "wait", "warning", "error"] as const)("%s", (level) => {
    expect(logText(level, "one\ntwo")).toBe(`##octopus[stdout-${level}]\none\ntwo\n##octopus[stdout-default]\n`);
  });

  test("info is the default level, so nothing is switched", () => {
    expect(logText("info", "one\n\n  two")).toBe("one\n\n  two\n");
  });
});

test.each([
  ["C#", "C# \n"],
  ["C#\nF#\r\n##", "C# \nF# \n## \n"],
  ["#\n#octopus[x]", "# \n#octopus[x]\n"],
])("%j: no line ends in a hash, which would swallow the next message", (text, printed) => {
  expect(logText("info", text)).toBe(printed);
});

test("text is sanitized at other levels, too", () => {
  expect(logText("verbose", "##octopus")).toBe("##octopus[stdout-verbose]\n## octopus\n##octopus[stdout-default]\n");
});
