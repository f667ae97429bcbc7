# The helper functions of an Octopus Bash step: our own code with the behaviour of the agent's functions, quirks included.
# The agent passes the key as the first argument and fills in one arm per variable. The functions for targets, environment
# states and Kubernetes manifests are missing.

sensitiveVariableKey=$1

encode_servicemessagevalue() {
  # echo, not printf: a value that is exactly -n or -e gets lost.
  echo -n "$1" | openssl enc -base64 -A
}

decode_servicemessagevalue() {
  echo -n "$1" | openssl enc -d -base64 -A
}

__say() { # message [attribute value]...
  local line="##octopus[$1" attribute
  shift
  while (($# > 0)); do
    attribute=$1
    line="$line $attribute='$(encode_servicemessagevalue "$2")'"
    shift 2
  done
  echo "$line]"
}

__say mask value "$sensitiveVariableKey"
__say mask value "$sensitiveVariableKey" >&2

decrypt_variable() {
  # Unquoted: an IFS with base64 letters in it breaks every variable.
  echo $1 | openssl enc -d -aes-KEY_BITS-cbc -nosalt -a -A -K "$sensitiveVariableKey" -iv "$2"
}

get_octopusvariable() {
  INPUT=$(encode_servicemessagevalue "$1")
  case $INPUT in
VARIABLE_ARMS
    *) echo "" ;;
  esac
}

fail_step() {
  if [ -n "${1:-}" ]; then
    __say resultMessage message "$1"
  fi
  exit 1
}

set_octopusvariable() {
  # An empty name or value loses its attribute. Fewer than two arguments break under set -u.
  MESSAGE="##octopus[setVariable"
  [ -z "$1" ] || MESSAGE="$MESSAGE name='$(encode_servicemessagevalue "$1")'"
  [ -z "$2" ] || MESSAGE="$MESSAGE value='$(encode_servicemessagevalue "$2")'"
  [ "${3:-}" != "-sensitive" ] || MESSAGE="$MESSAGE sensitive='$(encode_servicemessagevalue True)'"
  MESSAGE="$MESSAGE]"
  echo "$MESSAGE"
}

new_octopusartifact() {
  echo "Collecting $1 as an artifact..."
  if [ ! -e "$1" ]; then
    # The agent's function calls commands that do not exist, which ends the step.
    error_exit "$(1)"
    exit $?
  fi
  pth=$1
  ofn=$2
  # Unquoted: a path with blanks is an ambiguous redirect.
  len=$(wc -c < $1)
  [ -n "$ofn" ] || ofn=$(basename "$pth")
  __write verbose "Artifact $ofn will be collected from $pth after this step completes"
  __say createArtifact path "$pth" name "$ofn" length "$len"
}

update_progress() {
  # Without a message this breaks under set -u.
  __say progress percentage "$1" message "$2"
}

__write() { # level text
  echo "##octopus[stdout-$1]"
  # Unquoted: blanks and line breaks collapse, and * becomes file names.
  echo $2
  echo "##octopus[stdout-default]"
}

write_verbose() { __write verbose "$1"; }
write_highlight() { __write highlight "$1"; }
write_wait() { __write wait "$1"; }
write_warning() { __write warning "$1"; }

log_environment_information() {
  [ "$(get_octopusvariable Octopus.Action.Script.SuppressEnvironmentLogging)" != True ] || return 0
  echo "##octopus[stdout-verbose]"
  echo "Bash Environment Information:"
  echo "  OperatingSystem: $(uname -a)"
  echo "  CurrentUser: $(whoami)"
  echo "  CurrentDirectory: $PWD"
  echo "  HostProcessID: $$"
  echo "##octopus[stdout-default]"
}

log_environment_information
