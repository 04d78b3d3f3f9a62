"""The attributes of a converter, set to each value that is not the default: tf.lite's and ours.

Most choose how the reference converter works: the answers stay the same, here as there.
"""

import warnings

import numpy as np
import pytest
import tensorflow as tf

import file_facts
import models
from litecast import tflite


class Several(tf.Module):
    """What the attributes are about: a product of batches, a list, a splat, an infinity, a slice."""

    def __init__(self):
        super().__init__()
        values = np.random.default_rng(0).normal(size=(4, 4)).astype(np.float32)
        self.w = tf.Variable(values)

    @tf.function(input_signature=[tf.TensorSpec([3, 4, 4], tf.float32, "x")])
    def run(self, x):
        product = tf.linalg.matmul(x, tf.transpose(x, [0, 2, 1]))
        rows = tf.TensorArray(tf.float32, 3, element_shape=[4, 4])
        for i in tf.range(3):
            rows = rows.write(i, product[i] * 2.0 @ self.w)
        bound = tf.minimum(tf.cast(tf.shape(x)[0], tf.float32), np.inf)
        return {"y": rows.stack() + tf.ones([3, 4, 4]) * bound, "n": tf.constant([1, 2, 3]) + tf.shape(x)[0]}


@pytest.fixture(scope="module")
def several():
    return Several()


def affine_converter(lite):
    model = models.affine()
    return lite.TFLiteConverter.from_concrete_functions([model.affine.get_concrete_function()], model)


def converter_of(lite, model):
    return lite.TFLiteConverter.from_concrete_functions([model.run.get_concrete_function()], model)


def check(data, model):
    for seed in (1, 2):
        x = np.random.default_rng(seed).normal(size=(3, 4, 4)).astype(np.float32)
        expected = model.run(x)
        got = models.run(data, x=x)
        models.close(got["y"], expected["y"])
        assert got["n"].tolist() == expected["n"].numpy().tolist()


VALUES = {
    "experimental_new_converter": True,
    "experimental_new_quantizer": False,
    "experimental_new_dynamic_range_quantizer": False,
    "experimental_enable_resource_variables": False,
    "experimental_lower_to_saved_model": True,
    "unfold_batchmatmul": True,
    "model_origin_framework": "KERAS",
    "canonicalizing_inf_as_min_max_float": False,
    "enable_timing": True,
    "print_ir_before": "",
    "print_ir_after": "",
    "print_ir_module_scope": False,
    "elide_elementsattrs_if_larger": 4,
    "allow_custom_ops": True,
    "exclude_conversion_metadata": True,
    "_experimental_disable_per_channel": True,
    "_experimental_disable_per_channel_quantization_for_dense_layers": True,
    "_experimental_default_to_single_batch_in_tensor_list_ops": True,
    "_experimental_unfold_large_splat_constant": True,
    "_experimental_enable_dynamic_update_slice": True,
    "_experimental_guarantee_all_funcs_one_use": True,
    "_experimental_disable_fuse_mul_and_fc": True,
    "_experimental_use_buffer_offset": True,
    "_experimental_enable_composite_direct_lowering": False,
    "_experimental_unsafe_fuse_dynamic_shaped_broadcast": True,
    "_experimental_sparsify_model": True,
    "_experimental_quantization_options": None,
    "an_attribute_that_there_is_not": 3,
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.filterwarnings("ignore:.*has no")
def test_answers_do_not_depend_on(lite, several, name):
    converter = converter_of(lite, several)
    setattr(converter, name, VALUES[name])
    assert getattr(converter, name) == VALUES[name]
    check(converter.convert(), several)


@pytest.mark.filterwarnings("ignore:.*has no")
@pytest.mark.parametrize("name", ["ir_dump_pass_regex", "ir_dump_func_regex"])
def test_a_folder_for_dumps_may_be_named(lite, several, name, tmp_path):
    converter = converter_of(lite, several)
    converter.ir_dump_dir = str(tmp_path)
    setattr(converter, name, "nothing is called like this")
    check(converter.convert(), several)


class Lists(tf.Module):
    """A loop over a list of tensors, as recurrent layers have it."""

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, "x")])
    def run(self, x):
        rows = tf.TensorArray(tf.float32, 0, dynamic_size=True, element_shape=[4])
        state = tf.zeros([4])
        for i in tf.range(tf.shape(x)[0]):
            state = tf.tanh(state + x[i])
            rows = rows.write(i, state)
        return {"y": rows.stack()}


def test_lists_may_be_left_to_tensorflow(lite):
    """What scripts write for recurrent layers; here nothing needs TensorFlow's kernels after all."""
    model = Lists()
    converter = converter_of(lite, model)
    converter.target_spec.supported_ops = [lite.OpsSet.TFLITE_BUILTINS, lite.OpsSet.SELECT_TF_OPS]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*has no effect: lists of tensors")
        converter._experimental_lower_tensor_list_ops = False
    data = converter.convert()
    if lite is not tf.lite:
        x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
        models.close(models.run(data, x=x)["y"], model.run(x)["y"])


def test_the_folder_of_a_saved_model_is_kept(lite, tmp_path):
    model = models.affine()
    tf.saved_model.save(model, str(tmp_path / "m"), signatures=model.affine)
    converter = lite.TFLiteConverter.from_saved_model(str(tmp_path / "m"))
    assert converter.saved_model_dir == str(tmp_path / "m")


def test_lists_may_be_left_to_kernels_of_the_user(lite):
    """The reference's model then needs kernels that no runtime brings; here nothing does."""
    model = Lists()
    converter = converter_of(lite, model)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*need no kernels of yours")
        converter.legalize_custom_tensor_list_ops = True
    data = converter.convert()
    ops = {op for graph in file_facts.graphs(data) for op in graph}
    assert ("TensorListStack" in ops) == (lite is tf.lite)
    if lite is not tf.lite:
        x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
        models.close(models.run(data, x=x)["y"], model.run(x)["y"])


@pytest.mark.parametrize("name", ["_debug_info", "saved_model_dir"])
def test_what_is_empty_at_first(lite, several, name):
    assert getattr(converter_of(lite, several), name) is None


def test_an_unknown_attribute_cannot_be_read(lite, several):
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        converter_of(lite, several).nothing  # noqa: B018


def test_the_old_converter_took_no_free_sizes_but_the_batch(lite):
    function = tf.function(lambda x: x + 1.0, input_signature=[tf.TensorSpec([None, None, 3], name="x")])
    module = tf.Module()
    module.f = function
    make = lite.TFLiteConverter.from_concrete_functions
    converter = make([function.get_concrete_function()], module)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*has no effect")
        converter.experimental_new_converter = False
    with pytest.raises(
        ValueError, match="None is only supported in the 1st dimension. Tensor 'x' has invalid"
    ):
        converter.convert()


@pytest.mark.parametrize("dtype", [tf.float32, np.float32])
def test_the_type_of_inputs_and_outputs_may_be_said(lite, several, dtype):
    converter = converter_of(lite, several)
    converter.inference_input_type = converter.inference_output_type = dtype
    check(converter.convert(), several)


def test_the_type_of_inputs_is_not_none(lite, several):
    converter = converter_of(lite, several)
    converter.inference_input_type = None
    with pytest.raises(ValueError, match="must be tf.float32"):
        converter.convert()


# ---- the target ----


@pytest.mark.parametrize("ops", [("TFLITE_BUILTINS",), ("TFLITE_BUILTINS", "SELECT_TF_OPS")])
@pytest.mark.parametrize("kind", [list, set, tuple])
def test_sets_of_ops_are_any_collection(lite, several, ops, kind):
    converter = converter_of(lite, several)
    converter.target_spec.supported_ops = kind(getattr(lite.OpsSet, name) for name in ops)
    check(converter.convert(), several)


def test_one_set_of_ops_is_no_collection(lite, several):
    converter = converter_of(lite, several)
    converter.target_spec.supported_ops = lite.OpsSet.TFLITE_BUILTINS
    with pytest.raises(TypeError, match="not iterable"):
        converter.convert()


@pytest.mark.filterwarnings("ignore:.*without Optimize.DEFAULT")
def test_types_without_an_optimization_change_nothing(lite, several):
    converter = converter_of(lite, several)
    converter.target_spec.supported_types = [tf.float16]
    check(converter.convert(), several)


def test_user_ops_may_be_named_though_nothing_needs_them(lite, several):
    converter = converter_of(lite, several)
    converter.target_spec.supported_ops = [lite.OpsSet.TFLITE_BUILTINS, lite.OpsSet.SELECT_TF_OPS]
    converter.target_spec.experimental_select_user_tf_ops = ["Mine"]
    check(converter.convert(), several)


def test_a_model_for_the_gpu_is_the_same(lite):
    converter = affine_converter(lite)
    plain = converter.convert()
    converter = affine_converter(lite)
    converter.target_spec.experimental_supported_backends = ["GPU"]
    assert converter.convert() == plain


@pytest.mark.parametrize("names", [["NPU"], {"gpu"}, "GPU", (), None])
@pytest.mark.filterwarnings("ignore:.*there is no backend")
def test_backends_that_do_not_exist_are_ignored(lite, names, several):
    converter = converter_of(lite, several)
    converter.target_spec.experimental_supported_backends = names
    check(converter.convert(), several)


def test_what_the_gpu_does_not_take_is_an_error(several):
    from litecast import tflite

    converter = converter_of(tflite, several)
    converter.target_spec.experimental_supported_backends = ["GPU"]
    with pytest.raises(tflite.ConverterError, match="GPU") as caught:
        converter.convert()
    errors = {error.operator.name: error for error in caught.value.errors}
    assert {error.error_code.name for error in errors.values()} == {"ERROR_GPU_NOT_COMPATIBLE"}
    message = errors["tfl.strided_slice"].error_message
    assert message.startswith("'tfl.strided_slice' op is not GPU compatible: ")
    assert errors["tfl.strided_slice"].location.call
    remedies = {diagnostic.remedy for diagnostic in caught.value.diagnostics}
    assert all("without target_spec.experimental_supported_backends" in remedy for remedy in remedies)


@pytest.mark.parametrize(
    "ops, flags",
    [
        (["TFLITE_BUILTINS"], (False, False)),
        (["TFLITE_BUILTINS", "SELECT_TF_OPS"], (True, False)),
        (["SELECT_TF_OPS"], (True, True)),
    ],
)
def test_the_file_says_which_ops_were_allowed(lite, ops, flags):
    model = models.affine()
    functions = [model.affine.get_concrete_function()]
    converter = lite.TFLiteConverter.from_concrete_functions(functions, model)
    converter.target_spec.supported_ops = {getattr(lite.OpsSet, name) for name in ops}
    options = file_facts.read(converter.convert()).conversion.options
    assert (options.enableSelectTfOps, options.forceSelectTfOps) == flags


@pytest.mark.parametrize("name", ["OPTIMIZE_FOR_SIZE", "OPTIMIZE_FOR_LATENCY", "EXPERIMENTAL_SPARSITY"])
def test_other_optimizations_have_their_names(lite, name):
    assert getattr(lite.Optimize, name).value == str(getattr(lite.Optimize, name)) == name


class Lookup(tf.Module):
    """Rows of small integers, as a type that TensorFlow lacks is written in its models."""

    def __init__(self, shape, axis=0, to=tf.float32):
        super().__init__()
        self.table = (np.arange(np.prod(shape)) * 5 % 16 - 8).astype(np.int8).reshape(shape)
        self.axis = axis
        self.to = to

    @tf.function(input_signature=[tf.TensorSpec([2], tf.int32, "i")])
    def run(self, i):
        return {"y": tf.cast(tf.gather(self.table, i, axis=self.axis), self.to)}


def lookup_of(lite, model, reduced=True):
    converter = converter_of(lite, model)
    converter._experimental_reduce_type_precision = reduced
    return converter.convert()


def test_small_integers_take_half_a_byte(lite):
    model = Lookup([4, 6])
    data = lookup_of(lite, model)
    assert file_facts.operators(data) == [("GATHER", "INT4", "INT4"), ("CAST", "INT4", "FLOAT32")]
    packed = model.table.reshape(-1, 2) & 15
    assert (packed[:, 0] | packed[:, 1] << 4).astype(np.uint8).tobytes() in file_facts.contents(data)
    for i in ([0, 3], [2, 1]):
        np.testing.assert_array_equal(models.run(data, i=np.int32(i))["y"], model.run(np.int32(i))["y"])
    assert "INT4" not in str(file_facts.operators(lookup_of(lite, model, reduced=False)))


def test_larger_integers_stay(lite):
    model = Lookup([4, 6])
    model.table[0, 0] = 8
    assert file_facts.operators(lookup_of(lite, model))[0] == ("GATHER", "INT8", "INT8")


@pytest.mark.parametrize(
    "shape, axis, to",
    [([4, 3], 0, tf.float32), ([5], 0, tf.float32), ([4, 3], 1, tf.float32), ([2, 3, 5, 3], 1, tf.int32),
     ([4, 2], 0, tf.int64), ([4, 2], 0, tf.float16)],
)  # fmt: skip
def test_rows_that_the_reference_loses(shape, axis, to):
    """The reference's file answers wrongly, or does not run, where rows begin amid a byte."""
    model = Lookup(shape, axis, to)
    data = lookup_of(tflite, model)
    assert file_facts.operators(data)[0] == ("GATHER", "INT4", "INT4")
    for i in ([0, 2], [1, 1]):
        np.testing.assert_array_equal(models.run(data, i=np.int32(i))["y"], model.run(np.int32(i))["y"])


def test_rows_that_are_given_out_stay():
    """The reference fails."""
    model = tf.Module()
    model.run = tf.function(
        lambda i: {"y": tf.gather(np.int8([[1, 2], [3, 4]]), i)},
        input_signature=[tf.TensorSpec([2], tf.int32, "i")],
    )
    data = lookup_of(tflite, model)
    assert models.run(data, i=np.int32([1, 0]))["y"].tolist() == [[3, 4], [1, 2]]
