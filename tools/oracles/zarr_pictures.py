"""Small OME-Zarr 0.4 pictures as zarr-python writes them: every compressor that its blosc and numcodecs offer, both orders of axes in a chunk.

Writes packages/imaging/test/golden/zarr_pictures.json: the files of each folder, in base64. The pixels are those of the formula below, which
packages/imaging/test/picture.ts repeats.
Run with Debian's python3-zarr: /usr/bin/python3 tools/oracles/zarr_pictures.py
"""
import base64
import json
import pathlib
import tempfile

import numcodecs
import numpy as np
import zarr

WIDTH, HEIGHT = 50, 36


def picture(width, height):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    step = ((x // 8) * 5 + (y // 4) * 7) % 3
    return ((x * 3 + y * 2 + c * 40 + step * 60) % 256).astype("u1")


COMPRESSORS = {
    "none": None,
    "zlib": numcodecs.Zlib(level=6),
    "gzip": numcodecs.GZip(level=6),
    "zstd": numcodecs.Zstd(level=3),
    "lz4": numcodecs.LZ4(),
    "blosc-lz4-shuffle": numcodecs.Blosc("lz4", 5, numcodecs.Blosc.SHUFFLE),
    "blosc-lz4hc-bitshuffle": numcodecs.Blosc("lz4hc", 5, numcodecs.Blosc.BITSHUFFLE),
    "blosc-zstd": numcodecs.Blosc("zstd", 3, numcodecs.Blosc.NOSHUFFLE),
    "blosc-zlib": numcodecs.Blosc("zlib", 5, numcodecs.Blosc.SHUFFLE),
    "blosc-blosclz": numcodecs.Blosc("blosclz", 5, numcodecs.Blosc.SHUFFLE),
}


def write(folder, compressor, order, separator):
    pixels = np.moveaxis(picture(WIDTH, HEIGHT), 2, 0)
    store = zarr.NestedDirectoryStore(folder) if separator == "/" else zarr.DirectoryStore(folder)
    group = zarr.group(store=store, overwrite=True)
    axes = [{"name": "c", "type": "channel"}] + [
        {"name": name, "type": "space", "unit": "micrometer"} for name in "yx"
    ]
    scale = [{"type": "scale", "scale": [1.0, 0.25, 0.25]}]
    group.attrs["multiscales"] = [
        {"version": "0.4", "axes": axes, "datasets": [{"path": "0", "coordinateTransformations": scale}]}
    ]
    group.create_dataset(
        "0", data=pixels, chunks=(1, 16, 32), compressor=compressor, order=order, dimension_separator=separator
    )


def record(folder):
    files = sorted(p for p in pathlib.Path(folder).rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): base64.b64encode(p.read_bytes()).decode() for p in files}


pictures = {}
for name, compressor in COMPRESSORS.items():
    with tempfile.TemporaryDirectory() as folder:
        write(folder, compressor, "F" if name == "zstd" else "C", "." if name == "gzip" else "/")
        pictures[name] = record(folder)
out = pathlib.Path(__file__).parents[2] / "packages/imaging/test/golden/zarr_pictures.json"
written_by = {"zarr": zarr.__version__, "numcodecs": numcodecs.__version__, "numpy": np.__version__}
out.write_text(json.dumps({"written_by": written_by, "width": WIDTH, "height": HEIGHT, "pictures": pictures}) + "\n")
