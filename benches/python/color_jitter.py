import torch


def color_jitter(image, transform):
    """`transform` [batch, 7, 3]: transposed matrices for the pixel and for the image's mean colour, and an offset."""
    by_pixel, by_mean, offset = transform[:, :3], transform[:, 3:6], transform[:, 6:]
    mean = image.mean((2, 3)).unsqueeze(1)
    shift = (mean @ by_mean + offset).mT.unsqueeze(3)
    return (torch.einsum("bchw,bcd->bdhw", image, by_pixel) + shift).clamp(0, 1)
