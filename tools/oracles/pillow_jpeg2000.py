"""Writes packages/imaging/test/hostile/jpeg2000.json: two small JPEG 2000 codestreams of one RGB picture:
`stream` without loss and without a transform of the components, `lossy` with both (9/7 wavelet, ICT).

Pillow 10 and 9.4, OpenJPEG 2.5. Run once; CI has neither.
"""
import base64, io, json, pathlib
from PIL import Image

image = Image.new("RGB", (32, 32))
image.putdata([((x * 7) % 256, (y * 5) % 256, (x * y) % 256) for y in range(32) for x in range(32)])


def coded(**options):
    out = io.BytesIO()
    image.save(out, "JPEG2000", no_jp2=True, **options)
    return base64.b64encode(out.getvalue()).decode()


streams = {"stream": coded(irreversible=False, mct=0), "lossy": coded(irreversible=True, mct=1)}
path = pathlib.Path(__file__).parents[2] / "packages/imaging/test/hostile/jpeg2000.json"
path.write_text(json.dumps(streams, indent=2) + "\n")
