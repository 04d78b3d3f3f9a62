"""Cases for every layer of Keras 3: how it is made, and what goes in (shapes without the batch)."""

import keras
import numpy as np

L = keras.layers

# Names for the same class, base classes, layers of other backends, and what is no layer alone.
NOT_ALONE = {
    "Convolution1D", "Convolution2D", "Convolution3D", "Convolution1DTranspose",
    "Convolution2DTranspose", "Convolution3DTranspose", "SeparableConvolution1D",
    "SeparableConvolution2D", "AvgPool1D", "AvgPool2D", "AvgPool3D", "MaxPool1D", "MaxPool2D",
    "MaxPool3D", "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D", "GlobalMaxPool1D",
    "GlobalMaxPool2D", "GlobalMaxPool3D", "Layer", "Wrapper", "InputLayer", "InputSpec",
    "FlaxLayer", "JaxLayer", "TorchModuleWrapper", "TFSMLayer", "MaxNumBoundingBoxes",
}  # fmt: skip

S, I, V = (10, 4), (12, 12, 3), (6, 6, 6, 2)  # a sequence, an image, a volume


class Text(tuple):
    """A shape of strings."""


class Ids(tuple):
    """A shape of small integers."""


def case(layer, *shapes):
    return layer, shapes


def _pools(n, shape):
    return {
        f"MaxPooling{n}D": [case(lambda: getattr(L, f"MaxPooling{n}D")(2), shape),
                            case(lambda: getattr(L, f"MaxPooling{n}D")(3, 2, padding="same"), shape)],
        f"AveragePooling{n}D": [case(lambda: getattr(L, f"AveragePooling{n}D")(2), shape),
                                case(lambda: getattr(L, f"AveragePooling{n}D")(3, 1, padding="same"), shape)],
        f"GlobalMaxPooling{n}D": [case(lambda: getattr(L, f"GlobalMaxPooling{n}D")(), shape),
                                  case(lambda: getattr(L, f"GlobalMaxPooling{n}D")(keepdims=True), shape)],
        f"GlobalAveragePooling{n}D": [case(lambda: getattr(L, f"GlobalAveragePooling{n}D")(), shape)],
        f"AdaptiveMaxPooling{n}D": [case(lambda: getattr(L, f"AdaptiveMaxPooling{n}D")(2), shape)],
        f"AdaptiveAveragePooling{n}D": [case(lambda: getattr(L, f"AdaptiveAveragePooling{n}D")(2), shape)],
        f"UpSampling{n}D": [case(lambda: getattr(L, f"UpSampling{n}D")(2), shape)],
        f"ZeroPadding{n}D": [case(lambda: getattr(L, f"ZeroPadding{n}D")(1), shape)],
        f"Cropping{n}D": [case(lambda: getattr(L, f"Cropping{n}D")(1), shape)],
        f"SpatialDropout{n}D": [case(lambda: getattr(L, f"SpatialDropout{n}D")(0.5), shape)],
        f"Conv{n}D": [case(lambda: getattr(L, f"Conv{n}D")(4, 3), shape),
                      case(lambda: getattr(L, f"Conv{n}D")(4, 3, strides=2, padding="same", activation="relu"), shape),
                      case(lambda: getattr(L, f"Conv{n}D")(4, 2, dilation_rate=2, use_bias=False), shape)],
        f"Conv{n}DTranspose": [case(lambda: getattr(L, f"Conv{n}DTranspose")(4, 3), shape),
                               case(lambda: getattr(L, f"Conv{n}DTranspose")(4, 3, strides=2, padding="same"), shape)],
    }  # fmt: skip


def _recurrent(name):
    make = getattr(L, name)
    return [
        case(lambda: make(5), S),
        case(lambda: make(5, return_sequences=True, go_backwards=True), S),
        case(lambda: make(5, return_state=True), S),
    ]


def _image(name, *args, **kwargs):
    return [case(lambda: getattr(L, name)(*args, **kwargs), I)]


CASES = {
    **_pools(1, S),
    **_pools(2, I),
    **_pools(3, V),
    "Activation": [case(lambda n=n: L.Activation(n), S) for n in (
        "relu", "relu6", "sigmoid", "tanh", "softmax", "softplus", "softsign", "silu", "gelu", "elu",
        "selu", "exponential", "leaky_relu", "mish", "hard_sigmoid", "hard_silu", "log_softmax",
        "log_sigmoid", "celu", "glu", "hard_tanh", "soft_shrink", "hard_shrink", "sparse_plus",
        "squareplus", "tanh_shrink", "sparsemax", "linear")],
    "ActivityRegularization": [case(lambda: L.ActivityRegularization(0.1), S)],
    "Add": [case(lambda: L.Add(), S, S)],
    "AdditiveAttention": [case(lambda: L.AdditiveAttention(), S, S)],
    "AlphaDropout": [case(lambda: L.AlphaDropout(0.5), S)],
    "Attention": [case(lambda: L.Attention(), S, S), case(lambda: L.Attention(use_scale=True, score_mode="concat"), S, S)],
    "AugMix": _image("AugMix"),
    "AutoContrast": _image("AutoContrast"),
    "Average": [case(lambda: L.Average(), S, S, S)],
    "BatchNormalization": [case(lambda: L.BatchNormalization(), I), case(lambda: L.BatchNormalization(axis=1, scale=False), I)],
    "Bidirectional": [case(lambda: L.Bidirectional(L.LSTM(3, return_sequences=True)), S), case(lambda: L.Bidirectional(L.GRU(3), merge_mode="sum"), S)],
    "CategoryEncoding": [case(lambda: L.CategoryEncoding(5, "multi_hot"), Ids((3,))), case(lambda: L.CategoryEncoding(5, "one_hot"), Ids((1,))), case(lambda: L.CategoryEncoding(5, "count"), Ids((3,)))],
    "CenterCrop": [case(lambda: L.CenterCrop(6, 8), I), case(lambda: L.CenterCrop(20, 20), I)],
    "Concatenate": [case(lambda: L.Concatenate(), S, S), case(lambda: L.Concatenate(axis=1), S, S)],
    "ContrastLimitedAdaptiveHistogramEqualization": _image("ContrastLimitedAdaptiveHistogramEqualization"),
    "ConvLSTM1D": [case(lambda: L.ConvLSTM1D(3, 3), (4, 6, 2))],
    "ConvLSTM2D": [case(lambda: L.ConvLSTM2D(3, 3), (4, 6, 6, 2)), case(lambda: L.ConvLSTM2D(3, 3, padding="same", return_sequences=True), (4, 6, 6, 2))],
    "ConvLSTM3D": [case(lambda: L.ConvLSTM3D(2, 2), (3, 4, 4, 4, 2))],
    "CutMix": _image("CutMix"),
    "Dense": [case(lambda: L.Dense(3, "relu"), (4,)), case(lambda: L.Dense(3, use_bias=False), S)],
    "DepthwiseConv1D": [case(lambda: L.DepthwiseConv1D(3, depth_multiplier=2), S)],
    "DepthwiseConv2D": [case(lambda: L.DepthwiseConv2D(3, strides=2, padding="same"), I), case(lambda: L.DepthwiseConv2D(3, dilation_rate=2), I)],
    "Discretization": [case(lambda: L.Discretization(bin_boundaries=[-1.0, 0.0, 0.5]), S), case(lambda: L.Discretization(bin_boundaries=[0.0, 1.0], output_mode="one_hot"), (1,))],
    "Dot": [case(lambda: L.Dot(axes=1), S, S), case(lambda: L.Dot(axes=2, normalize=True), S, S)],
    "Dropout": [case(lambda: L.Dropout(0.5), S)],
    "ELU": [case(lambda: L.ELU(0.7), S)],
    "EinsumDense": [case(lambda: L.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d"), S), case(lambda: L.EinsumDense("abc,bde->acde", (4, 5, 2)), S)],
    "Embedding": [case(lambda: L.Embedding(7, 3), Ids((5,))), case(lambda: L.Embedding(7, 3, mask_zero=True), Ids((5,)))],
    "Equalization": _image("Equalization"),
    "Flatten": [case(lambda: L.Flatten(), I)],
    "GRU": _recurrent("GRU") + [case(lambda: L.GRU(5, reset_after=False), S)],
    "GRUCell": [case(lambda: L.RNN(L.GRUCell(4)), S)],
    "GaussianDropout": [case(lambda: L.GaussianDropout(0.5), S)],
    "GaussianNoise": [case(lambda: L.GaussianNoise(0.5), S)],
    "GroupNormalization": [case(lambda: L.GroupNormalization(2), (8, 8, 4)), case(lambda: L.GroupNormalization(-1), (8, 8, 4))],
    "GroupQueryAttention": [case(lambda: lambda both: L.GroupQueryAttention(4, 4, 2)(*both), S, S)],
    "HashedCrossing": [case(lambda: L.HashedCrossing(5), Ids((1,)), Ids((1,)))],
    "Hashing": [case(lambda: L.Hashing(5), Text((2,))), case(lambda: L.Hashing(5), Ids((2,)))],
    "Identity": [case(lambda: L.Identity(), S)],
    "IntegerLookup": [case(lambda: L.IntegerLookup(vocabulary=[1, 2, 5]), Ids((3,))), case(lambda: L.IntegerLookup(vocabulary=[1, 2, 5], output_mode="multi_hot"), Ids((3,)))],
    "LSTM": _recurrent("LSTM") + [case(lambda: L.LSTM(5, activation="relu", recurrent_activation="hard_sigmoid"), S)],
    "LSTMCell": [case(lambda: L.RNN(L.LSTMCell(4), return_sequences=True), S)],
    "Lambda": [case(lambda: L.Lambda(lambda x: x * 2 + 1), S)],
    "LayerNormalization": [case(lambda: L.LayerNormalization(), S), case(lambda: L.LayerNormalization(axis=[1, 2]), S)],
    "LeakyReLU": [case(lambda: L.LeakyReLU(0.2), S)],
    "Masking": [case(lambda: L.Masking(0.0), S)],
    "Maximum": [case(lambda: L.Maximum(), S, S)],
    "MelSpectrogram": [case(lambda: L.MelSpectrogram(fft_length=128, sequence_stride=64, sequence_length=128, sampling_rate=8000, num_mel_bins=16), (800,))],
    "Minimum": [case(lambda: L.Minimum(), S, S)],
    "MixUp": _image("MixUp"),
    "MultiHeadAttention": [case(lambda: lambda both: L.MultiHeadAttention(2, 3)(*both), S, S), case(lambda: lambda both: L.MultiHeadAttention(2, 3, value_dim=5, use_bias=False)(*both), S, S)],
    "Multiply": [case(lambda: L.Multiply(), S, S)],
    "Normalization": [case(lambda: L.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 2.0, 3.0, 4.0]), S), case(lambda: L.Normalization(axis=None, mean=0.5, variance=2.0, invert=True), S)],
    "PReLU": [case(lambda: L.PReLU("normal"), S), case(lambda: L.PReLU("normal", shared_axes=[1, 2]), I)],
    "Permute": [case(lambda: L.Permute((2, 1)), S)],
    "Pipeline": [case(lambda: L.Pipeline([L.Rescaling(0.5), L.CenterCrop(6, 6)]), I)],
    "RMSNormalization": [case(lambda: L.RMSNormalization(), S)],
    "RNN": [case(lambda: L.RNN(L.SimpleRNNCell(4)), S), case(lambda: L.RNN([L.LSTMCell(3), L.GRUCell(4)]), S)],
    "RandAugment": _image("RandAugment"),
    "RandomBrightness": _image("RandomBrightness", 0.1),
    "RandomColorDegeneration": _image("RandomColorDegeneration", 0.1),
    "RandomColorJitter": _image("RandomColorJitter", brightness_factor=0.1),
    "RandomContrast": _image("RandomContrast", 0.1),
    "RandomCrop": _image("RandomCrop", 6, 6),
    "RandomElasticTransform": _image("RandomElasticTransform"),
    "RandomErasing": _image("RandomErasing"),
    "RandomFlip": _image("RandomFlip"),
    "RandomGaussianBlur": _image("RandomGaussianBlur"),
    "RandomGrayscale": _image("RandomGrayscale"),
    "RandomHue": _image("RandomHue", 0.1),
    "RandomInvert": _image("RandomInvert", 0.1),
    "RandomPerspective": _image("RandomPerspective"),
    "RandomPosterization": _image("RandomPosterization", 3),
    "RandomRotation": _image("RandomRotation", 0.1),
    "RandomSaturation": _image("RandomSaturation", 0.1),
    "RandomSharpness": _image("RandomSharpness", 0.1),
    "RandomShear": _image("RandomShear", 0.1, 0.1),
    "RandomTranslation": _image("RandomTranslation", 0.1, 0.1),
    "RandomZoom": _image("RandomZoom", 0.1),
    "ReLU": [case(lambda: L.ReLU(), S), case(lambda: L.ReLU(2.0, 0.1, 0.5), S)],
    "RepeatVector": [case(lambda: L.RepeatVector(3), (4,))],
    "Rescaling": [case(lambda: L.Rescaling(1 / 255, -1.0), I)],
    "Reshape": [case(lambda: L.Reshape((4, 10)), S), case(lambda: L.Reshape((-1, 2)), S)],
    "Resizing": [case(lambda: L.Resizing(7, 9), I), case(lambda: L.Resizing(6, 6, "nearest"), I), case(lambda: L.Resizing(8, 6, crop_to_aspect_ratio=True), I)],
    "ReversibleEmbedding": [case(lambda: L.ReversibleEmbedding(7, 3), Ids((5,)))],
    # Windows by name need SciPy.
    "STFTSpectrogram": [case(lambda: L.STFTSpectrogram(window=np.hanning(64).astype(np.float32), frame_length=64, frame_step=32, fft_length=64), (320, 1))],
    "SeparableConv1D": [case(lambda: L.SeparableConv1D(4, 3), S)],
    "SeparableConv2D": [case(lambda: L.SeparableConv2D(4, 3, padding="same", depth_multiplier=2), I)],
    "SimpleRNN": _recurrent("SimpleRNN"),
    "SimpleRNNCell": [case(lambda: L.RNN(L.SimpleRNNCell(4, activation="relu")), S)],
    "Softmax": [case(lambda: L.Softmax(), S), case(lambda: L.Softmax(axis=1), S)],
    "Solarization": _image("Solarization", 0.1),
    "SpectralNormalization": [case(lambda: L.SpectralNormalization(L.Dense(3)), S)],
    "StackedRNNCells": [case(lambda: L.RNN(L.StackedRNNCells([L.LSTMCell(3), L.LSTMCell(2)])), S)],
    "StringLookup": [case(lambda: L.StringLookup(vocabulary=["a", "b"]), Text((3,))), case(lambda: L.StringLookup(vocabulary=["a", "b"], output_mode="one_hot"), Text((1,)))],
    "Subtract": [case(lambda: L.Subtract(), S, S)],
    "TextVectorization": [case(lambda: L.TextVectorization(vocabulary=["a", "b"]), Text((1,)))],
    "TimeDistributed": [case(lambda: L.TimeDistributed(L.Dense(3)), S), case(lambda: L.TimeDistributed(L.Conv2D(2, 3)), (4, 6, 6, 2))],
    "UnitNormalization": [case(lambda: L.UnitNormalization(), S)],
}  # fmt: skip


def _add(name, *cases):
    CASES[name] = [*CASES[name], *cases]


def _with(name, shape, *options):
    """A case for each dict of arguments."""
    _add(name, *[case(lambda o=o: getattr(L, name)(**o), shape) for o in options])


# The other main options of each.
for _n, _shape in ((1, S), (2, I), (3, V)):
    _with(f"UpSampling{_n}D", _shape, {"size": 3})
    _with(f"GlobalAveragePooling{_n}D", _shape, {"keepdims": True}, {"data_format": "channels_first"})
    _with(f"GlobalMaxPooling{_n}D", _shape, {"data_format": "channels_first"})
    _with(f"ZeroPadding{_n}D", _shape, {"padding": (1, 2) if _n == 1 else ((1, 2),) * _n})
    _with(f"Cropping{_n}D", _shape, {"cropping": (1, 2) if _n == 1 else ((1, 2),) * _n})
    _with(f"Conv{_n}DTranspose", _shape, {"filters": 3, "kernel_size": 3, "strides": 2, "output_padding": 1},
          {"filters": 3, "kernel_size": 2, "use_bias": False, "activation": "relu"})  # fmt: skip
    _with(f"AveragePooling{_n}D", _shape, {"pool_size": 3, "strides": 2})
_with("Conv1D", S, {"filters": 4, "kernel_size": 3, "padding": "causal"}, {"filters": 4, "kernel_size": 3, "groups": 2})
_with("Conv2D", (8, 8, 4), {"filters": 4, "kernel_size": (3, 1), "groups": 2}, {"filters": 4, "kernel_size": 1})
_with("Conv3D", V, {"filters": 4, "kernel_size": 2, "groups": 2})
_with("UpSampling2D", I, {"interpolation": "bilinear"}, {"interpolation": "bicubic"}, {"size": (1, 3)})
_with("Resizing", I, {"height": 7, "width": 9, "interpolation": "bicubic"},
      {"height": 8, "width": 6, "pad_to_aspect_ratio": True}, {"height": 24, "width": 5})  # fmt: skip
_with("DepthwiseConv2D", I, {"kernel_size": (3, 2), "use_bias": False, "activation": "relu6"})
_with("SeparableConv1D", S, {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False})
_with("SeparableConv2D", I, {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "activation": "relu"})
for _name in ("LSTM", "GRU", "SimpleRNN"):
    _with(_name, S, {"units": 5, "unroll": True}, {"units": 5, "use_bias": False, "dropout": 0.5},
          {"units": 5, "return_sequences": True, "return_state": True})  # fmt: skip
    _add(_name, case(lambda n=_name: lambda x: getattr(L, n)(5)(L.Masking(0.0)(x)), S),
         case(lambda n=_name: lambda x: getattr(L, n)(5, return_sequences=True, zero_output_for_mask=True)(
             L.Masking(0.0)(x)), S))  # fmt: skip
_add("Bidirectional", *[case(lambda m=m: L.Bidirectional(L.LSTM(3), merge_mode=m), S) for m in ("mul", "ave", None)],
     case(lambda: L.Bidirectional(L.SimpleRNN(3, return_sequences=True), backward_layer=L.GRU(
         3, return_sequences=True, go_backwards=True)), S))  # fmt: skip
_add("RNN", case(lambda: L.RNN(L.LSTMCell(3), return_sequences=True, return_state=True), S),
     case(lambda: L.RNN(L.GRUCell(3), go_backwards=True, unroll=True), S))  # fmt: skip
_with("ConvLSTM2D", (4, 6, 6, 2), {"filters": 3, "kernel_size": 3, "strides": 2, "go_backwards": True},
      {"filters": 3, "kernel_size": 3, "recurrent_activation": "hard_sigmoid", "use_bias": False})  # fmt: skip
_add("MultiHeadAttention",
     case(lambda: lambda both: L.MultiHeadAttention(2, 3)(*both, use_causal_mask=True), S, S),
     case(lambda: lambda both: L.MultiHeadAttention(2, 3, output_shape=6)(both[0], both[1], both[0]), S, S),
     case(lambda: lambda x: L.MultiHeadAttention(2, 3, attention_axes=(1, 2))(x, x), (3, 4, 4)),
     case(lambda: lambda both: L.MultiHeadAttention(2, 3)(*both, return_attention_scores=True)[1], S, S))  # fmt: skip
_add("GroupQueryAttention",
     case(lambda: lambda both: L.GroupQueryAttention(4, 4, 4)(*both, use_causal_mask=True), S, S))  # fmt: skip
_add("Attention", case(lambda: lambda both: L.Attention()(both, use_causal_mask=True), S, S),
     case(lambda: L.Attention(), S, S, S))  # fmt: skip
_with("BatchNormalization", I, {"center": False, "epsilon": 0.1})
_with("LayerNormalization", S, {"center": False, "scale": False}, {"epsilon": 0.1})
_with("Softmax", S, {"axis": [1, 2]})
_with("Embedding", Ids((2, 3)), {"input_dim": 7, "output_dim": 3})
_with("EinsumDense", S, {"equation": "...x,xy->...y", "output_shape": 3, "bias_axes": "y", "activation": "gelu"})
_with("Discretization", S, {"bin_boundaries": [0.0, 1.0], "output_mode": "multi_hot"})
_with("IntegerLookup", Ids((3,)), {"vocabulary": [1, 2, 5], "num_oov_indices": 2},
      {"vocabulary": [1, 2, 5], "output_mode": "count"}, {"vocabulary": [1, 2, 5], "invert": True})  # fmt: skip
_with("StringLookup", Text((3,)), {"vocabulary": ["a", "b"], "output_mode": "multi_hot"},
      {"vocabulary": ["a", "b"], "output_mode": "count"}, {"vocabulary": ["a", "b"], "mask_token": ""})  # fmt: skip
_with("Hashing", Text((1,)), {"num_bins": 5, "output_mode": "one_hot"})
_with("TextVectorization", Text((1,)), {"vocabulary": ["a", "b"], "output_mode": "multi_hot"},
      {"vocabulary": ["a", "b"], "standardize": None, "split": None})  # fmt: skip
_with("Normalization", S, {"axis": 1, "mean": np.arange(10.0), "variance": np.arange(1.0, 11)})
_with("Reshape", S, {"target_shape": (40,)}, {"target_shape": (2, -1, 5)})
_with("Permute", (3, 4, 5), {"dims": (3, 1, 2)})
_with("CenterCrop", I, {"height": 12, "width": 4})
_with("UnitNormalization", S, {"axis": [1, 2]})
_with("GroupNormalization", (8, 8, 4), {"groups": 4, "axis": 1})
_with("STFTSpectrogram", (320, 1), *[
    {"mode": mode, "window": None, "frame_length": 64, "frame_step": 32, "fft_length": 64}
    for mode in ("log", "magnitude", "psd", "real", "imag", "angle", "stft")])  # fmt: skip
_with("MelSpectrogram", (2, 400), {"fft_length": 64, "sequence_stride": 32, "power_to_db": False, "num_mel_bins": 8})


def all_layers():
    """The names of Keras' layers that stand for themselves."""
    names = [n for n in dir(L) if isinstance(getattr(L, n), type) and n not in NOT_ALONE]
    return sorted(names)


def dtype_of(shape):
    return "string" if isinstance(shape, Text) else "int32" if isinstance(shape, Ids) else "float32"


def values(shape, batch, seed):
    random = np.random.default_rng(seed)
    if isinstance(shape, Text):
        return random.choice(np.array([b"a", b"b", b"zebra"], object), (batch, *shape))
    if isinstance(shape, Ids):
        return random.integers(0, 5, (batch, *shape)).astype(np.int32)
    return random.normal(size=(batch, *shape)).astype(np.float32)
