import { describe, expect, test } from "vitest";
import { evaluate, evaluateAll, evaluateScript, isTruthy, VariableLoopError } from "./octostache.ts";

const variables = {
  "Octopus.Environment.Name": "Dev",
  "Octopus.Action.Name": "Plan Web API",
  "Octopus.Action[Plan Web API].Output.ReleaseToPromote": "2021.1.0.22",
  "Octopus.Action[Plan Web API].Output.ChildReleaseToDeploy": "True",
  "Octopus.Action[Deploy (all)].Output.Deployment[Deploy Web].Url": "http://web",
  Yes: "True",
  No: "False",
  Blank: "",
  Nested: "<#{Octopus.Environment.Name}>",
  Broken: "#{Octopus.Environment.Name} and #{$oops}",
  Escaped: "##{Octopus.Environment.Name}",
  List: "a,b,c",
};

describe("a value", () => {
  test.each([
    ["a token is replaced", "to #{Octopus.Environment.Name}.", "to Dev."],
    ["names ignore case and blanks inside the token", "#{ octopus.environment.NAME }", "Dev"],
    ["a token without value stays, trimmed", "#{ Nope.X }", "#{Nope.X}"],
    ["an output variable of a step", "#{Octopus.Action[Plan Web API].Output.ReleaseToPromote}", "2021.1.0.22"],
    ["an indexer inside a name", "#{Octopus.Action[Deploy (all)].Output.Deployment[Deploy Web].Url}", "http://web"],
    ["an indexer that is a token", "#{Octopus.Action[#{Octopus.Action.Name}].Output.ReleaseToPromote}", "2021.1.0.22"],
    ["a value that holds a token", "#{Nested}", "<Dev>"],
    ["a value that cannot be parsed is left whole", "#{Broken}", "#{Octopus.Environment.Name} and #{$oops}"],
    ["a text that cannot be parsed is left whole", "#{Yes} #{}", "#{Yes} #{}"],
    ["a stray end is left whole", "#{Yes} #{/if}", "#{Yes} #{/if}"],
    ["two hashes escape the token", "##{Yes}", "#{Yes}"],
    ["three hashes are one hash and the value", "###{Yes}", "#True"],
    ["an escaped value", "#{Escaped}", "#{Octopus.Environment.Name}"],
    ["if", "#{if Yes}a#{/if}#{if No}b#{/if}", "a"],
    ["if with else", "#{if No}a#{else}b#{/if}", "b"],
    ["unless", "#{unless No}a#{else}b#{/unless}", "a"],
    ["blank and missing count as no", "#{if Blank}a#{/if}#{if Missing}b#{/if}#{unless Missing}c#{/unless}", "c"],
    ["equal to a text, in the exact case", '#{if Yes == "True"}a#{/if}#{if Yes == "true"}b#{/if}', "a"],
    ["unequal to a text", '#{if Octopus.Environment.Name != "Production"}x#{/if}', "x"],
    ["equal to another variable", "#{if Yes == No}a#{else}b#{/if}", "b"],
    [
      "the documented run condition",
      '#{if Octopus.Action[Plan Web API].Output.ChildReleaseToDeploy == "True"}True#{/if}',
      "True",
    ],
    ["conditions nest", '#{if Yes}1#{if No}2#{else}#{if Blank == ""}3#{/if}#{/if}4#{/if}', "134"],
    ["an if without end is a name without value", "#{if Yes}a", "#{if Yes}a"],
    ["each item of a list", "#{each x in List}[#{x}]#{/each}", "[a][b][c]"],
    ["filters we know", "#{Octopus.Environment.Name | ToLower}#{Octopus.Environment.Name | ToUpper}", "devDEV"],
    ["filters we do not know stay", "#{Yes|Nope}", "#{Yes | Nope}"],
    ["hashes that open nothing", "# #1 ##octopus[x] #", "# #1 ##octopus[x] #"],
  ])("%s", (_rule, template, expected) => {
    expect(evaluate(template, variables)).toBe(expected);
  });

  test("a variable that refers to itself is an error", () => {
    expect(() => evaluate("#{A}", { A: "#{B}", B: "#{a}" })).toThrow(VariableLoopError);
  });

  test("all variables at once", () => {
    expect(evaluateAll({ A: "1", B: "#{A}#{C}" })).toEqual({ A: "1", B: "1#{C}" });
  });
});

describe("a script body", () => {
  test.each([
    ["tokens are replaced", "echo '#{Octopus.Environment.Name}'", "echo 'Dev'"],
    ["tokens without value stay", "#{ Nope.X }", "#{Nope.X}"],
    [
      "what cannot be parsed stays, the rest is evaluated",
      "/#{2}/ #{$Foo} #{} #{Yes} #{",
      "/#{2}/ #{$Foo} #{} True #{",
    ],
    ["a template literal", "`#{${x}}` #{Yes}", "`#{${x}}` True"],
    ["conditions disappear", "a#{if Missing}b#{/if}c#{each x in Missing}d#{/each}", "ac"],
    ["the null filter wipes the body", "echo 1; #{ | null }", ""],
    [
      "things that look similar",
      "${#list[@]} #!/bin/bash o.#x `#${v}` # {",
      "${#list[@]} #!/bin/bash o.#x `#${v}` # {",
    ],
  ])("%s", (_rule, body, expected) => {
    expect(evaluateScript(body, variables)).toBe(expected);
  });
});

test.each([
  ["True", true],
  ["anything", true],
  ["0", false],
  ["", false],
  [" No ", false],
  ["FALSE", false],
])("%j counts as %s", (text, expected) => {
  expect(isTruthy(text)).toBe(expected);
});
