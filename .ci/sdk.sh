# Sourced by klog and test, with $root set: finds the .NET SDK, or says how to get it; runs a build that says what it does.

# Sets $dotnet and what .NET needs around it.
find_sdk() {
  local candidate
  dotnet=
  for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-/nowhere}/dotnet" "${HOME:-/nowhere}/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
    if [ -x "$candidate" ]; then
      dotnet=$candidate
      break
    fi
  done
  [ -n "$dotnet" ] || sdk_missing "the .NET SDK is not installed"
  # A program looks for the runtime here, when the SDK is not where packages put it.
  export DOTNET_ROOT=${DOTNET_ROOT:-$(dirname "$(readlink -f "$dotnet")")}
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
  # A user without a home of his own (a daemon) builds with what is beside the sources.
  if [ ! -w "${HOME:-/nowhere}" ] && mkdir -p "$root/artifacts/home" 2>/dev/null && [ -w "$root/artifacts/home" ]; then
    export HOME=$root/artifacts/home
  fi
}

# A cheap question, asked only before a build: dotnet itself compares global.json with what is installed.
check_sdk_version() {
  (cd "$root" && "$dotnet" --version >/dev/null 2>&1) ||
    sdk_missing "the .NET SDK here is not the one that is needed (there is: $("$dotnet" --list-sdks 2>/dev/null | cut -d' ' -f1 | tr '\n' ' '))"
}

sdk_missing() {
  local wanted
  wanted=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$root/global.json")
  {
    echo "klog: $1"
    echo "KLog needs the .NET SDK $wanted or a newer one of ${wanted%%.*}.0. To get it:"
    echo "  curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel ${wanted%%.*}.0"
    echo "(it goes to ~/.dotnet, where KLog finds it), or as a package: https://learn.microsoft.com/dotnet/core/install/linux"
  } >&2
  exit 1
}

# Builds go into artifacts/, which the owner of the sources can write.
need_artifacts() {
  if ! mkdir -p "$root/artifacts" 2>/dev/null || [ ! -w "$root/artifacts" ]; then
    echo "$1: cannot write $root/artifacts, where builds go; run it as $(stat -c %U "$root"), who owns the sources" >&2
    exit 1
  fi
}

# run_build WHAT COMMAND…: quiet when quick; a spinner (or one line, without a terminal) when not; the errors when it fails.
run_build() {
  local what=$1 log=$root/artifacts/build.log pid started=$SECONDS turn=0 said=
  shift
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    if [ -t 2 ]; then
      printf '\r%s %s … %d s ' "$(printf '%s' '|/-\' | cut -c$((turn++ % 4 + 1)))" "$what" $((SECONDS - started)) >&2
    elif [ -z "$said" ] && [ $((SECONDS - started)) -ge 2 ]; then
      echo "$what …" >&2
      said=1
    fi
    sleep 0.2
  done
  [ ! -t 2 ] || printf '\r\033[K' >&2
  trap - INT TERM
  if ! wait "$pid"; then
    echo "klog: $what failed:" >&2
    { grep -E ' error |^error|: error' "$log" | sed 's/^ *//; s/ \[.*\]$//' | sort -u | head -40; } >&2
    grep -qE ' error |^error|: error' "$log" || tail -20 "$log" >&2
    echo "the whole output: $log" >&2
    exit 1
  fi
}
