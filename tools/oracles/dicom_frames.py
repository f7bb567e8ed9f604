"""Pixels of real DICOM frames, for packages/imaging/test/format/dicom-real.test.ts.

Run: /usr/bin/python3 tools/oracles/dicom_frames.py > packages/imaging/test/golden/dicom_frames.json
boxes_0.dcm through DCMTK (Debian: dcmtk), the encoded frames of wsidicom through Pillow. Files: ../shared/data/slides.
"""
import hashlib
import io
import json
import subprocess
import sys

import numpy as np
import PIL
from PIL import Image

SLIDES = "../shared/data/slides/"
FRAMES = [
    "wsidicom_JPEG_Baseline__Process_1_-RGB-8.jpg",
    "wsidicom_JPEG_Baseline__Process_1_-YBR-8.jpg",
    "wsidicom_JPEG_2000_Image_Compression-RGB-8.jp2",
    "wsidicom_JPEG_2000_Image_Compression-YBR-8.jp2",
]


def facts(image):
    pixels = np.asarray(image.convert("RGB"))
    height, width, _ = pixels.shape
    return {
        "width": width,
        "height": height,
        "sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
        "mean": [round(float(v), 4) for v in pixels.reshape(-1, 3).mean(axis=0)],
    }


def boxes(image):
    # the frame is larger than the matrix, of which it is the top left
    pixels = np.asarray(image.convert("RGB"))[:16, :16]
    return {"sha256": hashlib.sha256(pixels.tobytes()).hexdigest(), "first": pixels.reshape(-1)[:12].tolist()}


ppm = subprocess.run(["dcmj2pnm", "--write-raw-pnm", SLIDES + "boxes_0.dcm"], capture_output=True, check=True).stdout
version = subprocess.run(["dcmj2pnm", "--version"], capture_output=True).stdout.decode().split("\n")[0]
json.dump(
    {
        "dcmtk": version,
        "pillow": PIL.__version__,
        "boxes": boxes(Image.open(io.BytesIO(ppm))),
        "frames": {name: facts(Image.open(SLIDES + name)) for name in FRAMES},
    },
    sys.stdout,
    indent=1,
)
