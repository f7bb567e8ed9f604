"""What h5py finds in a feature file we wrote, for packages/features/test/store/layouts.test.ts.

Write the file first: NACRE_WRITE_H5=FILE.h5 npx vitest run packages/features/test/store/layouts.test.ts
Run: python3 tools/oracles/h5py_reads.py FILE.h5 packages/features/test/golden/h5py_reads.json
"""
import hashlib
import json
import sys

import h5py

path, out = sys.argv[1:]


def plain(value):
    return value.item() if hasattr(value, "item") else value


with h5py.File(path) as file:
    found = {
        name: {
            "dtype": str(item.dtype),
            "shape": list(item.shape),
            "attributes": {key: [type(plain(v)).__name__, plain(v)] for key, v in sorted(item.attrs.items())},
            "values": [float(v) for v in item[()].ravel()],
        }
        for name, item in file.items()
    }
digest = hashlib.sha256(open(path, "rb").read()).hexdigest()
json.dump({"h5py": h5py.__version__, "sha256": digest, "found": found}, open(out, "w"), indent=1, sort_keys=True)
