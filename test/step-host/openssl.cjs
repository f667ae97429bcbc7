// Replaces openssl on machines without it: the command `enc`, as the agent's Bash functions use it, from stdin to stdout.
const { createDecipheriv } = require("node:crypto");
const { readFileSync } = require("node:fs");

const options = process.argv.slice(3);
const input = readFileSync(0);
const valueOf = (name) => Buffer.from(options[options.indexOf(name) + 1] ?? "", "hex");
const cipher = options.find((option) => option.startsWith("-aes-"))?.slice(1);

if (!options.includes("-d")) process.stdout.write(input.toString("base64"));
else if (cipher === undefined) process.stdout.write(Buffer.from(input.toString("latin1"), "base64"));
else {
  const decipher = createDecipheriv(cipher, valueOf("-K"), valueOf("-iv"));
  const begin = decipher.update(input.toString("latin1"), "base64");
  try {
    process.stdout.write(Buffer.concat([begin, decipher.final()]));
  } catch {
    process.stdout.write(begin);
    process.stderr.write("bad decrypt\n");
    process.exitCode = 1;
  }
}
