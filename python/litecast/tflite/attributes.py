"""The attributes of a converter that litecast does not act on, and what it says about them."""

from __future__ import annotations

import warnings

from .._errors import NotYetSupported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# With a counterpart in litecast, or checked by the converter itself.
USED: dict[str, Any] = {
    "optimizations": None,
    "representative_dataset": None,
    "target_spec": None,
    "inference_input_type": None,
    "inference_output_type": None,
    "allow_custom_ops": False,
    "exclude_conversion_metadata": False,
    "experimental_lower_to_saved_model": True,
    "experimental_use_stablehlo_quantizer": False,
    "experimental_stablehlo_quantizer_config": None,
    "model_origin_framework": "UNSET",
    "saved_model_dir": None,
    "serialize_debug_metadata": False,
    "_experimental_allow_all_select_tf_ops": False,
    "_experimental_preserve_assert_op": False,
    "_experimental_reduce_type_precision": False,
    # What the reference notes of a conversion: here the errors say where nodes come from, and the
    # file how it was made.
    "_debug_info": None,
    "_metadata": None,
}

# They choose between ways of the reference converter, or show its inside: the model that litecast
# makes is the same whatever their value.
WITHOUT_EFFECT: dict[str, Any] = {
    "experimental_new_converter": True,
    "experimental_new_quantizer": True,
    "experimental_new_dynamic_range_quantizer": True,
    "experimental_enable_resource_variables": True,
    "legalize_custom_tensor_list_ops": False,
    "unfold_batchmatmul": False,
    "canonicalizing_inf_as_min_max_float": True,
    "ir_dump_dir": None,
    "ir_dump_pass_regex": None,
    "ir_dump_func_regex": None,
    "enable_timing": None,
    "print_ir_before": None,
    "print_ir_after": None,
    "print_ir_module_scope": None,
    "elide_elementsattrs_if_larger": None,
    "_experimental_lower_tensor_list_ops": True,
    "_experimental_disable_per_channel": False,
    "_experimental_disable_per_channel_quantization_for_dense_layers": False,
    "_experimental_default_to_single_batch_in_tensor_list_ops": False,
    "_experimental_unfold_large_splat_constant": False,
    "_experimental_enable_dynamic_update_slice": False,
    "_experimental_guarantee_all_funcs_one_use": False,
    "_experimental_disable_fuse_mul_and_fc": False,
    "_experimental_use_buffer_offset": False,
    "_experimental_enable_composite_direct_lowering": True,
    "_experimental_unsafe_fuse_dynamic_shaped_broadcast": False,
    "_experimental_unsafe_single_batch_rank_reduction": False,
    "_experimental_quantization_options": None,
    "_experimental_sparsify_model": False,
}

_BUILTIN_LISTS = "lists of tensors become builtin operators wherever they can"
_WHY = {
    "legalize_custom_tensor_list_ops": f"{_BUILTIN_LISTS}, which need no kernels of yours",
    "_experimental_lower_tensor_list_ops": _BUILTIN_LISTS,
}

# They ask for another model than litecast can make yet.
NOT_YET: dict[str, Any] = {
    "_experimental_calibrate_only": False,
    "_experimental_full_integer_quantization_bias_type": None,
    "_experimental_variable_quantization": False,
    "_experimental_low_bit_qat": False,
    "_experimental_qdq_conversion_mode": None,
    "_experimental_strict_qdq": False,
    "_experimental_tf_quantization_mode": None,
}

_said: set[str] = set()


def _is_private(name: str) -> bool:
    """Whether it is an attribute of a subclass's own, and not one that changes the conversion."""
    return name.startswith("_") and not name.startswith("_experimental_")


def say_once(message: str) -> None:
    """A warning that comes once in the life of a process."""
    if message not in _said:
        _said.add(message)
        warnings.warn(message, stacklevel=4)


def check_set(owner: object, name: str, value: Any, known: set[str]) -> None:
    """Says what an attribute that has just been set will not do."""
    if name in WITHOUT_EFFECT and value != WITHOUT_EFFECT[name]:
        say_once(f"{name} has no effect: {_WHY.get(name, 'litecast has no counterpart of it')}")
    elif name not in {*known, *WITHOUT_EFFECT, *NOT_YET} and not _is_private(name):
        say_once(f"{type(owner).__name__} has no attribute '{name}': it is ignored")


def refuse_not_yet(owner: object) -> None:
    """Raises for the first attribute that asks for what is not built."""
    for name, default in NOT_YET.items():
        if getattr(owner, name) != default:
            raise NotYetSupported(name)
