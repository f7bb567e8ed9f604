"""Records what littlecms (Pillow's ImageCms) makes of a drawn slide with an ICC profile, for packages/pipeline/test.

Run: /usr/bin/python3 tools/oracles/icc_slide.py packages/pipeline/test/golden/icc_slide.json
The slide is a formula, so that the test draws it itself: blocks of 8 px in the colours of H&E inside a white margin. The profile is
that of packages/imaging/test/golden/pillow_images.json. Recorded: mean and largest value of each channel of each square of 64 px.
"""
import base64
import io
import json
import sys
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageCms

SIDE, MARGIN, SQUARE = 512, 64, 64


def drawn():
    y, x = np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij")
    i, j = x // 8, y // 8
    tissue = np.stack([120 + (7 * i + 11 * j) % 100, 50 + (13 * i + 5 * j) % 90, 110 + (3 * i + 17 * j) % 100], axis=2)
    inside = (x >= MARGIN) & (x < SIDE - MARGIN) & (y >= MARGIN) & (y < SIDE - MARGIN)
    return np.where(inside[..., None], tissue, 255).astype(np.uint8)


def main(out):
    recorded = Path(__file__).parents[2] / "packages/imaging/test/golden/pillow_images.json"
    profile = base64.b64decode(json.loads(recorded.read_text())["icc"]["profile"])
    image = ImageCms.profileToProfile(
        Image.fromarray(drawn()),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        ImageCms.INTENT_PERCEPTUAL,
    )
    pixels = np.asarray(image).astype(float)
    squares = []
    for y in range(0, SIDE, SQUARE):
        for x in range(0, SIDE, SQUARE):
            square = pixels[y : y + SQUARE, x : x + SQUARE]
            mean = [round(v, 4) for v in square.mean(axis=(0, 1))]
            squares.append({"x": x, "y": y, "mean": mean, "max": [int(v) for v in square.max(axis=(0, 1))]})
    golden = {"pillow": PIL.__version__, "side": SIDE, "margin": MARGIN, "square": SQUARE, "squares": squares}
    Path(out).write_text(json.dumps(golden) + "\n")


main(sys.argv[1])
