"""PyTorch's side of `npm run bench -- segmentation-step`: python segmentation_step.py START.safetensors NCHW|channels_last THREADS"""

import sys

import torch
import torch.nn.functional as F
from torch import nn

from contestant import gradient_norm, read_safetensors, serve

LEARNING_RATE = 0.001
MOMENTUM = 0.9


def convolution(inputs, outputs, size, stride=1):
    return nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = convolution(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = convolution(outputs, outputs, 3), nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        x = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(x)) + shortcut)


class Encoder(nn.Module):
    """ResNet-18: maps at 1/2 to 1/32 of the image's size."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = convolution(3, 64, 7, 2), nn.BatchNorm2d(64)
        stages = [(64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2)]
        for number, (inputs, outputs, stride) in enumerate(stages, 1):
            blocks = ResidualBlock(inputs, outputs, stride), ResidualBlock(outputs, outputs, 1)
            setattr(self, f"layer{number}", nn.Sequential(*blocks))

    def forward(self, image):
        features = [F.relu(self.bn1(self.conv1((image - 0.45) / 0.225)))]
        x = F.max_pool2d(features[0], 3, 2, 1)
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
            features.append(x)
        return features


class DecoderBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv, self.norm = convolution(inputs, outputs, 3), nn.BatchNorm2d(outputs)

    def forward(self, x, skip):
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
        if skip is not None:
            x = torch.cat([x, skip], 1)
        return F.relu(self.norm(self.conv(x)))


class Network(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.encoder = Encoder()
        channels = [(512 + 256, 256), (256 + 128, 128), (128 + 64, 64), (64 + 64, 32), (32, 16)]
        self.decoder = nn.ModuleList(DecoderBlock(*pair) for pair in channels)
        self.head = nn.Conv2d(16, classes, 1, bias=False)

    def forward(self, image):
        *skips, x = self.encoder(image)
        for block, skip in zip(self.decoder, [*reversed(skips), None]):
            x = block(x, skip)
        return self.head(x)


def main(path, layout, threads):
    torch.set_num_threads(int(threads))
    # As ONNX Runtime is set on our side.
    torch.set_flush_denormal(True)
    memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format

    start = read_safetensors(path)
    image = start.pop("image").permute(0, 3, 1, 2).contiguous(memory_format=memory_format)
    label = start.pop("label").long()
    weights = {name.removeprefix("network."): values for name, values in start.items()}
    network = Network(classes=weights["head.weight"].shape[0])
    network.load_state_dict(weights)
    network = network.to(memory_format=memory_format).train()
    parameters = list(network.parameters())
    optimizer = torch.optim.SGD(parameters, LEARNING_RATE, momentum=MOMENTUM)

    def learn():
        optimizer.zero_grad()
        loss = F.cross_entropy(network(image), label, ignore_index=255)
        loss.backward()
        optimizer.step()
        return loss

    def step():
        return {"loss": learn().item()}

    def checked_step():
        loss = learn().item()
        return {"loss": loss, "gradientNorm": gradient_norm(parameters).item()}

    # Only the network keeps numbers from here on.
    del start, weights
    serve(step, checked_step)


if __name__ == "__main__":
    main(*sys.argv[1:])
