"""Converts a SavedModel folder: saved_model.py FOLDER OUTPUT.tflite

Needs neither TensorFlow nor NumPy to be imported.
"""

import sys

import litecast


def main(folder: str, output: str) -> None:
    model = litecast.convert(folder, output)
    print(model.summary())


if __name__ == "__main__":
    main(*sys.argv[1:])
