"""PyTorch's side of `npm run bench -- segsde-step`, `segsde-step-512-2`, `segsde-step-512-8` and `memory`: python segsde_step.py START.safetensors NCHW|channels_last THREADS"""

import sys

from contestant import prepare, serve_training
from networks import ResNet, load
from segsde import Segmentation, SegsdeTraining


def main(*arguments):
    start, planes, memory_format = prepare(*arguments)
    classes = start["student.decoder.head.5.weight"].shape[0]
    depth = 101 if "student.encoder.encoder.layer3.22.conv1.weight" in start else 50

    def network(name):
        module = Segmentation(ResNet(depth), channels=[64, 64, 128, 128, 256], classes=classes)
        load(module.encoder, start, f"{name}.encoder.encoder.")
        load(module.decoder, start, f"{name}.decoder.")
        return module.to(memory_format=memory_format).train()

    training = SegsdeTraining(network("student"), network("teacher"), threshold=start["threshold"].item())
    batch = {
        "labelled": planes(start["labelled.image"]),
        "label": start["labelled.label"].long(),
        "unlabelled": planes(start["unlabelled.image"]),
        "disparity": planes(start["unlabelled.disparity"]),
        "color": start["unlabelled.color"],
        "blur": start["unlabelled.blur"],
        "noises": [planes(start[f"noise.{name}"]) for name in ("supervised", "teacher", "mixed")],
        "learning_rate": start["learningRate"].item(),
        "ema_decay": start["emaDecay"].item(),
    }
    del start
    serve_training(lambda: training.learn(**batch), training.parameters)


if __name__ == "__main__":
    main(*sys.argv[1:])
