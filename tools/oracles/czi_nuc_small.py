"""Pixels and scale of ../shared/data/slides/nuc_small.czi, by the published layout of ZISRAW, with struct and NumPy alone.

Run: /usr/bin/python3 tools/oracles/czi_nuc_small.py > packages/imaging/test/golden/czi_nuc_small.json
"""
import json
import re
import struct

import numpy as np

data = open("../shared/data/slides/nuc_small.czi", "rb").read()
directory, metadata = struct.unpack_from("<qq", data, 32 + 52)
position = struct.unpack_from("<q", data, directory + 32 + 128 + 6)[0]
metadata_size, _, size = struct.unpack_from("<iiq", data, position + 32)
n_dimensions = struct.unpack_from("<i", data, position + 48 + 28)[0]
start = position + 32 + max(256, 16 + 32 + 20 * n_dimensions) + metadata_size
pixels = np.frombuffer(data, np.uint8, size, start).reshape(240, 320)
xml = data[metadata + 32 + 256:][:struct.unpack_from("<i", data, metadata + 32)[0]].decode()
scale = [float(v) * 1e6 for v in re.findall(r'<Distance Id="[XY]">\s*<Value>([^<]+)', xml)]
objective = float(re.findall(r"<NominalMagnification>([^<]+)", xml)[0])
# the brightest pixel of each of eight bands
places = [(int(band.argmax()) % 320, 30 * i + int(band.argmax()) // 320) for i, band in enumerate(np.split(pixels, 8))]
print(json.dumps({
    "info": {"width": 320, "height": 240, "mppInFile": float(np.sqrt(scale[0] * scale[1])), "objective": objective, "format": "czi"},
    "sum": int(pixels.astype(np.int64).sum()),
    "pixels": [[x, y, int(pixels[y, x])] for x, y in places],
}))
