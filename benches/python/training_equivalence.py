"""PyTorch's side of `npm run bench -- training-equivalence`: python training_equivalence.py START.safetensors NCHW|channels_last THREADS"""

import json
import sys

import torch

from contestant import prepare
from networks import ResNet, load
from segsde import Segmentation, SegsdeTraining

CHANNELS = [32, 32, 64, 64, 128]


def confusion(network, images, labels, classes):
    """Pixel counts [truth * classes + prediction]; labels that are no class do not count."""
    with torch.inference_mode():
        network.eval()
        predictions = torch.cat([network(image.unsqueeze(0)).argmax(1) for image in images])
    known = labels < classes
    return torch.bincount(labels[known] * classes + predictions[known], minlength=classes**2).tolist()


def main(*arguments):
    start, planes, memory_format = prepare(*arguments)
    classes = start["student.decoder.head.5.weight"].shape[0]
    images, labels = planes(start["image"].float() / 255), start["label"].long()
    disparities = planes(start["disparity"])

    def network(name):
        module = Segmentation(ResNet(18, width=32), channels=CHANNELS, classes=classes)
        load(module.encoder, start, f"{name}.encoder.encoder.")
        load(module.decoder, start, f"{name}.decoder.")
        return module.to(memory_format=memory_format).train()

    student = network("student")
    training = SegsdeTraining(student, network("teacher"), threshold=start["threshold"].item())
    trained = {"supervised": [], "consistency": []}
    for iteration, learning_rate in enumerate(start["learningRate"].tolist()):
        labelled, unlabelled = (start[name][iteration].long() for name in ("labelled", "unlabelled"))
        losses = training.learn(
            labelled=images[labelled],
            label=labels[labelled],
            unlabelled=images[unlabelled],
            disparity=disparities[unlabelled],
            color=start["color"][iteration],
            blur=start["blur"][iteration],
            noises=[planes(noise) for noise in start["noise"][iteration]],
            learning_rate=learning_rate,
            ema_decay=start["emaDecay"][iteration].item(),
        )
        for name, loss in losses.items():
            trained[name].append(loss.item())

    validation = start["validation"].long()
    trained["confusion"] = confusion(student, images[validation], labels[validation], classes)
    print(json.dumps(trained))


if __name__ == "__main__":
    main(*sys.argv[1:])
