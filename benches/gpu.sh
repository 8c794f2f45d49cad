#!/usr/bin/env bash
# What only a machine with a graphics card can tell, one line of JSON a check, in about 20 minutes:
#
#     benches/gpu.sh [ENGINE]          onnx-webgpu, unless another one is named
#
# PYTHON names an interpreter that has PyTorch for CUDA and NumPy; without it speeds are printed without a ratio. Installs and builds first, as `npm test` does,
# unless it comes from a bundle, see gpu-bundle.sh.
# A check that fails has "error" in its line, the end of its output on standard error, and does not keep the others from running.
set -uo pipefail
cd "$(dirname "$0")/.."
exec </dev/null
engine=${1:-onnx-webgpu}
export CI=true FORCE_COLOR=0 SEGSDE_TORCH_DEVICE=${SEGSDE_TORCH_DEVICE:-cuda}
if [ -d bundle ]; then
  export PATH="$PWD/bundle/bin:$PATH" LD_LIBRARY_PATH="$PWD/bundle/lib:${LD_LIBRARY_PATH:-}"
fi
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
failed=0

# line KEY VALUE...: one JSON object; values that are numbers or objects stay so
line() {
  node -e '
    const pairs = process.argv.slice(1);
    const value = (text) => { try { return JSON.parse(text); } catch { return text; } };
    const entries = [];
    for (let i = 0; i < pairs.length; i += 2) entries.push([pairs[i], value(pairs[i + 1])]);
    console.log(JSON.stringify(Object.fromEntries(entries)));
  ' "$@"
}

# check NAME LIMIT COMMAND...: runs it; the caller reads $log/out. Prints a line itself if it fails without a result.
check() {
  local name=$1 limit=$2
  shift 2
  timeout "$limit" "$@" >"$log/out" 2>"$log/err"
  local status=$?
  if [ $status -ne 0 ]; then
    failed=1
    tail -n 20 "$log/out" "$log/err" >&2
  fi
  return $status
}

# The last line `N passed, N failed...` of a check.
counts() {
  if [[ $(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log/out" | tail -n 1) =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
    line check "$1" engine "$engine" passed "${BASH_REMATCH[1]}" failed "${BASH_REMATCH[2]}"
  else
    line check "$1" engine "$engine" error "gave no counts"
  fi
}

card=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null | head -n 1)
line check machine card "${card:-unknown to nvidia-smi}" node "$(node --version)" processors "$(getconf _NPROCESSORS_ONLN)"

# The first one, since it installs and builds where that is to be done.
check parity 900 node scripts/bootstrap.mjs parity --engine "$engine"
counts parity

check doctor 300 node apps/trainer/dist/cli.js doctor
line check doctor engine "$engine" says "$(grep "^$engine " "$log/out" | sed "s/^$engine *//")"

if [ "$engine" = onnx-webgpu ]; then
  check tests 600 node scripts/bootstrap.mjs webgpu --ci --json --outputFile="$log/jest.json"
  if [ -s "$log/jest.json" ]; then
    line check tests engine "$engine" passed "$(node -p "require('$log/jest.json').numPassedTests")" \
      failed "$(node -p "require('$log/jest.json').numFailedTests")"
  else
    line check tests engine "$engine" error "did not finish"
  fi
fi

for name in segmentation-step depth-step segsde-step inference; do
  if check "$name" 300 node benches/dist/cli.js "$name" --engine "$engine" --json; then
    tail -n 1 "$log/out"
  else
    line bench "$name" engine "$engine" error "$(tail -n 1 "$log/err")"
  fi
done
exit $failed
