"""Files of StableHLO operators, for the compiler that they are made for: written down as StableHLO's own
text, operator by operator, verified, compiled and run by XLA (the one within TensorFlow).

A type, size or attribute that does not fit is an error of StableHLO's verifier.
"""

import importlib

import numpy as np
import tensorflow as tf
from tensorflow.compiler.tf2xla.ops import gen_xla_ops

schema = importlib.import_module("tensorflow.lite.python.schema_py_generated")

_OPS = {v: k for k, v in vars(schema.BuiltinOperator).items() if isinstance(v, int)}
_TYPES = {v: k for k, v in vars(schema.TensorType).items() if isinstance(v, int)}
_MLIR = {
    "FLOAT32": "f32",
    "FLOAT16": "f16",
    "FLOAT64": "f64",
    "BFLOAT16": "bf16",
    "INT8": "i8",
    "INT16": "i16",
    "INT32": "i32",
    "INT64": "i64",
    "UINT8": "ui8",
    "UINT16": "ui16",
    "UINT32": "ui32",
    "UINT64": "ui64",
    "BOOL": "i1",
    "COMPLEX64": "complex<f32>",
}
_DIRECTIONS = ["EQ", "NE", "GE", "GT", "LE", "LT"]


def parse(data):
    return schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(data, 0))


def operators(data):
    """The names of the operators of each graph."""
    model = parse(data)
    return [[_name(model, op) for op in graph.operators or ()] for graph in model.subgraphs]


def _name(model, op):
    code = model.operatorCodes[op.opcodeIndex]
    return _OPS[max(code.builtinCode, code.deprecatedBuiltinCode)]


def _list(values):
    return [] if values is None else [int(v) for v in values]


def _array(values):
    values = _list(values)
    return f"array<i64: {', '.join(map(str, values))}>" if values else "array<i64>"


def _pads(values):
    pairs = np.reshape(_list(values), (-1, 2)).tolist()
    return f"dense<{pairs}> : tensor<{len(pairs)}x2xi64>" if pairs else "dense<> : tensor<0x2xi64>"


def _precision(options):
    words = [["DEFAULT", "HIGH", "HIGHEST"][p] for p in _list(options.precisionConfig)]
    return f"precision_config = [{', '.join(f'#stablehlo<precision {w}>' for w in words)}]"


class _Writer:
    def __init__(self, model):
        self.model = model
        self.scopes = 0

    def type_of(self, tensor):
        sizes = "".join(f"{s}x" for s in _list(tensor.shape))
        return f"tensor<{sizes}{_MLIR[_TYPES[tensor.type]]}>"

    def constant(self, tensor):
        data = self.model.buffers[tensor.buffer].data
        if data is None or len(data) == 0:
            return None
        if _TYPES[tensor.type] == "BOOL":
            values = np.array(data, np.uint8).astype(bool).reshape(_list(tensor.shape)).tolist()
            return f"dense<{str(values).lower()}>"
        return f'dense<"0x{bytes(data).hex()}">'

    def graph(self, index, arguments):
        """The lines of a graph whose inputs are `arguments`, and what it returns with the types."""
        graph = self.model.subgraphs[index]
        self.scopes += 1
        names = [f"%s{self.scopes}_{i}" for i in range(len(graph.tensors))]
        types = [self.type_of(t) for t in graph.tensors]
        inputs = _list(graph.inputs)
        lines = []
        for i, name in zip(inputs, arguments or [names[i] for i in inputs]):
            names[i] = name
        for i, tensor in enumerate(graph.tensors):
            value = self.constant(tensor)
            if value and i not in inputs:
                lines.append(
                    f'{names[i]} = "stablehlo.constant"() {{value = {value} : {types[i]}}} : () -> {types[i]}'
                )
        for op in graph.operators or ():
            operands, results = _list(op.inputs), _list(op.outputs)
            given = [names[i] for i in operands]
            text, regions, kept = self.operator(op, given)
            lines.append(
                f'{", ".join(names[i] for i in results)} = "stablehlo.{text[0]}"({", ".join(given[:kept])})'
                f"{regions} {{{text[1]}}} : ({', '.join(types[i] for i in operands[:kept])})"
                f" -> ({', '.join(types[i] for i in results)})"
            )
        outputs = _list(graph.outputs)
        return (
            lines,
            [names[i] for i in outputs],
            [types[i] for i in outputs],
            [f"{names[i]}: {types[i]}" for i in inputs],
        )

    def region(self, index, arguments=None):
        lines, results, types, inputs = self.graph(index, arguments)
        head = "" if arguments else f"^bb0({', '.join(inputs)}):"
        end = f'"stablehlo.return"({", ".join(results)}) : ({", ".join(types)}) -> ()'
        return "{" + "\n".join([head, *lines, end]) + "}"

    def operator(self, op, given):
        """((name, attributes), regions, how many operands it has)."""
        name = _name(self.model, op)
        assert name.startswith("STABLEHLO_"), name
        o = op.builtinOptions2
        word = name.removeprefix("STABLEHLO_").lower()
        regions = ""
        kept = len(given)
        attributes = ""
        if name == "STABLEHLO_BROADCAST_IN_DIM":
            attributes = f"broadcast_dimensions = {_array(o.broadcastDimensions)}"
        elif name == "STABLEHLO_COMPARE":
            direction = _DIRECTIONS[o.comparisonDirection]
            attributes = f"comparison_direction = #stablehlo<comparison_direction {direction}>"
        elif name == "STABLEHLO_TRANSPOSE":
            attributes = f"permutation = {_array(o.permutation)}"
        elif name == "STABLEHLO_CONCATENATE":
            attributes = f"dimension = {o.dimension} : i64"
        elif name == "STABLEHLO_IOTA":
            attributes = f"iota_dimension = {o.iotaDimension} : i64"
        elif name == "STABLEHLO_DYNAMIC_SLICE":
            attributes = f"slice_sizes = {_array(o.sliceSizes)}"
        elif name == "STABLEHLO_SLICE":
            attributes = (
                f"start_indices = {_array(o.startIndices)}, limit_indices = {_array(o.limitIndices)}, "
                f"strides = {_array(o.strides)}"
            )
        elif name == "STABLEHLO_PAD":
            attributes = (
                f"edge_padding_low = {_array(o.edgePaddingLow)}, "
                f"edge_padding_high = {_array(o.edgePaddingHigh)}, "
                f"interior_padding = {_array(o.interiorPadding)}"
            )
        elif name == "STABLEHLO_DOT_GENERAL":
            attributes = (
                "dot_dimension_numbers = #stablehlo.dot<"
                f"lhs_batching_dimensions = {_list(o.lhsBatchingDimensions)}, "
                f"rhs_batching_dimensions = {_list(o.rhsBatchingDimensions)}, "
                f"lhs_contracting_dimensions = {_list(o.lhsContractingDimensions)}, "
                f"rhs_contracting_dimensions = {_list(o.rhsContractingDimensions)}>, {_precision(o)}"
            )
        elif name == "STABLEHLO_CONVOLUTION":
            attributes = self.convolution(o)
        elif name == "STABLEHLO_GATHER":
            attributes = (
                "dimension_numbers = #stablehlo.gather<"
                f"offset_dims = {_list(o.offsetDims)}, collapsed_slice_dims = {_list(o.collapsedSliceDims)}, "
                f"start_index_map = {_list(o.startIndexMap)}, index_vector_dim = {o.indexVectorDim}>, "
                f"slice_sizes = {_array(o.sliceSizes)}, "
                f"indices_are_sorted = {str(bool(o.indicesAreSorted)).lower()}"
            )
        elif name == "STABLEHLO_SCATTER":
            attributes = (
                "scatter_dimension_numbers = #stablehlo.scatter<"
                f"update_window_dims = {_list(o.updateWindowDims)}, "
                f"inserted_window_dims = {_list(o.insertedWindowDims)}, "
                f"scatter_dims_to_operand_dims = {_list(o.scatterDimsToOperandDims)}, "
                f"index_vector_dim = {o.indexVectorDim}>"
            )
            regions = f" ({self.region(o.updateComputationSubgraphIndex)})"
        elif name == "STABLEHLO_REDUCE":
            attributes = f"dimensions = {_array(o.dimensions)}"
            regions = f" ({self.region(o.bodySubgraphIndex)})"
        elif name == "STABLEHLO_REDUCE_WINDOW":
            attributes = (
                f"window_dimensions = {_array(o.windowDimensions)}, window_strides = {_array(o.windowStrides)}, "
                f"base_dilations = {_array(o.baseDilations)}, window_dilations = {_array(o.windowDilations)}, "
                f"padding = {_pads(o.padding)}"
            )
            regions = f" ({self.region(o.bodySubgraphIndex)})"
        elif name == "STABLEHLO_SORT":
            attributes = f"dimension = {o.dimension} : i64, is_stable = {str(bool(o.isStable)).lower()}"
            regions = f" ({self.region(o.comparatorSubgraphIndex)})"
        elif name == "STABLEHLO_WHILE":
            regions = f" ({self.region(o.condSubgraphIndex)}, {self.region(o.bodySubgraphIndex)})"
        elif name == "STABLEHLO_CASE":
            # Branches see what is outside of them; in the format they have inputs.
            bodies = [self.region(i, given[1:]) for i in o.branchSubgraphIndices]
            regions, kept = f" ({', '.join(bodies)})", 1
        else:
            assert op.builtinOptions2 is None, name
        return (word, attributes), regions, kept

    def convolution(self, o):
        def order(marks, spatial):
            places = {place: mark for mark, place in marks}
            places |= {place: str(i) for i, place in enumerate(_list(spatial))}
            return "[" + ", ".join(places[i] for i in range(len(places))) + "]"

        x = order([("b", o.inputBatchDimension), ("f", o.inputFeatureDimension)], o.inputSpatialDimensions)
        kernel = order(
            [("i", o.kernelInputFeatureDimension), ("o", o.kernelOutputFeatureDimension)],
            o.kernelSpatialDimensions,
        )
        y = order([("b", o.outputBatchDimension), ("f", o.outputFeatureDimension)], o.outputSpatialDimensions)
        reversal = ", ".join(str(bool(r)).lower() for r in o.windowReversal)
        return (
            f"window_strides = {_array(o.windowStrides)}, padding = {_pads(o.padding)}, "
            f"lhs_dilation = {_array(o.lhsDilation)}, rhs_dilation = {_array(o.rhsDilation)}, "
            f"window_reversal = array<i1: {reversal}>, "
            f"dimension_numbers = #stablehlo.conv<{x}x{kernel}->{y}>, "
            f"feature_group_count = {o.featureGroupCount} : i64, "
            f"batch_group_count = {o.batchGroupCount} : i64, {_precision(o)}"
        )


def text_of(data):
    """The StableHLO program of the first graph."""
    lines, results, types, inputs = _Writer(parse(data)).graph(0, None)
    end = f'"func.return"({", ".join(results)}) : ({", ".join(types)}) -> ()'
    return (
        f"module @m {{\nfunc.func public @main({', '.join(inputs)}) -> ({', '.join(types)}) {{\n"
        + "\n".join([*lines, end])
        + "\n}}\n"
    )


def run(data, **inputs):
    """The outputs of the only signature by name, as XLA computes them."""
    model = parse(data)
    (signature,) = model.signatureDefs
    graph = model.subgraphs[0]
    by_tensor = {t.tensorIndex: inputs[t.name.decode()] for t in signature.inputs or ()}
    tensors = [graph.tensors[i] for i in _list(graph.outputs)]
    program = text_of(data)

    @tf.function(jit_compile=True)
    def compiled(arguments):
        return gen_xla_ops.xla_call_module(
            args=arguments,
            version=9,
            module=program,
            Sout=[_list(t.shape) for t in tensors],
            Tout=[tf.dtypes.as_dtype(_TYPES[t.type].lower()) for t in tensors],
            platforms=["CPU"],
        )

    results = compiled([tf.constant(by_tensor[i]) for i in _list(graph.inputs)])
    values = dict(zip(_list(graph.outputs), [r.numpy() for r in results]))
    return {t.name.decode(): values[t.tensorIndex] for t in signature.outputs}
