"""Checks exported ONNX files: check_export.py MANIFEST

The manifest lists files with inputs and the results that TensorFlow.js has for them. Each file must pass onnx's checker with shape inference, be of opset 17
with ONNX's own operators only, and give those results in onnxruntime. Prints one JSON object; ends with a message where something is wrong.
"""

import json
import os
import sys

import numpy as np
import onnx
import onnxruntime

TOLERANCE = 1e-4
TYPES = {"float32": np.float32, "int32": np.int32}


def read(tensor):
    return np.fromfile(tensor["path"], TYPES[tensor["dtype"]]).reshape(tensor["shape"])


def check(name, path, runs):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    opsets = {entry.domain: entry.version for entry in model.opset_import}
    if opsets != {"": 17}:
        sys.exit(f"{name}: opsets are {opsets}, not 17 alone")
    foreign = {f"{node.domain}.{node.op_type}" for node in model.graph.node if node.domain not in ("", "ai.onnx")}
    if foreign:
        sys.exit(f"{name}: operators that are not ONNX's own: {', '.join(sorted(foreign))}")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    difference, labels = 0.0, []
    for run in runs:
        outputs = list(run["outputs"])
        results = session.run(outputs, {key: read(tensor) for key, tensor in run["inputs"].items()})
        for key, result in zip(outputs, results):
            wanted = read(run["outputs"][key])
            if result.shape != wanted.shape or result.dtype != wanted.dtype:
                sys.exit(f"{name}: {key} is {result.dtype} {result.shape}, eager {wanted.dtype} {wanted.shape}")
            if wanted.dtype == np.int32:
                labels.append((result == wanted).mean())
            else:
                difference = max(difference, float(np.abs(result - wanted).max() / np.abs(wanted).max()))
    if not difference <= TOLERANCE:
        sys.exit(f"{name}: results differ from eager by {difference:.1e} of their largest value")
    # Labels are the places of maxima, and turn where rounding decides between two.
    if labels and min(labels) < 1 - 1e-3:
        sys.exit(f"{name}: only {min(labels):.4f} of the labels are those of eager")
    return {
        "name": name,
        "nodes": len(model.graph.node),
        "megabytes": round(os.path.getsize(path) / 1e6, 1),
        "difference": difference,
        "labels": float(min(labels)) if labels else None,
    }


with open(sys.argv[1]) as manifest:
    networks = [check(entry["name"], entry["model"], entry["runs"]) for entry in json.load(manifest)]
print(json.dumps({"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__, "networks": networks}))
