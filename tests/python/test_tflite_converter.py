"""The converter of tf.lite and ours, side by side: each test runs with both classes.

The table in docs/migrating.md names the tests of each row.
"""

import pytest
import tensorflow as tf

import models


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A SavedModel with two signatures, and one with one."""
    folder = tmp_path_factory.mktemp("saved")
    model = models.affine()
    signatures = {"affine": model.affine, "double": model.double}
    tf.saved_model.save(model, str(folder / "two"), signatures=signatures)
    tf.saved_model.save(model, str(folder / "one"), signatures=model.affine)
    return folder


# ---- construction ----


def test_converts_all_signatures_of_a_saved_model(lite, saved):
    data = lite.TFLiteConverter.from_saved_model(str(saved / "two")).convert()
    assert isinstance(data, (bytes, bytearray))
    assert sorted(models.interface(data)["signatures"]) == ["affine", "double"]
    x = models.x()
    models.close(models.run(data, "affine", x=x)["y"], models.affine().affine(x)["y"])
    models.close(models.run(data, "double", x=x)["output_0"], models.affine().double(x))


def test_converts_the_signatures_that_are_named(lite, saved):
    data = lite.TFLiteConverter.from_saved_model(str(saved / "two"), ["double"]).convert()
    assert models.interface(data)["signatures"] == {
        "double": {"inputs": ["x"], "outputs": ["output_0"]}
    }


def test_takes_tags(lite, saved):
    data = lite.TFLiteConverter.from_saved_model(str(saved / "one"), tags={"serve"}).convert()
    assert list(models.interface(data)["signatures"]) == ["serving_default"]


def test_names_valid_signatures_for_an_unknown_one(lite, saved):
    with pytest.raises(ValueError, match="Invalid signature key 'X' found. Valid keys are"):
        lite.TFLiteConverter.from_saved_model(str(saved / "two"), signature_keys=["X"])


def test_refuses_a_saved_model_without_signatures(lite, tmp_path):
    tf.saved_model.save(tf.Module(), str(tmp_path / "none"))
    with pytest.raises(ValueError, match="Only support at least one signature key"):
        lite.TFLiteConverter.from_saved_model(str(tmp_path / "none"))


def test_a_missing_folder_is_an_os_error(lite, tmp_path):
    with pytest.raises(OSError, match="SavedModel file does not exist"):
        lite.TFLiteConverter.from_saved_model(str(tmp_path / "missing"))


def test_unknown_tags_are_an_error_that_names_the_tags(lite, saved):
    with pytest.raises((ValueError, RuntimeError), match="serve"):
        lite.TFLiteConverter.from_saved_model(str(saved / "one"), tags={"nothing"})


def test_interface_of_a_saved_model_is_that_of_the_reference(saved):
    from litecast import tflite

    for name in ("one", "two"):
        path = str(saved / name)
        ours = models.interface(tflite.TFLiteConverter.from_saved_model(path).convert())
        theirs = models.interface(tf.lite.TFLiteConverter.from_saved_model(path).convert())
        assert ours == theirs


def test_without_eager_execution_a_saved_model_is_converted_as_in_version_1(lite, saved):
    with tf.Graph().as_default():
        converter = lite.TFLiteConverter.from_saved_model(str(saved / "two"), ["double"])
        assert converter.get_input_arrays() == ["double_x"]
        with pytest.raises(ValueError, match="Only support a single signature key"):
            lite.TFLiteConverter.from_saved_model(str(saved / "two"), ["double", "affine"])
    assert bytes(converter.convert())[4:8] == b"TFL3"


def test_of_a_keras_export_the_endpoint_becomes_the_default_signature(lite, tmp_path):
    import keras

    model = keras.Sequential([keras.Input((4,), name="x"), keras.layers.Dense(2)])
    model.export(str(tmp_path / "m"), verbose=False)
    assert len(tf.saved_model.load(str(tmp_path / "m")).signatures) == 2
    data = lite.TFLiteConverter.from_saved_model(str(tmp_path / "m")).convert()
    assert list(models.interface(data)["signatures"]) == ["serving_default"]


@pytest.mark.parametrize("folder", [None, 3])
def test_a_folder_is_a_path(lite, folder):
    with pytest.raises(TypeError):
        lite.TFLiteConverter.from_saved_model(folder)


def test_one_function_with_its_owner_becomes_the_default_signature(lite):
    model = models.affine()
    function = model.affine.get_concrete_function()
    data = lite.TFLiteConverter.from_concrete_functions([function], model).convert()
    assert models.interface(data)["signatures"] == {
        "serving_default": {"inputs": ["x"], "outputs": ["y"]}
    }
    models.close(models.run(data, x=models.x())["y"], model.affine(models.x())["y"])


def test_several_functions_are_named_like_their_graphs(lite):
    model = models.affine()
    functions = [f.get_concrete_function() for f in (model.affine, model.double)]
    data = lite.TFLiteConverter.from_concrete_functions(functions, model).convert()
    assert sorted(models.interface(data)["signatures"]) == ["affine", "double"]
    models.close(models.run(data, "double", x=models.x())["output_0"], model.double(models.x()))


def test_without_an_owner_there_are_no_signatures(lite):
    model = models.affine()
    function = model.affine.get_concrete_function()
    data = lite.TFLiteConverter.from_concrete_functions([function]).convert()
    assert models.interface(data) == {
        "signatures": {},
        "inputs": [("x", "float32", (-1, 4))],
        "outputs": [("Identity", "float32", (-1, 3))],
    }
    (got,) = models.run_positional(data, models.x())
    models.close(got, model.affine(models.x())["y"])


def test_the_constructor_takes_concrete_functions(lite):
    model = models.affine()
    function = model.affine.get_concrete_function()
    data = lite.TFLiteConverter([function], trackable_obj=model).convert()
    assert list(models.interface(data)["signatures"]) == ["serving_default"]


def test_interface_of_concrete_functions_is_that_of_the_reference():
    from litecast import tflite

    class Many(tf.Module):
        @tf.function(
            input_signature=[
                tf.TensorSpec([2, None], tf.float32, "beta"),
                {"k": tf.TensorSpec([None], tf.int32), "a": tf.TensorSpec([2], tf.float32)},
            ]
        )
        def run(self, first, rest):
            return [first * 2.0, rest["k"] + 1, tf.reduce_sum(rest["a"])] + [first + i for i in range(9)]

    model = Many()
    function = model.run.get_concrete_function()
    for owner in (model, None):
        ours = tflite.TFLiteConverter.from_concrete_functions([function], owner).convert()
        theirs = tf.lite.TFLiteConverter.from_concrete_functions([function], owner).convert()
        assert models.interface(ours) == models.interface(theirs)


def test_a_function_that_is_not_concrete_is_refused_with_a_hint(lite):
    with pytest.raises(ValueError, match="call get_concrete_function"):
        lite.TFLiteConverter.from_concrete_functions([models.affine().affine], models.affine())


@pytest.mark.parametrize("functions", [[3], ["f"], [lambda x: x]])
def test_what_is_no_function_is_refused(lite, functions):
    with pytest.raises(ValueError, match="This function takes in a list of ConcreteFunction"):
        lite.TFLiteConverter.from_concrete_functions(functions)


def test_the_constructor_needs_functions(lite):
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'funcs'"):
        lite.TFLiteConverter()


def test_functions_must_be_a_list(lite):
    with pytest.raises(TypeError):
        lite.TFLiteConverter.from_concrete_functions(
            models.affine().affine.get_concrete_function(), models.affine()
        )


def test_no_function_is_an_error_of_convert(lite):
    converter = lite.TFLiteConverter.from_concrete_functions([], models.affine())
    with pytest.raises(ValueError, match="No ConcreteFunction is specified"):
        converter.convert()


def test_several_functions_need_an_owner(lite):
    model = models.affine()
    functions = [f.get_concrete_function() for f in (model.affine, model.double)]
    converter = lite.TFLiteConverter.from_concrete_functions(functions)
    with pytest.raises(ValueError, match="single ConcreteFunction"):
        converter.convert()


def test_converts_a_keras_model(lite):
    keras = tf.keras
    model = keras.Sequential([keras.Input((4,), name="x"), keras.layers.Dense(2, name="out")])
    data = lite.TFLiteConverter.from_keras_model(model).convert()
    ((_, signature),) = models.interface(data)["signatures"].items()
    (got,) = models.run(data, **{signature["inputs"][0]: models.x()}).values()
    models.close(got, model(models.x()))


def test_what_is_no_keras_model_fails_in_convert(lite):
    converter = lite.TFLiteConverter.from_keras_model(3)
    with pytest.raises(AttributeError):
        converter.convert()


def test_a_model_that_was_never_built_is_refused(lite):
    class Unbuilt(tf.keras.Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match="input shapes have not been set"):
        lite.TFLiteConverter.from_keras_model(Unbuilt()).convert()


# ---- attributes ----


def converter_of(lite):
    model = models.affine()
    functions = [model.affine.get_concrete_function()]
    return lite.TFLiteConverter.from_concrete_functions(functions, model)


DEFAULTS = {
    "optimizations": set(),
    "representative_dataset": None,
    "inference_input_type": tf.float32,
    "inference_output_type": tf.float32,
    "allow_custom_ops": False,
    "exclude_conversion_metadata": False,
    "experimental_new_converter": True,
    "experimental_new_quantizer": True,
    "experimental_new_dynamic_range_quantizer": True,
    "experimental_enable_resource_variables": True,
    "experimental_lower_to_saved_model": True,
    "unfold_batchmatmul": False,
    "legalize_custom_tensor_list_ops": False,
    "experimental_use_stablehlo_quantizer": False,
    "experimental_stablehlo_quantizer_config": None,
    "canonicalizing_inf_as_min_max_float": True,
    "serialize_debug_metadata": False,
    "saved_model_dir": None,
    "ir_dump_dir": None,
    "ir_dump_pass_regex": None,
    "ir_dump_func_regex": None,
    "enable_timing": None,
    "print_ir_before": None,
    "print_ir_after": None,
    "print_ir_module_scope": None,
    "elide_elementsattrs_if_larger": None,
    "_experimental_lower_tensor_list_ops": True,
    "_experimental_use_buffer_offset": False,
    "_experimental_qdq_conversion_mode": None,
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_default_of(lite, name):
    assert getattr(converter_of(lite), name) == DEFAULTS[name]


def test_optimizations_must_be_a_collection(lite):
    converter = converter_of(lite)
    converter.optimizations = None
    with pytest.raises(TypeError):
        converter.convert()


@pytest.mark.parametrize("name", ["inference_input_type", "inference_output_type"])
def test_integer_interface_needs_quantization(lite, name):
    converter = converter_of(lite)
    setattr(converter, name, tf.int8)
    with pytest.raises(ValueError, match="must be tf.float32"):
        converter.convert()


def test_conversion_metadata_can_be_left_out(lite):
    with_metadata = converter_of(lite).convert()
    converter = converter_of(lite)
    converter.exclude_conversion_metadata = True
    without = converter.convert()
    assert b"CONVERSION_METADATA" in with_metadata
    assert b"CONVERSION_METADATA" not in without


def test_int8_ops_need_samples(lite):
    converter = converter_of(lite)
    converter.optimizations = [lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [lite.OpsSet.TFLITE_BUILTINS_INT8]
    with pytest.raises(ValueError, match="`representative_dataset` must be specified"):
        converter.convert()


def test_stablehlo_ops_stand_alone(lite):
    converter = converter_of(lite)
    converter.target_spec.supported_ops = [
        lite.OpsSet.EXPERIMENTAL_STABLEHLO_OPS,
        lite.OpsSet.TFLITE_BUILTINS,
    ]
    with pytest.raises(ValueError, match="StableHLO Ops set can not be specified"):
        converter.convert()


def test_stablehlo_quantizer_has_its_conditions(lite):
    converter = converter_of(lite)
    converter.experimental_stablehlo_quantizer_config = object()
    with pytest.raises(ValueError, match="QuantizationConfig should be provided only when"):
        converter.convert()
    converter.experimental_stablehlo_quantizer_config = None
    converter.experimental_use_stablehlo_quantizer = True
    with pytest.raises(ValueError, match="StableHLO quantizer only supports"):
        converter.convert()


def test_unknown_framework_is_refused(lite):
    converter = converter_of(lite)
    converter.model_origin_framework = "ABACUS"
    with pytest.raises(ValueError):
        converter.convert()


@pytest.mark.parametrize(
    "name, value",
    [("experimental_enable_resource_variables", False), ("unfold_batchmatmul", True)],
)
def test_attributes_that_do_not_change_a_model_like_this(lite, name, value):
    converter = converter_of(lite)
    if lite is not tf.lite:
        with pytest.warns(UserWarning, match=name):
            setattr(converter, name, value)
    else:
        setattr(converter, name, value)
    models.close(
        models.run(converter.convert(), x=models.x())["y"], models.affine().affine(models.x())["y"]
    )


def test_select_tf_ops_may_be_allowed_though_nothing_needs_them(lite):
    converter = converter_of(lite)
    converter.target_spec.supported_ops = [
        lite.OpsSet.TFLITE_BUILTINS,
        lite.OpsSet.SELECT_TF_OPS,
    ]
    assert not any(op.startswith("Flex") for op in models.ops(converter.convert()))


# ---- enumerations ----


def test_members_of_ops_set(lite):
    assert [str(member) for member in lite.OpsSet] == [str(member) for member in tf.lite.OpsSet]
    assert lite.OpsSet.get_options() == tf.lite.OpsSet.get_options()


def test_members_of_optimize(lite):
    assert [str(member) for member in lite.Optimize] == [str(m) for m in tf.lite.Optimize]


def test_target_spec_defaults(lite):
    spec = lite.TargetSpec()
    assert spec.supported_ops == {lite.OpsSet.TFLITE_BUILTINS}
    assert spec.supported_types == set()
    assert spec.experimental_select_user_tf_ops == set()
    assert spec.experimental_supported_backends is None


def test_target_spec_takes_what_it_is_given(lite):
    spec = lite.TargetSpec(supported_ops=[lite.OpsSet.SELECT_TF_OPS], supported_types=[tf.float16])
    assert spec.supported_ops == [lite.OpsSet.SELECT_TF_OPS]
    assert spec.supported_types == [tf.float16]


def test_representative_dataset_wraps_a_function(lite):
    def samples():
        yield [models.x()]

    assert lite.RepresentativeDataset(samples).input_gen is samples


def test_interpreter_runs_what_was_converted(lite):
    runtime = lite.Interpreter(model_content=bytes(converter_of(lite).convert()))
    assert list(runtime.get_signature_list()) == ["serving_default"]


def test_interpreter_needs_a_model(lite):
    with pytest.raises(ValueError, match="model_path.*model_content"):
        lite.Interpreter()


def test_experimental_names(lite):
    for name in (
        "Analyzer",
        "OpResolverType",
        "QuantizationDebugOptions",
        "QuantizationDebugger",
        "authoring",
        "load_delegate",
    ):
        assert hasattr(lite.experimental, name)
    assert lite.experimental.OpResolverType.AUTO.value == 0
