"""OpenSlide's half of bench/slide.mjs: one line of JSON in (a list of regions), one out (seconds)."""
import json
import sys
import time

import numpy as np
import openslide
from PIL import Image

MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


def planes(region, target):
    """[3, target, target] float32, normalised."""
    image = region.convert("RGB").resize((target, target), Image.BILINEAR)
    values = (np.asarray(image, dtype=np.float32) / 255 - MEAN) / STD
    return np.ascontiguousarray(values.transpose(2, 0, 1))


slide = openslide.OpenSlide(sys.argv[1])
print(json.dumps({"version": openslide.__library_version__}), flush=True)
for line in sys.stdin:
    job = json.loads(line)
    size = (job["size"], job["size"])
    target = job.get("target")
    if job.get("fresh"):
        slide.close()
        slide = openslide.OpenSlide(sys.argv[1])
    start = time.perf_counter()
    for x, y in job["places"]:
        region = slide.read_region((x, y), 0, size)
        if target is None:
            np.asarray(region.convert("RGB"))
        else:
            planes(region, target)
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
