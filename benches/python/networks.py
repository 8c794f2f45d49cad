"""The networks of the product as PyTorch modules. Parameters have the names under which `@segsde/models` stores them."""

import torch
import torch.nn.functional as F
from torch import nn


def load(module, tensors, prefix):
    """Loads the tensors whose names begin with the prefix; every parameter must be there and no other."""
    weights = {name.removeprefix(prefix): values for name, values in tensors.items() if name.startswith(prefix)}
    module.load_state_dict(weights)
    return module


def convolution(inputs, outputs, size, stride=1, dilation=1):
    padding = dilation * (size // 2)
    return nn.Conv2d(inputs, outputs, size, stride, padding, dilation, bias=False)


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inputs, width, stride, dilation):
        super().__init__()
        self.conv1, self.bn1 = convolution(inputs, width, 3, stride), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = convolution(width, width, 3), nn.BatchNorm2d(width)
        self.downsample = shortcut(inputs, width, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)), inplace=True)


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inputs, width, stride, dilation):
        super().__init__()
        outputs = 4 * width
        self.conv1, self.bn1 = convolution(inputs, width, 1), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = convolution(width, width, 3, stride, dilation), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = convolution(width, outputs, 1), nn.BatchNorm2d(outputs)
        self.downsample = shortcut(inputs, outputs, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = F.relu(self.bn2(self.conv2(y)), inplace=True)
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)), inplace=True)


def shortcut(inputs, outputs, stride):
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))


class ResNet(nn.Module):
    """ResNet-18, or ResNet-50 or -101 whose last stage is dilated instead of strided: images in 0..1 to five feature maps."""

    def __init__(self, depth, images=1, width=64):
        super().__init__()
        block, counts = {18: (BasicBlock, [2, 2, 2, 2]), 50: (Bottleneck, [3, 4, 6, 3]), 101: (Bottleneck, [3, 4, 23, 3])}[depth]
        dilated = depth != 18
        self.conv1, self.bn1 = convolution(3 * images, width, 7, 2), nn.BatchNorm2d(width)
        inputs = width
        self.channels = [width]
        for stage, count in enumerate(counts):
            stage_width, last = width * 2**stage, stage == 3
            blocks = []
            for i in range(count):
                stride = 2 if i == 0 and stage > 0 and not (last and dilated) else 1
                # The first block of a dilated stage keeps the dilation of the stage before.
                dilation = 2 if i > 0 and last and dilated else 1
                blocks.append(block(inputs, stage_width, stride, dilation))
                inputs = stage_width * block.expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
            self.channels.append(inputs)

    def forward(self, image):
        features = [F.relu(self.bn1(self.conv1((image - 0.45) / 0.225)), inplace=True)]
        x = F.max_pool2d(features[0], 3, 2, 1)
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
            features.append(x)
        return features


class Aspp(nn.Module):
    """Atrous spatial pyramid with a branch of the image's mean."""

    def __init__(self, inputs, outputs, rates=(6, 12, 18)):
        super().__init__()

        def unit(size, rate=1):
            return [convolution(inputs, outputs, size, 1, rate), nn.BatchNorm2d(outputs)]

        branches = [unit(1), *(unit(3, rate) for rate in rates), [nn.AdaptiveAvgPool2d(1), *unit(1)]]
        self.convs = nn.ModuleList(nn.Sequential(*branch, nn.ReLU(inplace=True)) for branch in branches)
        joined = len(branches) * outputs
        self.project = nn.Sequential(convolution(joined, outputs, 1), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))

    def forward(self, x, noise):
        parts = [branch(x) for branch in self.convs]
        parts[-1] = parts[-1].expand_as(parts[0])
        y = self.project(torch.cat(parts, 1))
        return y if noise is None else y * noise


class Conv3x3(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode="reflect")

    def forward(self, x):
        return self.conv(x)


class ConvBlock(nn.Module):
    def __init__(self, inputs, outputs, batch_norm):
        super().__init__()
        norm = [nn.BatchNorm2d(outputs)] if batch_norm else []
        self.block = nn.Sequential(Conv3x3(inputs, outputs), *norm, nn.ELU(inplace=True))

    def forward(self, x):
        return self.block(x)


class UNet(nn.Module):
    """The decoder of depth, and of classes. `noise` is what the pyramid's dropout multiplies by."""

    def __init__(self, encoder_channels, channels, batch_norm=False, aspp=False, scales=range(4)):
        super().__init__()
        self.aspp, self.scales = aspp, scales
        parts = []
        for level in (4, 3, 2, 1, 0):
            inputs = encoder_channels[4] if level == 4 else channels[level + 1]
            pyramid = level == 4 and aspp
            parts.append(
                Aspp(inputs, channels[level]) if pyramid else ConvBlock(inputs, channels[level], batch_norm)
            )
            if level > 0:
                parts.append(nn.Identity())
            joined = channels[level] + (encoder_channels[level - 1] if level > 0 else 0)
            parts.append(ConvBlock(joined, channels[level], batch_norm))
        parts += [Conv3x3(channels[scale], 1) for scale in scales]
        self.decoder = nn.ModuleList(parts)

    def levels(self, features, noise=None, lowest=0):
        x = features[4]
        outputs = {}
        for level in range(4, lowest - 1, -1):
            first = 3 * (4 - level)
            x = self.decoder[first](x, noise) if level == 4 and self.aspp else self.decoder[first](x)
            skip = features[level - 1] if level > 0 else None
            if skip is None or x.shape[3] < skip.shape[3]:
                x = F.interpolate(x, scale_factor=2, mode="nearest")
            if skip is not None:
                x = torch.cat([x, skip], 1)
            x = self.decoder[first + (2 if level > 0 else 1)](x)
            outputs[level] = x
        return outputs

    def disparities(self, features, noise=None):
        levels = self.levels(features, noise)
        return {scale: torch.sigmoid(head(levels[scale])) for scale, head in zip(self.scales, self.decoder[14:])}


class SegmentationDecoder(nn.Module):
    """Classes from the U-Net's level 1 (layer 8): 3x3 head at half the image's size, resized."""

    def __init__(self, encoder_channels, channels, classes, width=64):
        super().__init__()
        self.unet_dec = UNet(encoder_channels, channels, batch_norm=True, aspp=True)
        self.project = nn.ModuleDict({"seg8": nn.Sequential(convolution(channels[1], width, 1))})
        self.head = nn.Sequential(
            nn.Identity(),
            convolution(width, width, 3),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Identity(),
            nn.Conv2d(width, classes, 1),
        )

    def forward(self, features, noise=None):
        level = self.unet_dec.levels(features, noise, lowest=1)[1]
        logits = self.head(self.project["seg8"](level))
        return F.interpolate(logits, scale_factor=2, mode="bilinear", align_corners=False)


class PoseDecoder(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        sizes = [(inputs, 256, 1), (256, 256, 3), (256, 256, 3), (256, 12, 1)]
        self.net = nn.ModuleList(nn.Conv2d(a, b, size, padding=size // 2) for a, b, size in sizes)

    def forward(self, x):
        for layer in self.net[:-1]:
            x = F.relu(layer(x), inplace=True)
        pose = 0.01 * self.net[-1](x).mean((2, 3))
        return pose[:, :3], pose[:, 3:6]
