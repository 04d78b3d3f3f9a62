"""Models with ops that only kernels outside of the runtime run."""

import dataclasses

import numpy as np
import tensorflow as tf

F32, I32, I64, TEXT = tf.float32, tf.int32, tf.int64, tf.string


@dataclasses.dataclass
class Case:
    name: str
    module: tf.Module
    signatures: dict
    calls: list  # (signature, inputs), in turn
    options: tuple = ("--select-tf-ops",)
    tolerance: float = 1e-5
    is_random: bool = False  # only shapes and types are compared
    # Select TF ops that we may have beyond the reference's, with the reason.
    more: int = 0
    # The user's own: function of (operands, options) by the name of the custom op.
    kernels: dict = dataclasses.field(default_factory=dict)
    # An op that must stand in the file; None: any Select TF op.
    wanted: str = None


CASES = {}


def spec(shape, dtype=F32):
    return tf.TensorSpec(shape, dtype)


def case(name=None, **options):
    """Of a function that gives (function, specs, inputs of each call), or a module with signatures
    and calls."""

    def add(make):
        def build():
            made = make()
            if isinstance(made[0], tf.Module):
                module, signatures, calls = made
            else:
                function, specs, inputs = made
                module = tf.Module()
                module.f = tf.function(lambda **given: function(*(given[n] for n in specs)))
                signatures = {
                    "serving_default": module.f.get_concrete_function(
                        **{n: tf.TensorSpec(s.shape, s.dtype, n) for n, s in specs.items()}
                    )
                }
                calls = [("serving_default", values) for values in inputs]
            return Case(name or make.__name__, module, signatures, calls, **options)

        CASES[name or make.__name__] = build
        return make

    return add


def numbers(*shape, seed=0):
    return np.random.RandomState(seed).standard_normal(shape).astype(np.float32)


def texts(*values):
    return np.array(values, np.object_)


def xs(*shape, count=2):
    return [{"x": numbers(*shape, seed=i)} for i in range(count)]


@case()
def qr():
    return lambda x: tf.linalg.qr(x, full_matrices=True)[0], {"x": spec([2, 4, 3])}, xs(2, 4, 3)


@case()
def qr_of_free_batch():
    def f(x):
        q, r = tf.linalg.qr(x)
        return {"product": tf.matmul(q, r), "mean": tf.reduce_mean(r, axis=[1, 2])}

    return f, {"x": spec([None, 4, 3])}, [{"x": numbers(2, 4, 3)}, {"x": numbers(5, 4, 3)}]


@case()
def between_layers():
    weights = [numbers(3, 3, 3, 8), numbers(8, 4, seed=2)]

    def f(x):
        x = tf.nn.relu(tf.nn.conv2d(x, weights[0], 1, "SAME"))
        r = tf.linalg.qr(tf.reduce_mean(x, axis=1))[1]
        return tf.nn.softmax(tf.matmul(tf.reshape(r, [-1, 8]), weights[1]))

    return f, {"x": spec([None, 6, 6, 3])}, [{"x": numbers(1, 6, 6, 3)}, {"x": numbers(2, 6, 6, 3)}]


@case()
def same_op_twice():
    def f(x):
        return tf.linalg.qr(x)[0] + tf.linalg.qr(x)[0], tf.linalg.qr(x * 2)[1]

    return f, {"x": spec([3, 3])}, xs(3, 3)


@case()
def unused_op():
    def f(x):
        tf.linalg.qr(x)
        return tf.strings.as_string(x * 2)

    return f, {"x": spec([3, 3])}, xs(3, 3)


@case()
def text_joined():
    def f(x, y):
        joined = tf.strings.join([x, "-", y])
        return joined, tf.strings.length(joined, unit="UTF8_CHAR")

    return (
        f,
        {"x": spec([None], TEXT), "y": spec([None], TEXT)},
        [{"x": texts("a", "bc"), "y": texts("", "ä")}, {"x": texts("d"), "y": texts("efg")}],
    )


@case()
def text_cleaned():
    def f(x):
        x = tf.strings.regex_replace(tf.strings.lower(x), "[^a-z ]", "")
        x = tf.strings.strip(tf.strings.substr(x, 0, 6))
        return x, tf.strings.to_hash_bucket_fast(x, 1000), tf.strings.regex_full_match(x, "h.*")

    return f, {"x": spec([2], TEXT)}, [
        {"x": texts("Hello, World", "A1B2")}, {"x": texts(" ", "Hi hi hi")},
    ]  # fmt: skip


@case()
def words_counted():
    table = numbers(64, 5)

    def f(x):
        words = tf.strings.split(x)
        ids = tf.strings.to_hash_bucket_fast(words.values, 64)
        vectors = tf.gather(table, ids)
        return tf.math.unsorted_segment_sum(vectors, words.value_rowids(), tf.size(x, tf.int64))

    return f, {"x": spec([None], TEXT)}, [
        {"x": texts("a b c", "d")}, {"x": texts("e", "", "f g")},
    ]  # fmt: skip


@case()
def numbers_as_text():
    def f(x):
        text = tf.strings.as_string(x, precision=3)
        return tf.strings.to_number(text) * 2.0

    return f, {"x": spec([None, 2])}, [{"x": numbers(3, 2)}, {"x": numbers(1, 2, seed=4)}]


@case()
def each_text_in_a_loop():
    def f(x):
        return tf.map_fn(lambda s: tf.strings.length(s), x, fn_output_signature=I32)

    return f, {"x": spec([None], TEXT)}, [{"x": texts("a", "bc")}, {"x": texts("def")}]


@case()
def loop():
    def f(x):
        step = lambda i, x: (i + 1, tf.linalg.qr(x)[1] + 0.5 * x)  # noqa: E731
        return tf.while_loop(lambda i, x: i < 3, step, [0, x])[1]

    return f, {"x": spec([3, 3])}, xs(3, 3)


@case()
def loop_until():
    def f(x):
        step = lambda x: (tf.linalg.qr(x)[1] * 0.5,)  # noqa: E731
        return tf.while_loop(lambda x: tf.norm(tf.linalg.qr(x)[1]) > 0.1, step, [x])[0]

    return f, {"x": spec([3, 3])}, xs(3, 3)


@case()
def branch():
    def f(x):
        return tf.cond(tf.reduce_sum(x) > 0, lambda: tf.linalg.qr(x)[0], lambda: x * 3.0)

    return f, {"x": spec([3, 3])}, [{"x": numbers(3, 3)}, {"x": -numbers(3, 3)}]


@case()
def records():
    weights = numbers(2, 3)
    features = {
        "dense": tf.io.FixedLenFeature([2], F32),
        "sparse": tf.io.VarLenFeature(I64),
        "ragged": tf.io.RaggedFeature(F32),
    }

    def record(dense, sparse, ragged):
        numbers_of = lambda v: tf.train.Feature(float_list=tf.train.FloatList(value=v))  # noqa: E731
        return tf.train.Example(
            features=tf.train.Features(
                feature={
                    "dense": numbers_of(dense),
                    "sparse": tf.train.Feature(int64_list=tf.train.Int64List(value=sparse)),
                    "ragged": numbers_of(ragged),
                }
            )
        ).SerializeToString()

    def f(x):
        parsed = tf.io.parse_example(x, features)
        return {
            "scores": tf.matmul(parsed["dense"], weights),
            "values": parsed["sparse"].values + 1,
            "shape": parsed["sparse"].dense_shape,
            "rows": parsed["ragged"].row_splits,
            "flat": parsed["ragged"].values * 2.0,
        }

    return f, {"x": spec([None], TEXT)}, [
        {"x": texts(record([1, 2], [3], [0.5, 1]), record([4, 5], [6, 7, 8], [2]))},
        {"x": texts(record([9, 1], [2, 4], []))},
    ]  # fmt: skip


@case()
def picture():
    kernel = numbers(3, 3, 3, 4)

    def f(x):
        image = tf.image.convert_image_dtype(tf.io.decode_png(x, 3), F32)
        return tf.nn.conv2d(tf.image.resize(image[None], [8, 8]), kernel, 2, "SAME")

    def png(seed):
        pixels = np.random.RandomState(seed).randint(0, 256, (10, 12, 3)).astype(np.uint8)
        return np.array(tf.io.encode_png(pixels).numpy(), np.object_)

    return f, {"x": spec([], TEXT)}, [{"x": png(0)}, {"x": png(1)}]


@case()
def best_paths():
    def f(x, n):
        (path,), score = tf.nn.ctc_greedy_decoder(x, n)
        beams, scores = tf.nn.ctc_beam_search_decoder(x, n, beam_width=4, top_paths=2)
        return {
            "values": path.values, "shape": path.dense_shape, "score": score,
            "beam": beams[1].values, "scores": scores,
        }  # fmt: skip

    specs = {"x": spec([5, None, 4]), "n": spec([None], I32)}
    return f, specs, [
        {"x": numbers(5, 2, 4, seed=i), "n": np.array([5, 4], np.int32)} for i in range(2)
    ]  # fmt: skip


@case()
def numbers_of_a_seed():
    def f(x, seed):
        gamma = tf.random.stateless_gamma([2, 3], seed, alpha=2.0)
        return x + gamma, tf.random.stateless_poisson(tf.shape(x), seed, tf.abs(x))

    specs = {"x": spec([None, 3]), "seed": spec([2], I32)}
    return f, specs, [
        {"x": numbers(2, 3), "seed": np.array(s, np.int32)} for s in ([1, 2], [3, 4])
    ]  # fmt: skip


@case(is_random=True)
def random_numbers():
    def f(x):
        return (
            tf.random.gamma([5], x),
            tf.random.poisson([2], x),
            tf.random.categorical(tf.math.log(x)[None], 7),
        )

    return f, {"x": spec([None])}, [{"x": np.array([1, 2, 3], np.float32)}]


class Counter(tf.Module):
    """A variable that only a kernel of TensorFlow's updates, beside one that needs none."""

    def __init__(self):
        self.weights = tf.Variable(numbers(4, 3), name="weights")
        self.squares = tf.Variable(tf.zeros([4, 3]), name="squares")
        self.calls = tf.Variable(0.0, name="calls")

    @tf.function(input_signature=[spec([4, 3])])
    def train(self, gradient):
        self.calls.assign_add(1.0)
        tf.raw_ops.ResourceSparseApplyAdagradV2(
            var=self.weights.handle, accum=self.squares.handle, lr=0.1, epsilon=0.1, grad=gradient,
            indices=tf.constant([2, 0, 3, 1]),
        )  # fmt: skip
        return {"weights": self.weights.read_value(), "calls": self.calls.read_value()}

    @tf.function(input_signature=[spec([None, 4])])
    def apply(self, x):
        return {"y": tf.matmul(x, self.weights) * self.calls}


@case()
def trained_variables():
    module = Counter()
    return (
        module,
        {"train": module.train, "apply": module.apply},
        [
            ("apply", {"x": numbers(2, 4)}),
            ("train", {"gradient": numbers(4, 3, seed=3)}),
            ("apply", {"x": numbers(2, 4)}),
            ("train", {"gradient": numbers(4, 3, seed=5)}),
            ("train", {"gradient": numbers(4, 3, seed=7)}),
            ("apply", {"x": numbers(3, 4)}),
        ],
    )


class Steps(tf.Module):
    def __init__(self):
        self.weights = tf.Variable(numbers(3), name="weights")
        self.sum = tf.Variable(tf.zeros([3]), name="sum")

    @tf.function(input_signature=[spec([3])])
    def f(self, x):
        for _ in tf.range(3):
            tf.raw_ops.ResourceSparseApplyMomentum(
                var=self.weights.handle, accum=self.sum.handle, lr=0.1, grad=x + self.weights,
                indices=tf.constant([2, 0, 1]), momentum=0.9,
            )  # fmt: skip
            if tf.reduce_sum(self.weights) > 0:
                self.weights.assign_sub(x)
        return {"y": self.weights.read_value() + 0.0}


# Branches and bodies make their own handles of variables; the reference hands them in.
@case(more=1)
def trained_in_a_loop():
    module = Steps()
    calls = [("f", {"x": numbers(3, seed=i)}) for i in range(3)]
    return module, {"f": module.f}, calls


class Growing(tf.Module):
    """Variables of text, and of sizes that change, which the runtime's cannot be."""

    def __init__(self):
        self.rows = tf.Variable(numbers(1, 2), shape=[None, 2], name="rows")
        self.text = tf.Variable("", name="text")

    @tf.function(input_signature=[spec([None, 2]), spec([], TEXT)])
    def f(self, x, t):
        self.rows.assign(tf.concat([self.rows, x], 0))
        self.text.assign(tf.strings.join([self.text, t]))
        return {"rows": self.rows.read_value() * 2.0, "text": self.text.read_value()}


# The reference keeps the rows in a variable of the runtime, whose readers see the first size only.
@case(more=6)
def growing_variables():
    module = Growing()
    calls = [("f", {"x": numbers(n, 2, seed=n), "t": np.array(b"t%d" % n, np.object_)}) for n in (1, 3, 2)]
    return module, {"f": module.f}, calls


class Notes(tf.Module):
    def __init__(self):
        self.table = tf.lookup.experimental.MutableHashTable(TEXT, I64, -1)

    @tf.function(input_signature=[spec([2], TEXT), spec([2], I64)])
    def note(self, k, v):
        self.table.insert(k, v)
        return {"size": self.table.size()}

    @tf.function(input_signature=[spec([None], TEXT)])
    def find(self, k):
        return {"found": self.table.lookup(k) * 2}


@case()
def table_that_changes():
    module = Notes()
    ab = texts("a", "b")
    return (
        module,
        {"note": module.note, "find": module.find},
        [
            ("find", {"k": texts("a", "b", "c")}),
            ("note", {"k": ab, "v": np.array([1, 2], np.int64)}),
            ("find", {"k": texts("a", "b", "c")}),
            ("note", {"k": texts("c", "a"), "v": np.array([3, 4], np.int64)}),
            ("find", {"k": texts("c", "a")}),
        ],
    )


class Static(tf.Module):
    def __init__(self):
        initial = tf.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([5, 7], I64))
        self.table = tf.lookup.StaticHashTable(initial, -1)

    @tf.function(input_signature=[spec([None], TEXT)])
    def find(self, k):
        return {"found": self.table.lookup(k) * 2}


class Sentences(tf.Module):
    def __init__(self):
        initial = tf.lookup.KeyValueTensorInitializer(["the", "cat", "dog"], tf.constant([1, 2, 3], I64))
        self.words = tf.lookup.StaticHashTable(initial, 0)
        self.vectors = tf.Variable(numbers(4, 3))

    @tf.function(input_signature=[spec([None], TEXT)])
    def f(self, x):
        words = tf.strings.split(tf.strings.regex_replace(tf.strings.lower(x), "[.,!]", ""))
        ids = self.words.lookup(words.to_tensor(default_value="", shape=[None, 4]))
        return {"y": tf.reduce_mean(tf.gather(self.vectors, ids), axis=1)}


# Text to numbers, and what a network makes of these: the table and the ragged rows are builtin.
@case()
def vocabulary():
    module = Sentences()
    calls = [("f", {"x": texts("The cat!", "a dog")}), ("f", {"x": texts("Dog, dog. cat the end")})]
    return module, {"f": module.f}, calls


@case(options=("--force-select-tf-ops",))
def forced_table():
    module = Static()
    calls = [("find", {"k": texts("a", "b", "x")}), ("find", {"k": texts("x", "a")})]
    return module, {"find": module.find}, calls


class Filled(Notes):
    def __init__(self):
        super().__init__()
        self.table.insert(tf.constant(["a", "x"]), tf.constant([7, 8], I64))


# The reference drops what the table held when the model was saved.
@case(more=2)
def table_with_contents():
    module = Filled()
    calls = [
        ("find", {"k": texts("a", "b", "x")}),
        ("note", {"k": texts("b", "x"), "v": np.array([1, 2], np.int64)}),
        ("find", {"k": texts("a", "b", "x")}),
    ]
    return module, {"note": module.note, "find": module.find}, calls


@case()
def texts_made_in_a_loop():
    def f(x):
        return tf.map_fn(lambda s: tf.strings.join([tf.strings.lower(s), "!"]), x)

    return f, {"x": spec([None], TEXT)}, [{"x": texts("A", "bC")}, {"x": texts("def")}]


@case()
def elements_of_different_sizes():
    def f(x):
        array = tf.TensorArray(F32, 0, dynamic_size=True, infer_shape=False, element_shape=[None, 2])
        for i in tf.range(3):
            array = array.write(i, tf.repeat(x[i : i + 1], i + 1, axis=0) * 2.0)
        return array.concat()

    return f, {"x": spec([3, 2])}, xs(3, 2)


@case(options=("--force-select-tf-ops",))
def forced_layers():
    weights = [numbers(3, 3, 3, 8), numbers(8, 4, seed=2)]

    def f(x):
        x = tf.nn.relu(tf.nn.conv2d(x, weights[0], 2, "SAME"))
        x = tf.reshape(x, [tf.shape(x)[0], -1, 8])
        return tf.nn.softmax(tf.reduce_mean(tf.matmul(x, weights[1]), axis=1))

    return f, {"x": spec([None, 6, 6, 3])}, [{"x": numbers(1, 6, 6, 3)}, {"x": numbers(2, 6, 6, 3)}]


class Sum(tf.Module):
    def __init__(self):
        self.sum = tf.Variable(numbers(3), name="sum")

    @tf.function(input_signature=[spec([3])])
    def f(self, x):
        for _ in tf.range(2):
            self.sum.assign_add(x)
        return {"sum": self.sum.read_value() * 2.0}


@case(options=("--force-select-tf-ops",))
def forced_variable():
    module = Sum()
    return module, {"f": module.f}, [("f", {"x": numbers(3, seed=i)}) for i in range(3)]


def _qr(operands, options):
    assert options == {"T": 0, "full_matrices": True}, options
    return tf.linalg.qr(operands[0], full_matrices=options["full_matrices"])


@case(options=("--allow-custom-ops=Qr",), kernels={"Qr": _qr}, wanted="Qr")
def custom_op():
    weights = numbers(4, 2)

    def f(x):
        q = tf.linalg.qr(x, full_matrices=True)[0]
        return tf.matmul(q, weights)

    return f, {"x": spec([None, 4, 3])}, [{"x": numbers(2, 4, 3)}, {"x": numbers(1, 4, 3)}]


def _pieces(operands, options):
    assert options == {"N": 2, "separator": "+"}, options
    return [tf.strings.join(operands, options["separator"])]


@case(options=("--allow-custom-ops",), kernels={"StringJoin": _pieces}, wanted="StringJoin")
def custom_op_on_text():
    return (
        lambda x, y: tf.strings.join([x, y], "+"),
        {"x": spec([None], TEXT), "y": spec([None], TEXT)},
        [{"x": texts("a", "b"), "y": texts("c", "d")}, {"x": texts("e"), "y": texts("f")}],
    )


def _implements(text):
    """For tf.function, whose body says what a kernel of that name computes."""
    return {"experimental_implements": " ".join(text.split())}


SCALED = """name: "Scaled" attr { key: "tfl_fusable_op" value { b: true } }
    attr { key: "factor" value { f: 2.5 } } attr { key: "steps" value { i: 3 } }
    attr { key: "label" value { s: "x" } } attr { key: "deep" value { b: true } }
    attr { key: "sizes" value { list { i: 4 i: 5 } } }"""


def _scaled(operands, options):
    wanted = {"factor": 2.5, "steps": 3, "label": "x", "deep": True, "sizes": [4, 5]}
    assert options == wanted, options
    return [operands[0] * options["factor"] + operands[1], operands[0] - 1.0]


# An author's word is enough: no option is needed.
@case(options=(), kernels={"Scaled": _scaled}, wanted="Scaled")
def function_with_a_kernel():
    @tf.function(**_implements(SCALED))
    def scaled(x, y):
        return x * 2.5 + y, x - 1.0

    def f(x):
        a, b = scaled(tf.nn.relu(x), x)
        return tf.concat([a, b], 0) * 3.0

    return f, {"x": spec([None, 3])}, [{"x": numbers(2, 3)}, {"x": numbers(4, 3)}]


DETECTION = """name: "TFLite_Detection_PostProcess"
    attr { key: "max_detections" value { i: 4 } }
    attr { key: "max_classes_per_detection" value { i: 1 } }
    attr { key: "num_classes" value { i: 1 } } attr { key: "use_regular_nms" value { b: false } }
    attr { key: "nms_score_threshold" value { f: 0.2 } }
    attr { key: "nms_iou_threshold" value { f: 0.5 } }
    attr { key: "y_scale" value { f: 10.0 } } attr { key: "x_scale" value { f: 10.0 } }
    attr { key: "h_scale" value { f: 5.0 } } attr { key: "w_scale" value { f: 5.0 } }"""


@case(options=(), wanted="TFLite_Detection_PostProcess")
def detection():
    grid = np.stack(np.meshgrid([0.2, 0.5, 0.8], [0.3, 0.7]), -1).reshape(6, 2)
    anchors = np.concatenate([grid, np.full((6, 2), 0.3)], 1).astype(np.float32)

    @tf.function(**_implements(DETECTION))
    def post_process(encodings, scores, anchors):
        middle = encodings[0, :, :2] / 10.0 * anchors[:, 2:] + anchors[:, :2]
        half = 0.5 * tf.exp(encodings[0, :, 2:] / 5.0) * anchors[:, 2:]
        boxes = tf.concat([middle - half, middle + half], 1)
        chosen, count = tf.raw_ops.NonMaxSuppressionV4(
            boxes=boxes, scores=scores[0, :, 1], max_output_size=4, iou_threshold=0.5,
            score_threshold=0.2, pad_to_max_output_size=True,
        )  # fmt: skip
        is_used = tf.cast(tf.range(4) < count, F32)
        found = tf.gather(boxes, chosen) * is_used[:, None]
        best = tf.gather(scores[0, :, 1], chosen) * is_used
        return found[None], tf.zeros([1, 4]), best[None], tf.cast(count, F32)[None]

    weights = numbers(8, 6 * 6) * 0.5

    def f(x):
        raw = tf.reshape(tf.matmul(x, weights), [1, 6, 6])
        boxes, classes, scores, count = post_process(raw[:, :, :4], tf.nn.sigmoid(raw[:, :, 4:]), anchors)
        return {"boxes": boxes, "classes": classes, "scores": scores, "count": count}

    return f, {"x": spec([1, 8])}, [{"x": numbers(1, 8, seed=i)} for i in range(3)]


@case(options=(), wanted="NON_MAX_SUPPRESSION_V4")
def padded_suppression():
    @tf.function(experimental_implements="non_max_suppression_padded_v2")
    def select(boxes, scores, most, overlap, least):
        return tf.raw_ops.NonMaxSuppressionV4(
            boxes=boxes, scores=scores, max_output_size=most, iou_threshold=overlap,
            score_threshold=least, pad_to_max_output_size=True,
        )  # fmt: skip

    def f(x):
        corners = tf.concat([x[:, :2], x[:, :2] + 1.0 + tf.abs(x[:, 2:])], 1)
        chosen, count = select(corners, tf.nn.sigmoid(x[:, 0] * 3.0), 5, 0.3, 0.1)
        return chosen, count

    return f, {"x": spec([8, 4])}, xs(8, 4)
