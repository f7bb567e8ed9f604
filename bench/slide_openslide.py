"""OpenSlide's half of bench/slide.mjs: one line of JSON in (a list of regions), one out (seconds)."""
import json
import sys
import time

import numpy as np
import openslide

slide = openslide.OpenSlide(sys.argv[1])
print(json.dumps({"version": openslide.__library_version__}), flush=True)
for line in sys.stdin:
    job = json.loads(line)
    size = (job["size"], job["size"])
    start = time.perf_counter()
    for x, y in job["places"]:
        np.asarray(slide.read_region((x, y), 0, size).convert("RGB"))
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
