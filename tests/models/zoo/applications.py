"""The networks of keras.applications, with weights in which nothing can be lost unseen."""

import keras

from .registry import images, model
from .weights import randomise


def _application(kind, size, *, high=1.0, low=0.0, quick=False, **options):
    """`low` to `high` is what the network's own preprocessing would give it."""

    def build():
        network = getattr(keras.applications, kind)(
            weights=None, input_shape=(size, size, 3), classifier_activation=None, **options
        )
        return randomise(network, images(8, size, size, 3, low=low, high=high).sample(kind))

    build.__name__ = kind
    build.__module__ = __name__
    model(image=images("batch", size, size, 3, low=low, high=high), deep=True, quick=quick)(build)


_application("MobileNetV2", 224, low=-1.0, quick=True)
# The name seeds the weights: by its own, no unit of the first squeeze and excitation ever fires.
_application("MobileNetV3Small", 224, high=255.0, quick=True, name="MobileNetV3Small_1")
_application("ResNet50", 224, low=-120.0, high=130.0)
_application("EfficientNetB0", 224, high=255.0)
_application("EfficientNetV2B0", 224, high=255.0)
_application("DenseNet121", 224, low=-2.0, high=2.0)
_application("InceptionV3", 299, low=-1.0)
_application("NASNetMobile", 224, low=-1.0)
_application("ConvNeXtTiny", 224, high=255.0)
_application("Xception", 299, low=-1.0)
_application("VGG16", 224, low=-120.0, high=130.0)
