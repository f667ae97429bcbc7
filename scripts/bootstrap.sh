# @@ title @@
#
# Generated. Runs the program in the block below with Node.js, and downloads nothing.

# Octopus' functions expect the default separators.
IFS=$' \t\n'

in_base64() {
  printf '%s' "$1" | base64 | tr -d '\n'
}

# Fails the step. Arguments: message, ChildReleaseToDeploy (False), exit code (1).
give_up() {
  local message exists
  printf '%s\n' "$1" >&2
  message=$(in_base64 "$1")
  exists=$(in_base64 "${2:-False}")
  # All outputs: name and value in base64.
  printf "##octopus[setVariable name='%s' value='%s']\n" @@ outputs @@
  printf "##octopus[resultMessage message='%s']\n" "$message"
  exit "${3:-1}"
}

if ! declare -F get_octopusvariable >/dev/null; then
  give_up "This step needs the Bash functions of Octopus, but get_octopusvariable is not defined.
Was the step run by hand, or as a raw script (OctopusUseRawScript)?"
fi

# Names of variables in base64: Octopus would start openssl to encode each of them.
names=(
  @@ variable names @@
)

# The program: brotli, then Z85 with ~ for #. SHA-256 of the program: @@ sha256 @@
# Inside: @@ packages @@
# To read it: npm run unpack
program='@@ program @@'

# Checks and runs the program. Old versions of Node.js can run this.
loader='
var fs = require("fs"), version = process.versions.node;
function tell(note) { fs.writeSync(5, note); }
function decoded(text) {
  var digits = "@@ digits @@", bytes = Buffer.alloc(text.length / 5 * 4), end = 0;
  function value(sum, digit) { return sum * 85 + digits.indexOf(digit); }
  text.replace(/.{5}/g, function (group) { end = bytes.writeUInt32BE(group.split("").reduce(value, 0), end); });
  return bytes;
}
function load() {
  var block = fs.readFileSync(0, "latin1"), code = Buffer.alloc(0);
  try { code = require("zlib").brotliDecompressSync(decoded(block.replace(/\n/g, ""))); } catch (damaged) {}
  var sha256 = require("crypto").createHash("sha256").update(code).digest("hex");
  if (block.length !== @@ length @@ || sha256 !== "@@ sha256 @@") return tell("damaged");
  tell("started");
  // A crash must not look like a success, nor print secrets.
  process.exitCode = 86;
  process.on("uncaughtException", function () { process.exit(86); });
  require("vm").compileFunction(String(code), ["require"], { filename: "deploy-child-project.cjs" })(require);
}
if (parseInt(version, 10) < @@ minimum @@) tell("version " + version + ", too old"); else load();
'

# Fails early if artifacts could not be written.
check_directory() {
  local file=$PWD/child-project.$$
  if ! { (trap '' XFSZ && umask 077 && printf '%s' "$program" >"$file"); } 2>/dev/null; then
    rm -f "$file"
    give_up "The step cannot write to its working directory $PWD: the disk is full, or the worker's account may not write there.
Nothing was created. Make room or grant access, then run the step again."
  fi
  rm -f "$file"
}

# Sends key NUL, name NUL value NUL for each variable, and NUL if all could be read. With a key the program decrypts.
send_variables() {
  local name key=${sensitiveVariableKey:-}
  if ! declare -F decrypt_variable encode_servicemessagevalue >/dev/null; then key=''; fi
  printf '%s\0' "$key"
  if [ -n "$key" ]; then
    eval "octopus_$(declare -f encode_servicemessagevalue)"
    encode_servicemessagevalue() {
      if [ "$1" = "$name" ]; then printf '%s' "$1"; else octopus_encode_servicemessagevalue "$1"; fi
    }
    decrypt_variable() { printf '\1%s %s' "$2" "$1"; }
  fi
  for name in "${names[@]}"; do
    printf '%s\0' "$name"
    if [ -z "$key" ]; then name=$(printf '%s' "$name" | base64 -d); fi
    get_octopusvariable "$name" || return
    printf '\0'
  done
  printf '\0'
}

# Ends the step as the program ends. Returns if this Node.js is too old or does not start.
try_node() {
  local node=$1 child status=0 note
  if ! [ -x "$node" ] || [[ $tried == *"$node: "* ]]; then return; fi
  # Warnings on stderr would be errors in the task log. A small young generation (4 MB) saves memory.
  "$node" --no-warnings --max-semi-space-size=4 -e "$loader" < <(printf '%s' "$program" 2>/dev/null) 2>&1 &
  child=$!
  trap 'kill -TERM "$child" 2>/dev/null' HUP INT TERM
  wait "$child" 2>/dev/null || status=$?
  while kill -0 "$child" 2>/dev/null; do # a signal ended the wait, not the program
    status=0
    wait "$child" 2>/dev/null || status=$?
  done
  trap - HUP INT TERM
  printf '\n' >&5
  IFS= read -r note <&5
  case $note in
    started)
      # The loader sets 86. Codes above 128 mean a signal, or a lack of memory.
      if ((status != 86 && status <= 128)); then exit "$status"; fi
      give_up "The program of this step was stopped or crashed (exit code $status). A deployment that the step created goes on.
Check the child project's tasks in Octopus. Running the step again is safe: it looks for its own deployment first." True "$status"
      ;;
    damaged)
      give_up "The program in this step is damaged: the script body was cut or changed after the build.
Nothing was created. Install the step template again, then update the step."
      ;;
    '') note="does not start (exit code $status)" ;;
  esac
  tried+="  $node: $note"$'\n'
}

run_with_first_node() {
  local each tried='' home=${HOME:-~}
  while IFS= read -r each; do
    try_node "$each"
  done < <(
    type -P node nodejs
    printf '%s\n' /usr/local/bin/node /usr/bin/node{,js} /opt/node{,js}/bin/node
    printf '%s\n' "${NVM_DIR:-$home/.nvm}"/versions/node/*/bin/node "$home"/.local/share/fnm/node-versions/*/installation/bin/node \
      /usr/local/lib/nodejs/*/bin/node /opt/node-*/bin/node | sort -rV
    printf '%s\n' "$home"/{.volta/bin,.asdf/shims,.local/share/mise/shims}/node /snap/bin/node
  )
  cat <&3 >/dev/null
  give_up "This step needs Node.js @@ minimum @@ or later, which was not found on this worker.
${tried:+Found, but not usable:
$tried}Looked in PATH ($PATH), /usr/local, /usr, /opt and /snap, and in $home for nvm, fnm, volta, asdf and mise.
Run the step in an execution container with Node.js, such as a current Ubuntu image of octopusdeploy/worker-tools,
or install Node.js @@ minimum @@ or later in one of these places."
}

# With these, Node.js would print the API key.
unset NODE_DEBUG NODE_DEBUG_NATIVE

check_directory
# Pipes hide the values from other users and need no disk: for the variables, and for the loader's notes.
exec 3< <(send_variables) 5<> <(:)
run_with_first_node
