"""Activation functions and their gradients."""

from case import Op
from cases.elementwise import LIMITS, ORDINARY, unary

SIZES = ("static", "batch", "all", "to empty")


def gradient(name, operands):
    def make(row, sizes, values):
        shape = sizes.shape(row.rank)
        return {key: values.numbers(row.T, shape, -8, 8) for key in operands}

    factors = {"rank": (0, 1, 2, 4, 6), "sizes": SIZES, "constant": ("none", *operands, "all")}
    return Op(name, make, factors)


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
    *(gradient(name, ("gradients", "features")) for name in ["ReluGrad", "Relu6Grad"]),
    *(gradient(name, ("y", "dy")) for name in ["SigmoidGrad", "TanhGrad"]),
]
