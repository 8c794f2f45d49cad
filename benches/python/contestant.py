"""What PyTorch's side of every bench needs: the start of the work from a file, and lines of questions and answers."""

import json
import os
import sys
import time

import numpy
import torch

# As in src/harness/serve-work.ts, where the reason is.
REST_SECONDS = 0.3

# `cuda` for a graphics card.
DEVICE = os.environ.get("SEGSDE_TORCH_DEVICE", "cpu")

# `bfloat16` for mixed precision where time is measured.
AUTOCAST = os.environ.get("SEGSDE_TORCH_AUTOCAST")

DTYPES = {"F32": numpy.dtype("<f4"), "I32": numpy.dtype("<i4"), "U8": numpy.dtype("u1")}


def read_safetensors(path):
    """Tensors by name."""
    tensors = {}
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        for name, entry in json.loads(file.read(length)).items():
            dtype = DTYPES[entry["dtype"]]
            begin, end = entry["data_offsets"]
            file.seek(8 + length + begin)
            values = numpy.fromfile(file, dtype, (end - begin) // dtype.itemsize)
            tensors[name] = torch.from_numpy(values.reshape(entry["shape"])).to(DEVICE)
    return tensors


def prepare(path, layout, threads):
    """
    Sets PyTorch up as its side of a bench asks: the arguments are the script's.

    Returns the tensors of the start by name, a function that makes NCHW of images or maps [batch, height, width, channels], and the memory format.
    """
    torch.set_default_device(DEVICE)
    torch.set_num_threads(int(threads))
    # As ONNX Runtime is set on our side.
    torch.set_flush_denormal(True)
    memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format

    def planes(tensor):
        return tensor.permute(0, 3, 1, 2).contiguous(memory_format=memory_format)

    return read_safetensors(path), planes, memory_format


def gradient_norm(parameters):
    """The Euclidean norm of all gradients together; parameters that the loss does not depend on have none."""
    return torch.stack([parameter.grad.norm() for parameter in parameters if parameter.grad is not None]).norm()


def stamp():
    return {"clock": time.perf_counter(), "cpu": time.process_time()}


def append_numbers(series, numbers):
    for name, value in numbers.items():
        series.setdefault(name, []).append(value)


def use_tf32(allowed):
    """Products of 10 bits on graphics cards: for speed, not where numbers are compared."""
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def check(checked_step, count):
    use_tf32(False)
    values = {}
    for _ in range(count):
        append_numbers(values, checked_step())
    return values


def turn(step, count):
    use_tf32(True)
    seconds, values, start = [], {}, stamp()
    with torch.autocast(DEVICE, getattr(torch, AUTOCAST or "bfloat16"), enabled=AUTOCAST is not None):
        for _ in range(count):
            before = time.perf_counter()
            numbers = step()
            seconds.append(time.perf_counter() - before)
            append_numbers(values, numbers)
    end = stamp()
    time.sleep(REST_SECONDS)
    return {"seconds": seconds, "values": values, "start": start, "end": end, "rested": stamp()}


def memory():
    try:
        import resource
    except ImportError:  # Windows
        return {"peakMb": None}
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return {"peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit}


def answer(value):
    print(json.dumps(value), flush=True)


def serve_training(learn, parameters):
    """Serves a training run whose next step `learn()` takes and gives the terms of the loss."""

    def step():
        return {name: loss.item() for name, loss in learn().items()}

    def checked_step():
        return {**step(), "gradientNorm": gradient_norm(parameters).item()}

    serve(step, checked_step)


def serve(step, checked_step):
    """Answers each line of input as src/harness/serve-work.ts does, until the input ends."""
    answer({"ready": True})
    for line in iter(sys.stdin.readline, ""):
        command, *count = line.split()
        if command == "check":
            answer(check(checked_step, int(count[0])))
        elif command == "steps":
            answer(turn(step, int(count[0])))
        elif command == "memory":
            answer(memory())
        else:
            raise ValueError(f"unknown command: {line!r}")
