"""Image ops."""

import numpy as np

from case import Always, Op
from cases.arrays import of
from values import numpy_dtype

ACCUMULATING = 1e-4
SIZES = ("static", "batch")
TARGETS = {"larger": [9, 10], "smaller": [3, 2], "same": [5, 6], "double": [10, 12]}


def resize(row, sizes, values):
    return {
        "images": values.numbers(row.T, (sizes.n, 5, 6, 3), 0, 100),
        "size": of("int32", TARGETS[row.to]),
    }


RESIZE = {"to": tuple(TARGETS), "sizes": SIZES, "constant": ("size", "all")}


def resize_fits(row):
    return not (row.align_corners and getattr(row, "half_pixel_centers", False))


def crop_and_resize(row, sizes, values):
    boxes = np.array([[0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], [-0.2, 0.3, 1.2, 0.5]], np.float32)
    return {
        "image": values.numbers(row.T, (sizes.n, 6, 7, 2), 0, 100),
        "boxes": boxes,
        "box_ind": values.integers("int32", (3,), 0, sizes.n),
        "crop_size": Always(of("int32", [3, 4])),
        "extrapolation_value": row.beyond,
    }


MAPS = {
    "shift": [1, 0, 1.3, 0, 1, -2.2, 0, 0],
    "turn": [0.8, -0.6, 2.1, 0.6, 0.8, -1.4, 0, 0],
    "far": [3, 0.4, -12.3, -0.2, 4, -16.7, 0, 0],
    "tilt": [1.1, 0.1, -0.4, 0.2, 0.9, 0.3, 0.021, -0.013],
}


def projective(row, sizes, values):
    count = 1 if row.maps == "one" else sizes.n
    turned = np.array(MAPS[row.map], np.float32) * values.numbers("float", (count, 1), 0.9, 1.1)
    made = {
        "images": values.numbers(row.dtype, (sizes.n, 6, 7, 2), 0, 100),
        "transforms": turned,
        "output_shape": Always(of("int32", {"same": [6, 7], "larger": [8, 9]}[row.to])),
        "interpolation": row.interpolation,
        "fill_mode": row.fill_mode,
    }
    return made | {"fill_value": of("float", 7.5)}


PROJECTIVE = {
    "map": tuple(MAPS),
    "maps": ("one", "each"),
    "to": ("same", "larger"),
    "interpolation": ("NEAREST", "BILINEAR"),
    "fill_mode": ("CONSTANT", "REFLECT", "WRAP", "NEAREST"),
    "sizes": SIZES,
    "constant": ("none", "transforms", "all"),
}


def extract_patches(row, sizes, values):
    window = {"two": [1, 2, 2, 1], "uneven": [1, 3, 2, 1]}[row.window]
    return {
        "images": values.numbers(row.T, (sizes.n, 6, 7, 2)),
        "ksizes": window,
        "strides": {"one": [1, 1, 1, 1], "two": [1, 2, 2, 1]}[row.stride],
        "rates": {"one": [1, 1, 1, 1], "two": [1, 2, 2, 1]}[row.rate],
    }


def extract_volumes(row, sizes, values):
    return {
        "input": values.numbers(row.T, (sizes.n, 4, 5, 6, 2)),
        "ksizes": {"two": [1, 2, 2, 2, 1], "uneven": [1, 1, 3, 2, 1]}[row.window],
        "strides": {"one": [1, 1, 1, 1, 1], "two": [1, 2, 2, 2, 1]}[row.stride],
    }


def suppression(version):
    def make(row, sizes, values):
        kind = getattr(row, "T", "float")
        corner = values.numbers(kind, (8, 2), 0, 4)
        boxes = np.concatenate([corner, corner + values.numbers(kind, (8, 2), 1, 3)], -1)
        scores = (values.permutation(8) / 8 + 0.05).astype(numpy_dtype(kind))
        limit = numpy_dtype(getattr(row, "T_threshold", kind))
        made = {
            "boxes": boxes,
            "scores": scores,
            "max_output_size": Always(of("int32", row.most)),
        }
        if version == 1:
            return made | {"iou_threshold": 0.5}
        made["iou_threshold"] = Always(np.array(0.5, limit))
        if version >= 3:
            made["score_threshold"] = Always(np.array(row.least, limit))
        if version == 5:
            made["soft_nms_sigma"] = Always(np.array(row.sigma, numpy_dtype(kind)))
        return made

    name = "NonMaxSuppression" + ("" if version == 1 else f"V{version}")
    factors = {"most": (3, 8), "least": (0.0, 0.4), "sizes": ("static",), "constant": ("none", "boxes", "all")}
    if version == 5:
        factors["sigma"] = (0.0, 0.5)
    return Op(name, make, factors)


def combined_suppression(row, sizes, values):
    images = sizes.n if row.images == "n" else row.images
    boxes = sizes.m + 4
    corner = values.numbers("float", (images, boxes, row.shared or 3, 2), 0, 0.8)
    extent = values.numbers("float", corner.shape, 0.2, 0.6)
    scores = values.permutation(images * boxes * 3).reshape(images, boxes, 3) / (images * boxes * 3.3)
    return {
        "boxes": np.concatenate([corner, corner + extent], -1),
        "scores": scores.astype(np.float32),
        "max_output_size_per_class": Always(of("int32", row.per_class)),
        "max_total_size": Always(of("int32", row.total)),
        "iou_threshold": Always(np.float32(0.4)),
        "score_threshold": Always(np.float32(row.least)),
    }


def contrast(row, sizes, values):
    return {
        "images": values.numbers(row.T, (*(sizes.n, 2)[: row.rank - 3], 4, 5, 3), 0, 1),
        "contrast_factor": np.float32(1.7),
    }


def adjust(operand, amount):
    def make(row, sizes, values):
        shape = (*(sizes.n, 2)[: row.rank - 3], 4, 5, 3)
        return {"images": values.numbers(row.T, shape, 0, 1), operand: np.float32(amount)}

    return make


def colors(row, sizes, values):
    return {"images": values.numbers(row.T, (sizes.n, sizes.m, 3), 0, 1)}


def scale_and_translate(row, sizes, values):
    return {
        "images": values.numbers(row.T, (sizes.n, 5, 6, 2), 0, 100),
        "size": Always(of("int32", [7, 8])),
        "scale": Always(np.array([1.3, 0.83], np.float32)),
        "translation": Always(np.array([0.37, -1.1], np.float32)),
        "kernel_type": row.kernel_type,
    }


WINDOWS = {"window": ("two", "uneven"), "stride": ("one", "two"), "sizes": SIZES}

OPS = [
    *(Op(name, projective, PROJECTIVE, tolerance=ACCUMULATING)
      for name in ["ImageProjectiveTransformV2", "ImageProjectiveTransformV3"]),
    *(
        Op(f"Resize{kind}", resize, RESIZE, resize_fits, ACCUMULATING)
        for kind in ["Bilinear", "NearestNeighbor", "Bicubic", "Area"]
    ),
    Op(
        "CropAndResize",
        crop_and_resize,
        {"method": ("bilinear", "nearest"), "beyond": (0.0, 7.0), "sizes": SIZES, "constant": ("none", "boxes", "all")},
        tolerance=ACCUMULATING,
    ),
    Op("ExtractImagePatches", extract_patches, WINDOWS | {"rate": ("one", "two")}),
    Op("ExtractVolumePatches", extract_volumes, WINDOWS),
    *(suppression(version) for version in (1, 2, 3, 4, 5)),
    Op(
        "CombinedNonMaxSuppression",
        combined_suppression,
        {
            "images": ("n", 1, 200),  # many run in a loop
            "shared": (1, 0),
            "per_class": (2, 9),
            "total": (4, 7, 30),
            "least": (0.0, 0.1, 0.15, 0.25),
            "sizes": ("static", "batch", "all"),
            "constant": ("none", "boxes", "all"),
        },
    ),
    Op("AdjustContrastv2", contrast, {"rank": (3, 4, 5), "sizes": SIZES}, tolerance=ACCUMULATING),
    Op("AdjustHue", adjust("delta", 0.2), {"rank": (3, 4), "sizes": SIZES}, tolerance=ACCUMULATING),
    Op("AdjustSaturation", adjust("scale", 1.5), {"rank": (3, 4), "sizes": SIZES}, tolerance=ACCUMULATING),
    Op("RGBToHSV", colors, {"sizes": ("static", "batch", "all")}, tolerance=ACCUMULATING),
    Op("HSVToRGB", colors, {"sizes": ("static", "batch", "all")}, tolerance=ACCUMULATING),
    Op(
        "ScaleAndTranslate",
        scale_and_translate,
        {
            "kernel_type": ("lanczos1", "lanczos3", "lanczos5", "gaussian", "box", "triangle", "keyscubic", "mitchellcubic"),
            "sizes": SIZES,
        },
        tolerance=ACCUMULATING,
    ),
]
