"""The families of KerasHub: small configurations with random weights. Language models with grouped
queries, rotations, experts and sliding windows, encoders, vision transformers, and what pairs them."""

import zlib

import numpy as np

from .huggingface import mask
from .registry import Input, floats, integers, model

VOCABULARY = 50
LENGTHS = {"length": (8, 11, 19)}
TOKENS = integers("batch", "length", low=1, high=VOCABULARY)
MASK = mask("batch", "length")
TEXT = {"token_ids": TOKENS, "padding_mask": MASK}
SEGMENTS = {"segment_ids": integers("batch", "length", low=0, high=2)}
PAIR = {
    f"{side}_{name}": spec for side in ("encoder", "decoder") for name, spec in TEXT.items()
}
IMAGE = (32, 32, 3)
IMAGES = {"images": floats("batch", *IMAGE)}

LAYERS = dict(num_layers=2, hidden_dim=16, intermediate_dim=24)
HEADS = dict(vocabulary_size=VOCABULARY, num_heads=4, dropout=0.0, **LAYERS)
SHORT = HEADS | dict(max_sequence_length=20)
GROUPED = dict(vocabulary_size=VOCABULARY, num_query_heads=4, num_key_value_heads=2, **LAYERS)
EXPERTS = GROUPED | dict(num_experts=4, top_k=2)
PATCHES = dict(patch_size=8, num_heads=4, image_shape=IMAGE, **LAYERS)


def _randomise(network):
    """Gains and biases of order one, products that keep the size of what they are of."""
    generator = np.random.default_rng(zlib.crc32(network.name.encode()))
    for weight in network.weights:
        name, shape = weight.path.lower(), tuple(weight.shape)
        if not str(weight.dtype).startswith("float"):
            continue
        if "variance" in name:
            value = generator.uniform(0.5, 1.5, shape)
        elif "gamma" in name or name.endswith("scale"):
            value = generator.uniform(0.7, 1.3, shape)
        elif "embedding" in name:
            value = generator.standard_normal(shape)
        elif len(shape) > 1:
            inputs = shape[0] if len(shape) == 3 else shape[-2] if len(shape) == 2 else np.prod(shape[:-1])
            value = generator.standard_normal(shape) / np.sqrt(inputs)
        else:
            value = generator.normal(0, 0.3, shape)
        weight.assign(value.astype("float32"))
    return network


def _register(name, backbone, options, inputs, sizes=LENGTHS):
    def build():
        import keras_hub

        return _randomise(getattr(keras_hub.models, backbone)(name=name, **options))

    build.__module__ = __name__
    model(name=name, quick=False, sizes=sizes, **inputs)(build)


for _name, _backbone, _options in [
    ("hub_bloom", "BloomBackbone", HEADS),
    ("hub_deberta_v3", "DebertaV3Backbone", SHORT | dict(bucket_size=8)),
    ("hub_falcon", "FalconBackbone",
     dict(vocabulary_size=VOCABULARY, num_attention_heads=4, **LAYERS)),
    ("hub_gpt_neo_x", "GPTNeoXBackbone", HEADS | dict(hidden_dim=32)),
    ("hub_gemma", "GemmaBackbone", GROUPED | dict(head_dim=4)),
    ("hub_gemma_2", "GemmaBackbone",
     GROUPED | dict(head_dim=4, use_post_ffw_norm=True, use_post_attention_norm=True,
                    attention_logit_soft_cap=50.0, final_logit_soft_cap=30.0,
                    use_sliding_window_attention=True, sliding_window_size=4)),
    ("hub_gemma_3", "Gemma3Backbone",
     GROUPED | dict(head_dim=4, image_size=None, vision_encoder=None,
                    use_sliding_window_attention=True, sliding_window_size=4)),
    ("hub_llama", "LlamaBackbone", GROUPED),
    ("hub_llama_3", "Llama3Backbone", GROUPED),
    ("hub_mistral", "MistralBackbone", GROUPED | dict(sliding_window=4)),
    ("hub_mixtral", "MixtralBackbone", EXPERTS),
    ("hub_phi_3", "Phi3Backbone", GROUPED),
    ("hub_qwen", "QwenBackbone", GROUPED),
    ("hub_qwen_3", "Qwen3Backbone", GROUPED | dict(head_dim=4)),
    ("hub_qwen_moe", "QwenMoeBackbone",
     EXPERTS | dict(moe_intermediate_dim=8, shared_expert_intermediate_dim=8)),
    ("hub_qwen_3_moe", "Qwen3MoeBackbone", EXPERTS | dict(moe_intermediate_dim=8, head_dim=4)),
    ("hub_gpt_oss", "GptOssBackbone", EXPERTS | dict(sliding_window=4, head_dim=4)),
    ("hub_smol_lm", "SmolLM3Backbone",
     LAYERS | dict(vocabulary_size=VOCABULARY, num_attention_heads=4, num_key_value_heads=2,
                   attention_bias=False, attention_dropout=0.0, mlp_bias=False,
                   rope_layer_enabled_list=[True, False], layer_types=["attention"] * 2,
                   layer_norm_epsilon=1e-6, max_position_embeddings=32, rope_theta=10000.0,
                   partial_rotary_factor=1.0)),
]:  # fmt: skip
    _register(_name, _backbone, _options, TEXT)

_register("hub_esm", "ESMBackbone", HEADS, {"token_ids": TOKENS})
_register("hub_xlnet", "XLNetBackbone", HEADS, TEXT | SEGMENTS)
_register(
    "hub_fnet",
    "FNetBackbone",
    dict(vocabulary_size=VOCABULARY, dropout=0.0, max_sequence_length=20, **LAYERS),
    {"token_ids": TOKENS} | SEGMENTS,
)
_register("hub_roformer", "RoformerV2Backbone", HEADS | dict(head_size=4), {"token_ids": TOKENS} | SEGMENTS)
_register("hub_t5", "T5Backbone", HEADS, PAIR)

for _name, _backbone, _options in [
    ("hub_dinov2", "DINOV2Backbone",
     PATCHES | dict(position_embedding_shape=(64, 64, 3), use_swiglu_ffn=True,
                    num_register_tokens=2, antialias_in_interpolation=True)),
    ("hub_dinov3", "DINOV3Backbone", PATCHES),
    ("hub_deit", "DeiTBackbone", PATCHES),
    ("hub_densenet", "DenseNetBackbone",
     dict(stackwise_num_repeats=[2, 2, 2], growth_rate=4, image_shape=IMAGE)),
    ("hub_swin", "SwinTransformerBackbone",
     dict(image_shape=IMAGE, embed_dim=8, depths=[2, 2], num_heads=[2, 2], window_size=4,
          patch_size=2)),
    ("hub_mit", "MiTBackbone",
     dict(layerwise_depths=[1, 1], num_layers=2, layerwise_num_heads=[1, 2],
          layerwise_sr_ratios=[4, 1], max_drop_path_rate=0.1, layerwise_patch_sizes=[7, 3],
          layerwise_strides=[4, 2], image_shape=IMAGE, hidden_dims=[8, 16])),
    ("hub_vit_det", "ViTDetBackbone",
     dict(hidden_size=16, num_layers=2, intermediate_dim=24, num_heads=4, patch_size=4,
          global_attention_layer_indices=[1], image_shape=IMAGE, num_output_channels=8,
          window_size=3)),
    ("hub_csp_dark_net", "CSPNetBackbone",
     dict(stem_filters=8, stem_kernel_size=3, stem_strides=1, stackwise_depth=[1, 2, 2],
          stackwise_strides=[1, 2, 2], stackwise_num_filters=[8, 16, 24], stage_type="dark",
          block_type="dark_block", image_shape=IMAGE)),
    ("hub_hg_net_v2", "HGNetV2Backbone",
     dict(depths=[1, 1], embedding_size=8, hidden_sizes=[8, 16], stem_channels=[3, 8, 8],
          hidden_act="relu", use_learnable_affine_block=True, apply_downsample=[False, True],
          stackwise_stage_filters=[(8, 4, 8, 1, 3, 3), (8, 8, 16, 1, 3, 3)],
          use_lightweight_conv_block=[False, True], image_shape=IMAGE)),
]:  # fmt: skip
    _register(_name, _backbone, _options, IMAGES, sizes=None)
