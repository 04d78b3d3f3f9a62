"""Activation functions."""

from case import Op
from cases.elementwise import LIMITS, ORDINARY, unary

SIZES = ("static", "batch", "all", "to empty")


def along_the_last(name):
    def make(row, sizes, values):
        return {"logits": values.numbers(row.T, sizes.shape(row.rank), -5, 5)}

    some = lambda row: row.rank > 1 or row.sizes != "to empty"
    return Op(name, make, {"rank": (1, 2, 3, 4, 6), "sizes": SIZES}, some)


def leaky_relu():
    op = unary("LeakyRelu", kinds=LIMITS)
    op.factors["alpha"] = (0.2, 0.0, 1.5, -0.5)
    return op


OPS = [
    *(unary(name, -8, 8, LIMITS) for name in ["Relu", "Relu6"]),
    *(unary(name, -8, 8, LIMITS) for name in ["Elu", "Selu", "Sigmoid", "Tanh"]),
    *(unary(name, -8, 8, ORDINARY) for name in ["Softplus", "Softsign"]),
    leaky_relu(),
    *(along_the_last(name) for name in ["Softmax", "LogSoftmax"]),
]
