# Shared by the scripts beside this one; sourced, never run.

failed_steps=()
step_times=()

now_ms() {
  local micros=${EPOCHREALTIME:-$(date +%s).000000} # bash before 5 has no clock finer than a second
  echo $((${micros/[.,]/} / 1000))
}

# seconds_since MILLISECONDS: the time since then, as "12.3 s".
seconds_since() {
  local tenths=$((($(now_ms) - $1) / 100))
  echo "$((tenths / 10)).$((tenths % 10)) s"
}

# step NAME COMMAND...: runs the command under a heading; a failure is remembered, and the next step still runs.
step() {
  local name=$1 started outcome=ok
  shift
  started=$(now_ms)
  printf '\n== %s: %s\n' "$name" "$*"
  "$@" || outcome=FAILED
  [ "$outcome" = ok ] || failed_steps+=("$name")
  step_times+=("$(printf '%-24s %10s  %s' "$name" "$(seconds_since "$started")" "$outcome")")
  printf -- '-- %s: %s after %s\n' "$name" "$outcome" "$(seconds_since "$started")"
}

# finish_steps: prints every step with its time; exits 1 if one failed.
finish_steps() {
  printf '\n== Steps\n'
  printf '%s\n' "${step_times[@]}"
  if [ "${#failed_steps[@]}" -gt 0 ]; then
    printf '\nFailed: %s\n' "$(IFS=,; echo "${failed_steps[*]}" | sed 's/,/, /g')" >&2
    exit 1
  fi
  exit 0
}

# install_packages PACKAGE...: Debian packages, by apt-get where that is allowed; else says what to install.
install_packages() {
  [ "$#" -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not installed: $*" >&2
    echo "On Debian or Ubuntu run: sudo apt-get update && sudo apt-get install $*" >&2
    echo "On other systems install the same programs, then try again." >&2
    return 1
  fi
  local log started
  started=$(now_ms)
  log=$(mktemp)
  echo "== Installing Debian packages: $*"
  if ! { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "$@"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    echo "apt-get could not install: $*" >&2
    return 1
  fi
  rm -f "$log"
  echo "-- Installed after $(seconds_since "$started")"
}
