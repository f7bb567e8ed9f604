"""Records what OpenSlide reads: sha256 of RGB regions of the real slides, for packages/imaging/test/slide/openslide.test.ts.

Run: /usr/bin/python3 tools/oracles/openslide_regions.py ../shared/data/slides packages/imaging/test/golden/openslide_regions.json
Needs openslide-python and NumPy. Regions lie inside the slide, so transparency plays no part.
"""
import hashlib
import json
import random
import sys

import numpy as np
import openslide

FILES = {"CMU-1-Small-Region.svs": [0], "TCGA-CR-7395-01A-01-TS1.svs": [0], "boxes.tiff": [0, 1]}
FILES["test3-DAPI-2-387.ndpi"] = [0, 1, 2, 3]
FILES["cmu_pyr_webp.tif"] = [0]
FILES["cmu_subifd.ome.tif"] = [0]
# levels that lie in the file; OpenSlide makes three more of this one by decoding at a smaller scale
STORED = {"test3-DAPI-2-387.ndpi": 4}


def region(slide, level, x, y, width, height):
    image = slide.read_region((x, y), level, (width, height)).convert("RGB")
    digest = hashlib.sha256(np.asarray(image).tobytes()).hexdigest()
    return {"level": level, "x": x, "y": y, "width": width, "height": height, "sha256": digest}


def main(folder, out):
    chance = random.Random(7)
    golden = {"openslide": openslide.__library_version__, "slides": {}}
    for name, levels in FILES.items():
        slide = openslide.OpenSlide(f"{folder}/{name}")
        regions = []
        for level in levels:
            full_width, full_height = slide.level_dimensions[level]
            downsample = round(slide.level_downsamples[level])
            if full_width * full_height < 10_000_000:
                regions.append(region(slide, level, 0, 0, full_width, full_height))
            for _ in range(12):
                width = chance.randint(1, min(400, full_width))
                height = chance.randint(1, min(400, full_height))
                x = chance.randint(0, full_width - width) * downsample
                y = chance.randint(0, full_height - height) * downsample
                regions.append(region(slide, level, x, y, width, height))
        golden["slides"][name] = {
            "levels": [list(size) for size in slide.level_dimensions][: STORED.get(name)],
            "downsamples": list(slide.level_downsamples)[: STORED.get(name)],
            "mpp": slide.properties.get(openslide.PROPERTY_NAME_MPP_X),
            "regions": regions,
        }
    with open(out, "w") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")


main(*sys.argv[1:])
