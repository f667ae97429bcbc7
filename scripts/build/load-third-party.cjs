/** The packages in third-party.base64, which lies next to this file. Throws when it is not what this program was built with. */
// oxlint-disable-next-line no-unused-vars -- main.cjs, whose beginning this is, calls it
function loadThirdParty(sha256) {
  const file = require("node:path").join(__dirname, "third-party.base64");
  const compressed = Buffer.from(require("node:fs").readFileSync(file, "latin1"), "base64");
  const source = require("node:zlib").brotliDecompressSync(compressed);
  const found = require("node:crypto").createHash("sha256").update(source).digest("hex");
  if (found !== sha256)
    throw new Error(`third-party.base64 is damaged: its SHA-256 is ${found} and should be ${sha256}.`);
  const filename = "third-party.cjs";
  const evaluate = require("node:vm").compileFunction(source.toString("latin1"), ["module", "require"], { filename });
  const module = { exports: {} };
  evaluate(module, require);
  return module.exports.packages;
}
