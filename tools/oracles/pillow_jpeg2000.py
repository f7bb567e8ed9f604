"""Writes packages/imaging/test/hostile/jpeg2000.json: one small JPEG 2000 codestream, RGB, lossless, for broken-file tests.

Pillow 10, OpenJPEG 2.5. Run once; CI has neither.
"""
import base64, io, json, pathlib
from PIL import Image

image = Image.new("RGB", (32, 32))
image.putdata([((x * 7) % 256, (y * 5) % 256, (x * y) % 256) for y in range(32) for x in range(32)])
out = io.BytesIO()
image.save(out, "JPEG2000", no_jp2=True, irreversible=False)
path = pathlib.Path(__file__).parents[2] / "packages/imaging/test/hostile/jpeg2000.json"
path.write_text(json.dumps({"stream": base64.b64encode(out.getvalue()).decode()}, indent=2) + "\n")
