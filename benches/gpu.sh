#!/usr/bin/env bash
# What only a machine with a graphics card can tell, one line of JSON a check:
#
#     benches/gpu.sh [ENGINE...]          onnx-webgpu and onnx-cuda, unless others are named; about 10 minutes each
#
# PYTHON names an interpreter that has PyTorch for CUDA and NumPy; without it speeds are printed without a ratio. Installs and builds first, as `npm test` does, and
# the engine where it is not there; unless it comes from a bundle, see gpu-bundle.sh: then onnx-cuda takes NVIDIA's libraries from PYTHON's packages.
# A check that fails has "error" in its line, the end of its output on standard error, and does not keep the others from running.
set -uo pipefail
cd "$(dirname "$0")/.."
exec </dev/null
[ $# -gt 0 ] || set -- onnx-webgpu onnx-cuda
export CI=true FORCE_COLOR=0 SEGSDE_TORCH_DEVICE=${SEGSDE_TORCH_DEVICE:-cuda}
if [ -d bundle ]; then
  export PATH="$PWD/bundle/bin:$PATH" LD_LIBRARY_PATH="$PWD/bundle/lib:${LD_LIBRARY_PATH:-}" XDG_DATA_HOME="$PWD/bundle/data"
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

# check NAME LIMIT COMMAND...: runs it; the caller reads $log/out. Shows the end of its output if it fails.
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

# counts NAME KEY VALUE...: the last line `N passed, N failed...` of a check
counts() {
  local name=$1
  shift
  if [[ $(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log/out" | tail -n 1) =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
    line check "$name" engine "$engine" "$@" passed "${BASH_REMATCH[1]}" failed "${BASH_REMATCH[2]}"
  else
    line check "$name" engine "$engine" "$@" error "gave no counts"
  fi
}

# bench NAME [ARGUMENT...]
bench() {
  local name=$1
  shift
  if check "$name" 400 node benches/dist/cli.js "$name" --engine "$engine" --json "$@"; then
    tail -n 1 "$log/out"
  else
    line bench "$name" engine "$engine" error "$(tail -n 1 "$log/err")"
  fi
}

# How busy the card is in the last minute of some of training, and the most of its memory that was taken.
watch_training() {
  nvidia-smi --query-gpu=utilization.gpu,memory.used --format=csv,noheader,nounits -l 1 >"$log/card" 2>/dev/null &
  local watcher=$! status steps
  timeout 240 node apps/trainer/dist/cli.js train benches/configs/gpu-training.yaml --set engine="$engine" --out "$log/run" >"$log/out" 2>&1
  status=$?
  kill $watcher 2>/dev/null
  # It is meant to be stopped by the clock.
  if [ $status -ne 124 ]; then
    failed=1
    line check training engine "$engine" error "$(tail -n 1 "$log/out")"
    return
  fi
  steps=$(grep -oE 'classmix [0-9]+/.*' "$log/out" | tail -n 1)
  line check training engine "$engine" busy "$(tail -n 60 "$log/card" | awk -F, '{ s += $1 } END { if (NR) printf "%.0f", s / NR }')" \
    memory_mb "$(awk -F, '$2 > m { m = $2 } END { print m + 0 }' "$log/card")" says "${steps:-nothing}"
}

card=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null | head -n 1)
line check machine card "${card:-unknown to nvidia-smi}" node "$(node --version)" processors "$(getconf _NPROCESSORS_ONLN)"

installs() {
  case $1 in onnx-cuda | tensorflow) true ;; *) false ;; esac
}

if [ -d bundle ] && [ -d bundle/data ]; then
  nvidia=$("${PYTHON:-python3}" -c 'import nvidia; print(list(nvidia.__path__)[0])' 2>/dev/null)
  [ -n "$nvidia" ] && ln -sfn "$nvidia" bundle/data/segsde/engines/onnx-cuda/nvidia
elif [ ! -d bundle ]; then
  check build 900 node scripts/bootstrap.mjs parity --case 'metrics-*' || line check build error "see above"
  for engine in "$@"; do
    installs "$engine" || continue
    gpu=$([ "$engine" = tensorflow ] && echo --gpu)
    check install 1200 node apps/trainer/dist/cli.js engine install "$engine" $gpu
    line check install engine "$engine" says "$(tail -n 1 "$log/out")"
  done
fi

check doctor 300 node apps/trainer/dist/cli.js doctor
for engine in "$@" auto; do
  line check doctor engine "$engine" says "$(grep "^$engine " "$log/out" | sed "s/^$engine *//")"
done

for engine in "$@"; do
  check parity 600 node scripts/bootstrap.mjs parity --engine "$engine"
  counts parity
  if installs "$engine"; then
    check parity 600 env NVIDIA_TF32_OVERRIDE=1 node scripts/bootstrap.mjs parity --engine "$engine"
    counts parity products TF32
    grep -E '^(pass|fail)' "$log/out" | sort -k5 -g -r | head -n 5 >&2
  fi

  if [ "$engine" = onnx-webgpu ]; then
    check tests 600 node scripts/bootstrap.mjs webgpu --ci --json --outputFile="$log/jest.json"
    if [ -s "$log/jest.json" ]; then
      line check tests engine "$engine" passed "$(node -p "require('$log/jest.json').numPassedTests")" \
        failed "$(node -p "require('$log/jest.json').numFailedTests")"
    else
      line check tests engine "$engine" error "did not finish"
    fi
  fi

  for name in segmentation-step depth-step inference segsde-step-512-2 segsde-step-512-8; do bench "$name"; done
  if [ "$engine" = tensorflow ]; then
    SEGSDE_TORCH_AUTOCAST=bfloat16 bench segsde-step-512-2 --precision bfloat16
    SEGSDE_TORCH_AUTOCAST=bfloat16 bench segsde-step-512-8 --precision bfloat16
  fi
  watch_training
done
exit $failed
