"""PyTorch's side of `npm run bench -- depth-step`: python depth_step.py START.safetensors NCHW|channels_last THREADS"""

import sys

import torch
import torch.nn.functional as F

from color_jitter import color_jitter
from contestant import prepare, serve_training
from networks import PoseDecoder, ResNet, UNet, load

MIN_DEPTH, MAX_DEPTH = 0.1, 100
SMOOTHNESS = 1e-3
SCALES = range(4)


def rotation_from_axis_angle(vector):
    angle = vector.norm(dim=1)
    x, y, z = (vector / (angle + 1e-7).unsqueeze(1)).unbind(1)
    sine, cosine = angle.sin(), angle.cos()
    rest = 1 - cosine
    rows = [
        [x * x * rest + cosine, x * y * rest - z * sine, x * z * rest + y * sine],
        [y * x * rest + z * sine, y * y * rest + cosine, y * z * rest - x * sine],
        [z * x * rest - y * sine, z * y * rest + x * sine, z * z * rest + cosine],
    ]
    return torch.stack([torch.stack(row, 1) for row in rows], 1)


class Ssim:
    """The dissimilarity clamp((1 - SSIM) / 2, 0, 1) from one target, 3x3 windows with mirrored borders."""

    def __init__(self, target):
        self.target = F.pad(target, (1, 1, 1, 1), "reflect")
        self.mean = F.avg_pool2d(self.target, 3, 1)
        self.variance = F.avg_pool2d(self.target**2, 3, 1) - self.mean**2

    def __call__(self, image):
        image = F.pad(image, (1, 1, 1, 1), "reflect")
        mean = F.avg_pool2d(image, 3, 1)
        variance = F.avg_pool2d(image**2, 3, 1) - mean**2
        covariance = F.avg_pool2d(image * self.target, 3, 1) - mean * self.mean
        c1, c2 = 0.01**2, 0.03**2
        above = (2 * mean * self.mean + c1) * (2 * covariance + c2)
        below = (mean**2 + self.mean**2 + c1) * (variance + self.variance + c2)
        return ((1 - above / below) / 2).clamp(0, 1)


def smoothness(disparity, image):
    disparity = disparity / (disparity.mean((2, 3), True) + 1e-7)
    terms = []
    for axis in (2, 3):
        edges = image.diff(dim=axis).abs().mean(1, True)
        terms.append((disparity.diff(dim=axis).abs() * torch.exp(-edges)).mean())
    return sum(terms)


class MonodepthLoss:
    """Monodepth2's loss with automask: the best source of each pixel counts, unless an unmoved one is better still."""

    def __init__(self, intrinsics, inverse_intrinsics, height, width):
        self.intrinsics = intrinsics
        grid = torch.meshgrid(torch.arange(width), torch.arange(height), indexing="xy")
        pixels = torch.stack([*grid, torch.ones_like(grid[0])]).float().view(3, -1)
        self.rays = inverse_intrinsics @ pixels
        self.last = torch.tensor([width - 1, height - 1])

    def warp(self, source, depth, rotation, translation):
        batch, _, height, width = source.shape
        points = (self.intrinsics @ rotation) @ (depth.view(batch, 1, -1) * self.rays) + self.intrinsics @ translation
        position = (points[:, :2] / (points[:, 2:] + 1e-7)).view(batch, 2, height, width).permute(0, 2, 3, 1)
        return F.grid_sample(source, 2 * position / self.last - 1, "bilinear", "border", align_corners=True)

    def __call__(self, disparities, target, pyramid, sources, poses, noise):
        height, width = target.shape[2:]
        ssim = Ssim(target)

        def error(image):
            return 0.85 * ssim(image).mean(1) + 0.15 * (image - target).abs().mean(1)

        unmoved = [error(source) + 1e-5 * noise[i] for i, source in enumerate(sources)]
        losses = []
        for scale, disparity in disparities.items():
            full = F.interpolate(disparity, (height, width), mode="bilinear", align_corners=False) if scale else disparity
            depth = 1 / (1 / MAX_DEPTH + (1 / MIN_DEPTH - 1 / MAX_DEPTH) * full)
            moved = [error(self.warp(source, depth, *pose)) for source, pose in zip(sources, poses)]
            photometric = torch.stack([*unmoved, *moved]).amin(0).mean()
            losses.append(photometric + SMOOTHNESS / 2**scale * smoothness(disparity, pyramid[scale]))
        return sum(losses) / len(losses)


def main(*arguments):
    start, planes, memory_format = prepare(*arguments)
    target, sources = planes(start["target"]), [planes(start["source.0"]), planes(start["source.1"])]
    pyramid = [planes(start[f"pyramid.{scale}"]) for scale in SCALES]
    jitter, noise = start["jitter"], start["noise"].view(2, *target.shape[2:])
    loss_of = MonodepthLoss(start["intrinsics"], start["inverseIntrinsics"], *target.shape[2:])

    def network(module, prefix):
        return load(module, start, prefix).to(memory_format=memory_format).train()

    encoder = network(ResNet(18), "encoder.encoder.")
    decoder = network(UNet(encoder.channels, [16, 32, 64, 128, 256]), "depth.")
    pose_encoder = network(ResNet(18, images=2), "pose.encoder.")
    pose_decoder = PoseDecoder(pose_encoder.channels[4])
    pose_decoder.net = network(pose_decoder.net, "pose.net.")
    parameters = [p for part in (encoder, decoder, pose_encoder, pose_decoder) for p in part.parameters()]
    optimizer = torch.optim.Adam(parameters, start["learningRate"].item(), fused=True)

    def poses(seen, before, after):
        """Rotation and translation from the target's camera to the source before it and to the one after it; both pairs as one batch."""
        pairs = torch.cat([torch.cat([before, seen], 1), torch.cat([seen, after], 1)])
        axis_angle, translation = pose_decoder(pose_encoder(pairs)[4])
        (back, forth), (back_by, forth_by) = rotation_from_axis_angle(axis_angle).chunk(2), translation.unsqueeze(2).chunk(2)
        return [(back.mT, back.mT @ -back_by), (forth, forth_by)]

    def learn():
        optimizer.zero_grad()
        seen, before, after = (color_jitter(frame, jitter) for frame in (target, *sources))
        disparities = decoder.disparities(encoder(seen))
        loss = loss_of(disparities, target, pyramid, sources, poses(seen, before, after), noise)
        loss.backward()
        optimizer.step()
        return {"photometric": loss}

    del start
    serve_training(learn, parameters)


if __name__ == "__main__":
    main(*sys.argv[1:])
