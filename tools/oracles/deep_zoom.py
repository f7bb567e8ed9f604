"""A small Deep Zoom image as openslide-python cuts it: description, tiles with overlap, and what each level shows when its tiles are laid out.

Writes packages/imaging/test/golden/deep_zoom.json: the files in base64, and the pixels of the finest level by their SHA-256.
Run with Debian's python3-openslide: /usr/bin/python3 tools/oracles/deep_zoom.py
"""
import base64
import hashlib
import io
import json
import pathlib

import numpy as np
import openslide
from openslide.deepzoom import DeepZoomGenerator
from PIL import Image

WIDTH, HEIGHT, TILE = 131, 90, 40


def picture(width, height):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((x * 3 + y * 2 + c * 40 + (x // 8 * 5 + y // 4 * 7) % 3 * 60) % 256).astype(np.uint8)


def write(overlap):
    slide = openslide.ImageSlide(Image.fromarray(picture(WIDTH, HEIGHT)))
    zoom = DeepZoomGenerator(slide, tile_size=TILE, overlap=overlap, limit_bounds=False)
    files = {"made.dzi": zoom.get_dzi("png").encode()}
    for level in range(zoom.level_count):
        columns, rows = zoom.level_tiles[level]
        for row in range(rows):
            for column in range(columns):
                out = io.BytesIO()
                zoom.get_tile(level, (column, row)).convert("RGB").save(out, format="PNG")
                files[f"made_files/{level}/{column}_{row}.png"] = out.getvalue()
    levels = [list(size) for size in reversed(zoom.level_dimensions)]
    return {
        "overlap": overlap,
        "levels": levels,
        "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
    }


out = pathlib.Path(__file__).parents[2] / "packages/imaging/test/golden/deep_zoom.json"
golden = {
    "written_by": {"openslide-python": openslide.__version__, "numpy": np.__version__},
    "sha256": hashlib.sha256(picture(WIDTH, HEIGHT).tobytes()).hexdigest(),
    "images": [write(overlap) for overlap in (0, 1, 4)],
}
out.write_text(json.dumps(golden) + "\n")
