"""PyTorch's side of `npm run bench -- inference`: python inference.py START.safetensors NCHW|channels_last THREADS"""

import sys

import torch

from contestant import prepare, serve
from networks import ResNet, SegmentationDecoder, UNet, load

CHANNELS = [64, 64, 128, 128, 256]


def difference(values, expected):
    """The greatest difference, as a share of the greatest expected value."""
    return ((values - expected).abs().max() / expected.abs().max()).item()


@torch.inference_mode()
def main(*arguments):
    start, planes, memory_format = prepare(*arguments)
    image = planes(start["image"])
    expected_logits, expected_disparity = planes(start["expected.logits"]), planes(start["expected.disparity"])

    def network(module, prefix):
        return load(module, start, prefix).to(memory_format=memory_format).eval()

    encoder = network(ResNet(50), "encoder.encoder.")
    classes = expected_logits.shape[1]
    decoder = network(SegmentationDecoder(encoder.channels, CHANNELS, classes), "decoder.")
    depth = network(UNet(encoder.channels, CHANNELS, batch_norm=True, aspp=True, scales=[0]), "depth.")
    del start

    def infer():
        features = encoder(image)
        return decoder(features), depth.disparities(features)[0]

    def middle(disparity):
        height, width = disparity.shape[2:]
        return disparity[0, 0, height // 2, width // 2].item()

    def step():
        _, disparity = infer()
        return {"disparityInTheMiddle": middle(disparity)}

    def checked_step():
        logits, disparity = infer()
        return {
            "logits": 1 + difference(logits, expected_logits),
            "disparity": 1 + difference(disparity, expected_disparity),
            "disparityInTheMiddle": middle(disparity),
        }

    serve(step, checked_step)


if __name__ == "__main__":
    main(*sys.argv[1:])
