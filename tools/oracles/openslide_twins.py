"""Records what OpenSlide reads of generated vendor files, for packages/imaging/test/format (vendors.test.ts, ndpi/ndpi.test.ts).

Run: NACRE_TWINS=DIR npx vitest run packages/imaging/test/format/{vendors.test.ts,ndpi}
     /usr/bin/python3 tools/oracles/openslide_twins.py DIR packages/imaging/test/golden/openslide_twins.json
Needs openslide-python and NumPy. Transparency is laid on white.
"""
import hashlib
import json
import os
import sys

import numpy as np
import openslide
from PIL import Image


def whole(slide, level):
    size = slide.level_dimensions[level]
    image = slide.read_region((0, 0), level, size)
    white = Image.new("RGBA", size, (255, 255, 255, 255))
    white.alpha_composite(image)
    return np.asarray(white.convert("RGB"))


def main(folder, out):
    golden = {"openslide": openslide.__library_version__, "twins": {}}
    for name in sorted(os.listdir(folder)):
        slide = openslide.OpenSlide(f"{folder}/{name}")
        golden["twins"][name] = {
            "vendor": slide.properties[openslide.PROPERTY_NAME_VENDOR],
            "mpp": slide.properties.get(openslide.PROPERTY_NAME_MPP_X),
            "objective": slide.properties.get(openslide.PROPERTY_NAME_OBJECTIVE_POWER),
            "file": hashlib.sha256(open(f"{folder}/{name}", "rb").read()).hexdigest(),
            "levels": [
                {
                    "size": list(slide.level_dimensions[level]),
                    "downsample": slide.level_downsamples[level],
                    "sha256": hashlib.sha256(whole(slide, level).tobytes()).hexdigest(),
                }
                for level in range(slide.level_count)
            ],
        }
    with open(out, "w") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")


main(*sys.argv[1:])
