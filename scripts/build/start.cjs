// Runs on any Node.js ever made, so as to say which ones are too old.
var fs = require("fs");
var path = require("path");
if (parseInt(process.versions.node, 10) >= Number("@@ minimum @@")) {
  fs.writeFileSync(path.join(__dirname, "started"), "");
  module.exports = require("./main.cjs");
} else {
  fs.writeFileSync(path.join(__dirname, "too-old"), "version " + process.versions.node + ", too old\n");
}
