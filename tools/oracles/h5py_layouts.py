"""Tiny feature files in the layouts of other tools, written by h5py, for packages/features/test/store/layouts.test.ts.

Run: python3 tools/oracles/h5py_layouts.py packages/features/test/golden/h5py_layouts.json
Recorded with h5py 3.7.0, HDF5 1.10.8, numpy 1.24.2.
"""
import base64
import io
import json
import sys

import h5py
import numpy as np


def write(fill, **options):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", **options) as file:
        fill(file)
    return base64.b64encode(buffer.getvalue()).decode()


N, D = 6, 4
values = (np.arange(N * D).reshape(N, D) / 8 - 1).astype("f4")
places = np.array([[512 * (i % 3), 512 * (i // 3)] for i in range(N)])


def trident(file):
    features = file.create_dataset("features", data=values)
    for key, value in {"name": "slide-1", "savetodir": "/elsewhere", "encoder": "uni_v1"}.items():
        features.attrs[key] = value
    coords = file.create_dataset("coords", data=places.astype("i8"))
    coords.attrs["patch_size"] = 256
    coords.attrs["patch_size_level0"] = 512
    coords.attrs["level0_magnification"] = 40
    coords.attrs["target_magnification"] = 20
    coords.attrs["overlap"] = 0
    coords.attrs["name"] = "slide-1"
    coords.attrs["savetodir"] = "/elsewhere"
    coords.attrs["level0_width"] = 4096
    coords.attrs["level0_height"] = 2048


def trident_batched(file):
    file.create_dataset("features", data=values[None].astype("f2"), compression="gzip")
    file["features"].attrs["encoder"] = "gigapath"
    file.create_dataset("coords", data=places[None].astype("i8"))
    file["coords"].attrs["patch_size_level0"] = 512


def clam(file):
    file.create_dataset("features", data=values, chunks=(1, D), maxshape=(None, D))
    file.create_dataset("coords", data=places.astype("i4"), chunks=(1, 2), maxshape=(None, 2))


def stamp(file):
    file["coords"] = (places / 2).astype("f4")
    file["feats"] = values.astype("f2")
    file.attrs["stamp_version"] = "2.4.0"
    file.attrs["extractor"] = "ctranspath-1234"
    file.attrs["unit"] = "um"
    file.attrs["tile_size_um"] = 256.0
    file.attrs["tile_size_px"] = 224
    file.attrs["feat_type"] = "tile"


def stamp_historic(file):
    file["coords"] = (places * 224 // 512).astype("i8")
    file["feats"] = values
    file.attrs["extractor"] = "xiyuewang-ctranspath"


def big_endian(file):
    file["features"] = values.astype(">f8")
    file["coords"] = places.astype(">i4")


def no_places(file):
    file["features"] = values


def embedding(file):
    file["features"] = values[0]


def no_rows(file):
    file["features"] = values[:0]
    file["coords"] = places[:0]


def torn(file):
    file["features"] = values
    file["coords"] = places[:-1]


def words(file):
    file["features"] = np.array([[b"a", b"b"]])


def other(file):
    file["images"] = values


kinds = [trident, trident_batched, clam, stamp, stamp_historic, big_endian, no_places, embedding, no_rows, torn, words, other]
files = {kind.__name__: write(kind, libver="latest" if kind is trident_batched else None) for kind in kinds}
json.dump({"h5py": h5py.__version__, "values": values.ravel().tolist(), "places": places.tolist(), "files": files},
          open(sys.argv[1], "w"), indent=1)
