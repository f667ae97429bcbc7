import { expect, test } from "vitest";
import { serviceMessageParser, type ServiceMessage } from "./service-message-parser.ts";

// `a` is YQ==, `b` is Yg==
const set = "##octopus[setVariable name='YQ==' value='Yg==']";
const message = { name: "setVariable", attributes: { name: "a", value: "b" } };

test.each<[string, readonly string[], readonly string[], readonly ServiceMessage[]]>([
  ["a line of text", ["hello", "", "# ##octo"], ["hello", "", "# ##octo"], []],
  ["a message alone on its line", [set], [], [message]],
  ["text before a message is shown", [`text ${set}`], ["text "], [message]],
  ["only the first message of a line counts", [`${set}${set} more`, "next"], ["next"], [message]],
  ["double quotes", [set.replaceAll("'", '"')], [], [message]],
  ["attribute names in any case", ["##octopus[setVariable NAME='YQ==' Value='Yg==']"], [], [message]],
  ["message names keep their case", ["##octopus[SETVARIABLE]"], [], [{ name: "SETVARIABLE", attributes: {} }]],
  [
    "an unclosed marker swallows the next message",
    ["we mention ##octopus here", set, "shown again", set],
    ["we mention ", "shown again"],
    [message],
  ],
  ["a message may go on over lines", ["##octopus[setVariable name='YQ=='", " value='Yg==']"], [], [message]],
  ["a third hash breaks the marker", [`#${set}`], [`#${set}`], []],
  [
    "a marker may begin on the line before",
    ["text #", "#octopus[wait]"],
    ["text #"],
    [{ name: "wait", attributes: {} }],
  ],
  ["an empty value", ["##octopus[x a='']"], [], [{ name: "x", attributes: { a: "" } }]],
  ["broken base64 makes the message vanish", ["##octopus[x a='Y']", "##octopus[x a='ä===']"], [], []],
  ["a doubled attribute makes it vanish", ["##octopus[x a='YQ==' A='YQ==']"], [], []],
  ["a missing blank makes it vanish", ["##octopus[x a='YQ=='b='YQ==']"], [], []],
])("%s", (_rule, lines, expectedTexts, expectedMessages) => {
  const parse = serviceMessageParser();

  const results = lines.map((line) => parse(line));

  expect(results.flatMap(({ text }) => (text === undefined ? [] : [text]))).toEqual(expectedTexts);
  expect(results.flatMap((result) => (result.message === undefined ? [] : [result.message]))).toEqual(expectedMessages);
});
