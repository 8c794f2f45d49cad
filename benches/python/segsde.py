"""SegSDE's semi-supervised training step."""

import torch
import torch.nn.functional as F
from torch import nn

from color_jitter import color_jitter
from networks import SegmentationDecoder

IGNORED = 255
MARGIN = 0.03
MOMENTUM, WEIGHT_DECAY = 0.9, 5e-4


class Segmentation(nn.Module):
    def __init__(self, encoder, channels, classes):
        super().__init__()
        self.encoder = encoder
        self.decoder = SegmentationDecoder(self.encoder.channels, channels, classes)

    def forward(self, image, noise=None):
        return self.decoder(self.encoder(image), noise)


def mix_pairs(x, mask):
    """Each item's own values where the mask is true, elsewhere those of the next item of the batch."""
    return torch.where(mask, x, x.roll(-1, 0))


def gaussian_blur(image, kernels):
    """`kernels` [2, 9]: weights along the columns and along the rows; mirrored borders."""
    batch, channels, height, width = image.shape
    reach = kernels.shape[1] // 2
    padded = F.pad(image.reshape(batch * channels, 1, height, width), [reach] * 4, "reflect")
    along_y = F.conv2d(padded, kernels[0].view(1, 1, -1, 1))
    return F.conv2d(along_y, kernels[1].view(1, 1, 1, -1)).view(image.shape)


class SegsdeTraining:
    def __init__(self, student, teacher, threshold):
        self.student, self.teacher, self.threshold = student, teacher, threshold
        self.teacher.requires_grad_(False)
        self.parameters = list(student.parameters())
        self.followers = list(teacher.parameters())
        self.optimizer = torch.optim.SGD(self.parameters, 0.0, MOMENTUM, weight_decay=WEIGHT_DECAY, fused=True)

    @torch.no_grad()
    def mixed(self, image, disparity, color, blur, noise):
        """Images mixed by depth and strongly augmented, pseudo labels, and the share of confident ones."""
        confidence, label = self.teacher(image, noise).softmax(1).max(1)
        own = disparity >= disparity.roll(-1, 0) - MARGIN
        weight = (mix_pairs(confidence, own.squeeze(1)) >= self.threshold).float().mean()
        mixed = gaussian_blur(color_jitter(mix_pairs(image, own), color), blur)
        return mixed, mix_pairs(label, own.squeeze(1)), weight

    def learn(self, labelled, label, unlabelled, disparity, color, blur, noises, learning_rate, ema_decay):
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate
        self.optimizer.zero_grad()
        for_labelled, for_teacher, for_mixed = noises

        supervised = F.cross_entropy(self.student(labelled, for_labelled), label, ignore_index=IGNORED)
        supervised.backward()

        image, pseudo_label, weight = self.mixed(unlabelled, disparity, color, blur, for_teacher)
        consistency = weight * F.cross_entropy(self.student(image, for_mixed), pseudo_label)
        consistency.backward()

        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.followers, self.parameters, 1 - ema_decay)
        return {"supervised": supervised, "consistency": consistency}
