"""Small files of weights as PyTorch, numpy and a bare writer of safetensors make them, with what lies in them.

Run: python3 tools/oracles/weights.py packages/graph/test/golden/weights   (recorded with PyTorch 1.13 and numpy 1.24, seed below)
Every file has a row in expected.json: dotted name -> dtype, shape and values in float64, as PyTorch or numpy read them back.
Files in which something is imported are made here too; nothing reads them but the tests, which expect a refusal.
"""
import argparse
import collections
import json
import os
import pathlib
import pickle
import struct
import sys
import types
import zipfile

import numpy as np
import torch

OUT = sys.argv[1]
os.makedirs(OUT, exist_ok=True)
torch.manual_seed(20240117)
expected = {}


def described(array):
    if isinstance(array, torch.Tensor):
        dtype = str(array.dtype).replace("torch.", "")
        array = array.detach().double().numpy()
    else:
        dtype = array.dtype.name
    return {"dtype": dtype, "shape": list(array.shape), "values": array.astype(np.float64).ravel().tolist()}


def flat(value, name=""):
    if isinstance(value, torch.Tensor):
        yield name or "tensor", value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, (list, tuple)):
        for key, inner in enumerate(value):
            yield from flat(inner, f"{name}.{key}" if name else str(key))


def save(name, value, **options):
    path = os.path.join(OUT, name)
    torch.save(value, path, **options)
    expected[name] = {key: described(tensor) for key, tensor in flat(torch.load(path))}


def both(name, value):
    save(f"{name}.zip.pt", value)
    save(f"{name}.legacy.pt", value, _use_new_zipfile_serialization=False)


base = torch.randn(4, 6)
both("dtypes", collections.OrderedDict(
    float32=torch.randn(2, 3),
    float64=torch.randn(3, dtype=torch.float64),
    float16=torch.tensor([0.0, -0.0, 1.5, -2.25, 6e-8, 65504.0, 3.14159]).half(),
    bfloat16=torch.randn(2, 2).bfloat16(),
    int64=torch.tensor([[-1, 2**40], [7, -(2**40)]]),
    int32=torch.tensor([-5, 6], dtype=torch.int32),
    int16=torch.tensor([-300, 300], dtype=torch.int16),
    int8=torch.tensor([-128, 127], dtype=torch.int8),
    uint8=torch.tensor([0, 255], dtype=torch.uint8),
    bool=torch.tensor([True, False, True]),
    scalar=torch.tensor(2.5),
    empty=torch.zeros(0, 3),
))
both("views", {
    "base": base,
    "transposed": base.t(),
    "column": base[:, 2],
    "stepped": base[1::2, ::3],
    "permuted": torch.randn(2, 3, 4).permute(2, 0, 1),
    "expanded": torch.tensor([1.0, 2.0, 3.0]).expand(4, 3),
    "row": base[3],
})
model = torch.nn.Sequential(collections.OrderedDict(
    encoder=torch.nn.Linear(4, 3), norm=torch.nn.BatchNorm1d(3), head=torch.nn.Linear(3, 2)))
optimiser = torch.optim.Adam(model.parameters())
model(torch.randn(5, 4)).sum().backward()
optimiser.step()
both("checkpoint", {
    "epoch": 7,
    "loss": np.float64(0.25),
    "best": np.float32(0.5),
    "steps": np.int64(12345678901),
    "size": torch.Size([3, 4]),
    "device": torch.device("cpu"),
    "dtype": torch.float16,
    "note": "tuned, d\u2019apr\u00e8s",
    "model": {f"module.{key}": value for key, value in model.state_dict().items()},
    "optimizer": optimiser.state_dict(),
})
both("parameters", [torch.nn.Parameter(torch.randn(2, 2)), torch.nn.Parameter(torch.randn(3), requires_grad=False)])
save("bare.zip.pt", torch.randn(5, 3))
for protocol in (3, 4, 5):
    save(f"protocol{protocol}.zip.pt", collections.OrderedDict(a=torch.randn(2), b=torch.randn(2)), pickle_protocol=protocol)
    save(f"protocol{protocol}.legacy.pt", {"a": torch.randn(2)}, pickle_protocol=protocol, _use_new_zipfile_serialization=False)


def rezip(source, name, **attributes):
    """The same entries as a zip with 64-bit fields, which zipfile writes beyond limits that are lowered for the moment."""
    saved = {key: getattr(zipfile, key) for key in attributes}
    for key, value in attributes.items():
        setattr(zipfile, key, value)
    with zipfile.ZipFile(os.path.join(OUT, source)) as old, zipfile.ZipFile(os.path.join(OUT, name), "w") as new:
        for info in old.infolist():
            with new.open(zipfile.ZipInfo(info.filename), "w", force_zip64=True) as entry:
                entry.write(old.read(info.filename))
    for key, value in saved.items():
        setattr(zipfile, key, value)
    expected[name] = expected[source]


rezip("views.zip.pt", "views.zip64.pt", ZIP64_LIMIT=0, ZIP_FILECOUNT_LIMIT=0)


def swap(source, name):
    """As a machine of the other byte order writes it: torch says so in an entry of its own."""
    with zipfile.ZipFile(os.path.join(OUT, source)) as old, zipfile.ZipFile(os.path.join(OUT, name), "w") as new:
        for info in old.infolist():
            raw = old.read(info.filename)
            if "/data/" in info.filename:
                raw = np.frombuffer(raw, "<f4").astype(">f4").tobytes()
            new.writestr(zipfile.ZipInfo(info.filename), raw)
        new.writestr(zipfile.ZipInfo(info.filename.split("/")[0] + "/byteorder"), b"big")
    expected[name] = expected[source]


swap("bare.zip.pt", "bare.big.pt")


def numpy_file(name, arrays, write):
    write(os.path.join(OUT, name))
    expected[name] = {key: described(array) for key, array in arrays.items()}


rng = np.random.default_rng(20240117)
arrays = {
    "rows": rng.normal(size=(3, 4)).astype("<f4"),
    "columns": np.asfortranarray(rng.normal(size=(3, 4, 2))),
    "half": rng.normal(size=5).astype("<f2"),
    "long": np.array([-(2**40), 3]),
    "int": np.array([[1], [-2]], dtype="<i4"),
    "flags": np.array([True, False]),
    "scalar": np.array(1.25, dtype="<f4"),
    "empty": np.zeros((0, 2), dtype="<f4"),
    "swapped": rng.normal(size=(2, 3)).astype(">f4"),
    "repeated": np.tile(np.arange(16, dtype="<f4"), 500),
}
numpy_file("arrays.npz", arrays, lambda path: np.savez(path, **{k: v for k, v in arrays.items() if k != "repeated"}))
del expected["arrays.npz"]["repeated"]
numpy_file("compressed.npz", arrays, lambda path: np.savez_compressed(path, **arrays))
one = np.asfortranarray(rng.normal(size=(2, 5)).astype("<f4"))
numpy_file("one.npy", {"tensor": one}, lambda path: np.save(path, one))
with open(os.path.join(OUT, "version3.npy"), "wb") as file:
    np.lib.format.write_array(file, one, version=(3, 0))
expected["version3.npy"] = {"tensor": described(one)}
np.save(os.path.join(OUT, "objects.npy"), np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
np.save(os.path.join(OUT, "table.npy"), np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))


def safetensors(name, tensors, metadata):
    header, body = {"__metadata__": metadata}, b""
    for key, (code, array) in tensors.items():
        raw = array.tobytes()
        header[key] = {"dtype": code, "shape": list(array.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(OUT, name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)
    expected[name] = {key: described(array) for key, (_, array) in tensors.items()}


safetensors("weights.safetensors", {
    "a.weight": ("F32", rng.normal(size=(2, 3)).astype("<f4")),
    "a.bias": ("F16", rng.normal(size=3).astype("<f2")),
    "b": ("I64", np.array([[-1], [2**33]])),
    "c": ("BOOL", np.array([True, False, True])),
    "d": ("F64", rng.normal(size=(1, 2, 2))),
    "none": ("F32", np.zeros((0, 4), dtype="<f4")),
}, {"format": "pt", "source": "a bare writer"})


class Import:
    """Pickles as a call of whatever is given."""

    def __init__(self, callee, *arguments):
        self.made = (callee, arguments)

    def __reduce__(self):
        return self.made



hostile = {
    "system": Import(os.system, "true"),
    "eval": Import(eval, "1"),
    "load": Import(torch.load, "other.pt"),
    "bytes": Import(torch.storage._load_from_bytes, b"PK"),
    "module": torch.nn.Linear(2, 2),
    "beside": {"weight": torch.randn(2), "extra": Import(print, "x")},
}
for name, value in hostile.items():
    torch.save(value, os.path.join(OUT, f"hostile-{name}.zip.pt"))
    if name != "module":  # the old dialect would save the source text of the class
        torch.save(value, os.path.join(OUT, f"hostile-{name}.legacy.pt"), _use_new_zipfile_serialization=False)
with open(os.path.join(OUT, "hostile-bare.pkl"), "wb") as file:
    pickle.dump(Import(os.system, "true"), file, protocol=2)

# Last, so that the numbers drawn above stay as they were.
both("arguments", {
    "model": {"weight": torch.randn(2, 2), "bias": torch.randn(2)},
    "args": argparse.Namespace(
        lr=5e-4, layers=[3, 4], folder=pathlib.PosixPath("/data/slides"), resume=None, nested=argparse.Namespace(seed=7)),
    "more": types.SimpleNamespace(gated=True),
    "epoch": 19,
})
for protocol in (4, 5):
    save(f"arguments.protocol{protocol}.zip.pt", {"w": torch.randn(2), "args": argparse.Namespace(lr=0.5)}, pickle_protocol=protocol)


class Subclass(argparse.Namespace):
    pass


for name, value in {
    "namespace": {"w": torch.randn(2), "args": argparse.Namespace(run=Import(os.system, "true"))},
    "subclass": {"w": torch.randn(2), "args": Subclass(lr=1)},
}.items():
    torch.save(value, os.path.join(OUT, f"hostile-{name}.zip.pt"))
    torch.save(value, os.path.join(OUT, f"hostile-{name}.legacy.pt"), _use_new_zipfile_serialization=False)

with open(os.path.join(OUT, "expected.json"), "w") as file:
    json.dump(expected, file, separators=(",", ":"))
