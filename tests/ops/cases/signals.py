"""Sound, and single steps of recurrent networks."""

import numpy as np

from case import Always, Op
from cases.arrays import of

ACCUMULATING = 1e-4
SIZES = ("static", "batch")


def spectrogram(row, sizes, values):
    return {
        "input": values.numbers("float", (row.samples, row.channels), -1, 1),
        "window_size": row.window,
        "stride": row.stride,
    }


def mfcc(row, sizes, values):
    upper = {"low": 3000.0, "high": 7000.0}[row.limit]
    return {
        "spectrogram": np.abs(values.numbers("float", (row.channels, sizes.n, row.frequencies), 0, 9)),
        "sample_rate": Always(of("int32", 16000)),
        "upper_frequency_limit": upper,
        "lower_frequency_limit": 20.0,
        "filterbank_channel_count": row.bank,
        "dct_coefficient_count": 7,
    }


def cell(row, sizes, values, names):
    """Operands [batch, …] of a cell with 3 inputs and 4 units."""
    shapes = {"x": (sizes.n, 3), "h_prev": (sizes.n, 4), "cs_prev": (sizes.n, 4)}
    return {name: values.numbers(row.T, shapes.get(name) or shape, -1, 1) for name, shape in names.items()}


def lstm(row, sizes, values):
    names = {"x": None, "cs_prev": None, "h_prev": None, "w": (7, 16), "wci": (4,), "wcf": (4,), "wco": (4,), "b": (16,)}
    return cell(row, sizes, values, names) | {"forget_bias": row.bias, "cell_clip": row.clip}


def gru(row, sizes, values):
    return cell(row, sizes, values, {"x": None, "h_prev": None, "w_ru": (7, 8), "w_c": (7, 4), "b_ru": (8,), "b_c": (4,)})


def lstm_sequence(row, sizes, values):
    row.bias = getattr(row, "bias", 0.0)
    steps = 4 + (sizes.m if row.sizes == "all" else 0)
    made = lstm(row, sizes, values) | {"x": values.numbers(row.T, (steps, sizes.n, 3), -1, 1)}
    return made | {"seq_len_max": of("int64", steps)}


CLIPS = {"clip": (3.0, 0.4, -1.0), "sizes": SIZES}
SEQUENCE = CLIPS | {"constant": ("w", "none", "seq_len_max", "all")}

OPS = [
    Op("AudioSpectrogram", spectrogram, {"samples": (40, 100), "channels": (1, 2), "window": (16, 20), "stride": (5, 16),
                                         "sizes": ("static",)}, tolerance=ACCUMULATING),
    Op("Mfcc", mfcc, {"channels": (1, 2), "frequencies": (65, 129), "bank": (20, 40), "limit": ("low", "high"),
                      "sizes": SIZES}, tolerance=ACCUMULATING),
    Op("LSTMBlockCell", lstm, CLIPS | {"bias": (1.0, 0.0), "constant": ("none", "w", "all")}, tolerance=ACCUMULATING),
    Op("BlockLSTM", lstm_sequence, SEQUENCE | {"bias": (1.0, 0.0)}, tolerance=ACCUMULATING),
    Op("BlockLSTMV2", lstm_sequence, SEQUENCE, tolerance=ACCUMULATING),
    Op("GRUBlockCell", gru, {"constant": ("none", "w_ru", "all"), "sizes": SIZES}, tolerance=ACCUMULATING),
]  # fmt: skip
