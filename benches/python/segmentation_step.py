"""PyTorch's side of `npm run bench -- segmentation-step`: python segmentation_step.py START.safetensors NCHW|channels_last THREADS"""

import sys

import torch
import torch.nn.functional as F
from torch import nn

from contestant import prepare, serve_training
from networks import ResNet, load

LEARNING_RATE = 0.001
MOMENTUM = 0.9


class DecoderBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)

    def forward(self, x, skip):
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
        if skip is not None:
            x = torch.cat([x, skip], 1)
        return F.relu(self.norm(self.conv(x)))


class Network(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.encoder = ResNet(18)
        channels = [(512 + 256, 256), (256 + 128, 128), (128 + 64, 64), (64 + 64, 32), (32, 16)]
        self.decoder = nn.ModuleList(DecoderBlock(*pair) for pair in channels)
        self.head = nn.Conv2d(16, classes, 1, bias=False)

    def forward(self, image):
        *skips, x = self.encoder(image)
        for block, skip in zip(self.decoder, [*reversed(skips), None]):
            x = block(x, skip)
        return self.head(x)


def main(*arguments):
    start, planes, memory_format = prepare(*arguments)
    image, label = planes(start["image"]), start["label"].long()
    network = load(Network(classes=start["network.head.weight"].shape[0]), start, "network.")
    network = network.to(memory_format=memory_format).train()
    parameters = list(network.parameters())
    optimizer = torch.optim.SGD(parameters, LEARNING_RATE, momentum=MOMENTUM)

    def learn():
        optimizer.zero_grad()
        loss = F.cross_entropy(network(image), label, ignore_index=255)
        loss.backward()
        optimizer.step()
        return {"loss": loss}

    # Only the network keeps numbers from here on.
    del start
    serve_training(learn, parameters)


if __name__ == "__main__":
    main(*sys.argv[1:])
