"""Records what Pillow writes and resamples, for packages/imaging/test.

Run: /usr/bin/python3 tools/oracles/pillow_images.py packages/imaging/test/golden/pillow_images.json
Small TIFFs in several compressions (base64), and antialiased triangle ("bilinear") resampling of a known picture.
The picture is a formula, so that the tests make it themselves: see `picture`.
"""
import base64
import io
import json
import sys

import numpy as np
import PIL
from PIL import Image


def picture(width, height):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((x * 3 + y * 2 + c * 40 + (x // 8 * 5 + y // 4 * 7) % 3 * 60) % 256).astype(np.uint8)


def tiff(compression, **info):
    out = io.BytesIO()
    Image.fromarray(picture(70, 45)).save(out, format="TIFF", compression=compression, **info)
    return base64.b64encode(out.getvalue()).decode()


def webp():
    """A WebP without loss, to be put into a block."""
    out = io.BytesIO()
    Image.fromarray(picture(70, 45)).save(out, format="WEBP", lossless=True)
    return base64.b64encode(out.getvalue()).decode()


def icc():
    """Colours in sRGB by lcms, perceptual, of a profile with the primaries of Display P3 and the curves of sRGB."""
    from PIL import ImageCms

    srgb = ImageCms.createProfile("sRGB")
    wide = bytearray(ImageCms.ImageCmsProfile(srgb).tobytes())
    count = int.from_bytes(wide[128:132], "big")
    entries = {bytes(wide[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    primaries = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    for tag, xyz in primaries.items():
        at = int.from_bytes(wide[entries[tag] + 4 : entries[tag] + 8], "big") + 8
        wide[at : at + 12] = b"".join(round(value * 65536).to_bytes(4, "big", signed=True) for value in xyz)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(bytes(wide)))
    image = ImageCms.profileToProfile(Image.fromarray(picture(70, 45)), profile, srgb, ImageCms.INTENT_PERCEPTUAL)
    return {
        "profile": base64.b64encode(bytes(wide)).decode(),
        "rgb": base64.b64encode(np.asarray(image).tobytes()).decode(),
    }


def resized(box, size):
    image = Image.fromarray(picture(160, 120)).resize(size, Image.BILINEAR, box=box)
    return {"box": box, "size": size, "rgb": base64.b64encode(np.asarray(image).tobytes()).decode()}


def main(out):
    golden = {
        "pillow": PIL.__version__,
        "tiffs": {
            "raw": tiff("raw"),
            "lzw": tiff("tiff_lzw"),
            "lzw with differences": tiff("tiff_lzw", tiffinfo={317: 2}),
            "deflate": tiff("tiff_adobe_deflate"),
            "deflate with differences": tiff("tiff_adobe_deflate", tiffinfo={317: 2}),
            "lzw in strips of 7 rows": tiff("tiff_lzw", tiffinfo={278: 7}),
            "deflate in strips of 7 rows": tiff("tiff_adobe_deflate", tiffinfo={278: 7, 317: 2}),
            "packbits": tiff("packbits", tiffinfo={278: 7}),
            "zstd": tiff("zstd", tiffinfo={278: 7}),
            "zstd with differences": tiff("zstd", tiffinfo={317: 2}),
        },
        "webp": webp(),
        "icc": icc(),
        "resized": [
            resized([0, 0, 160, 120], [40, 30]),
            resized([0, 0, 160, 120], [64, 48]),
            resized([20.5, 10.25, 113.5, 91.25], [31, 27]),
            resized([30, 20, 80, 60], [100, 80]),
        ],
    }
    with open(out, "w") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")


main(*sys.argv[1:])
