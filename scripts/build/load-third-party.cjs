/** The packages in third-party.base91, which lies next to this file. Throws when it is not what this program was built with. */
// oxlint-disable-next-line no-unused-vars, no-undef -- main.cjs, whose beginning this is, calls it
function loadThirdParty(sha256) {
  const file = require("node:path").join(__dirname, "third-party.base91");
  const compressed = fromBase91(require("node:fs").readFileSync(file, "latin1"));
  const source = require("node:zlib").brotliDecompressSync(compressed);
  const found = require("node:crypto").createHash("sha256").update(source).digest("hex");
  if (found !== sha256)
    throw new Error(`third-party.base91 is damaged: its SHA-256 is ${found} and should be ${sha256}.`);
  const filename = "third-party.cjs";
  const evaluate = require("node:vm").compileFunction(source.toString("latin1"), ["module", "require"], { filename });
  const module = { exports: {} };
  evaluate(module, require);
  return module.exports.packages;
}
