"""The families of Hugging Face's transformers that have TensorFlow code: small configurations with
random weights. Encoders, decoders, both together, with a cache of keys and values, and a greedy
generation inside the graph."""

import zlib

import numpy as np
import tensorflow as tf

from .registry import Input, constant, floats, integers, model

VOCABULARY = 99
LENGTHS = {"length": (32, 45, 64)}
SMALL = dict(
    vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
    intermediate_size=37, max_position_embeddings=128,
)  # fmt: skip
# The names that encoders with a decoder of their own have.
PAIR = dict(
    vocab_size=VOCABULARY, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
    decoder_attention_heads=4, encoder_ffn_dim=37, decoder_ffn_dim=37,
)  # fmt: skip


def tokens(*shape):
    return integers(*shape, low=5, high=VOCABULARY)


def _mask(generator, shape):
    """Ones, but for an end of padding in every second row."""
    mask = np.ones(shape, "int32")
    for row in mask[1::2]:
        row[shape[1] - 1 - generator.integers(shape[1] // 3) :] = 0
    return mask


def mask(*shape):
    return Input(shape, "int32", _mask)


def _randomise(network):
    """Biases and gains that matter, products that neither die out nor explode."""
    generator = np.random.default_rng(zlib.crc32(network.name.encode()))
    for weight in network.weights:
        name, shape = weight.name.lower(), tuple(weight.shape)
        if "gamma" in name or ("norm" in name and name.endswith("weight:0") and len(shape) == 1):
            weight.assign(generator.uniform(0.5, 1.5, shape))
        elif "bias" in name or "beta" in name:
            weight.assign(generator.normal(0, 0.3, shape))
        elif len(shape) > 1:
            spread = min(0.3, 1.5 / np.sqrt(np.prod(shape[:-1])))
            weight.assign(generator.standard_normal(shape) * spread)


def _served(network, specs, outputs):
    """A module whose one signature takes `specs` and gives the named outputs."""
    network(_sample(specs))
    _randomise(network)
    module = tf.Module()
    module.network = network

    @tf.function(input_signature=[tf.TensorSpec(s.spec_shape(), s.dtype, n) for n, s in specs.items()])
    def serve(*values):
        answers = network(dict(zip(specs, values)), training=False)
        return {name: answers[name] for name in outputs}

    module.serve = serve
    return module


def _sample(specs):
    """The smallest inputs, which make a network build its weights."""
    generator = np.random.default_rng(0)
    sample = {}
    for name, spec in specs.items():
        shape = [a if isinstance(a, int) else {"batch": 2}.get(a, 16) for a in spec.shape]
        sample[name] = tf.constant(np.asarray(spec.make(generator, shape)).astype(spec.dtype))
    return sample


def family(name, make, outputs, sizes=LENGTHS, **inputs):
    """Registers a network that `make(transformers)` gives."""

    def build():
        import transformers

        return _served(make(transformers), inputs, outputs)

    build.__module__ = __name__
    options = dict(sizes=sizes, quick=name in QUICK, mutate=False, name=name)
    model(**options, **inputs)(build)


# One encoder and one decoder; the others take too long for every test.
QUICK = {"hf_bert", "hf_gpt2"}
TEXT = dict(input_ids=tokens("batch", "length"), attention_mask=mask("batch", "length"))
FIXED_TEXT = dict(input_ids=tokens("batch", 40), attention_mask=mask("batch", 40))
TARGET = dict(decoder_input_ids=tokens("batch", 7))

family("hf_bert", lambda t: t.TFBertModel(t.BertConfig(**SMALL)), ["last_hidden_state", "pooler_output"], **TEXT)
family("hf_bert_fixed_length", lambda t: t.TFBertModel(t.BertConfig(**SMALL)), ["last_hidden_state"], **FIXED_TEXT)
family("hf_bert_masked_words", lambda t: t.TFBertForMaskedLM(t.BertConfig(**SMALL)), ["logits"], **TEXT)
family(
    "hf_bert_answers",
    lambda t: t.TFBertForQuestionAnswering(t.BertConfig(**SMALL)),
    ["start_logits", "end_logits"],
    token_type_ids=integers("batch", "length", low=0, high=2),
    **TEXT,
)
family(
    "hf_distilbert",
    lambda t: t.TFDistilBertForSequenceClassification(
        t.DistilBertConfig(
            vocab_size=VOCABULARY, dim=32, n_layers=2, n_heads=4, hidden_dim=37, max_position_embeddings=128
        )
    ),
    ["logits"],
    **TEXT,
)
family(
    "hf_mobilebert",
    lambda t: t.TFMobileBertModel(
        t.MobileBertConfig(
            **SMALL | dict(hidden_size=64), embedding_size=32, intra_bottleneck_size=32, true_hidden_size=64,
            num_feedforward_networks=2, normalization_type="layer_norm",
        )
    ),
    ["last_hidden_state"],
    **TEXT,
)  # fmt: skip
family(
    "hf_albert",
    lambda t: t.TFAlbertModel(t.AlbertConfig(**SMALL, embedding_size=16, num_hidden_groups=1)),
    ["last_hidden_state"],
    **TEXT,
)
family("hf_electra", lambda t: t.TFElectraModel(t.ElectraConfig(**SMALL, embedding_size=16)), ["last_hidden_state"], **TEXT)
family("hf_roberta", lambda t: t.TFRobertaModel(t.RobertaConfig(**SMALL)), ["last_hidden_state"], **TEXT)


def _gpt2(t):
    return t.TFGPT2LMHeadModel(
        t.GPT2Config(vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=128)
    )


family("hf_gpt2", _gpt2, ["logits"], **TEXT)
family("hf_gpt2_fixed_length", _gpt2, ["logits"], **FIXED_TEXT)
family(
    "hf_opt",
    lambda t: t.TFOPTForCausalLM(
        t.OPTConfig(
            vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, ffn_dim=37,
            max_position_embeddings=128, word_embed_proj_dim=32,
        )
    ),
    ["logits"],
    **TEXT,
)  # fmt: skip


def _t5(t):
    return t.T5Config(vocab_size=VOCABULARY, d_model=32, d_ff=37, d_kv=8, num_layers=2, num_heads=4)


family("hf_t5_encoder", lambda t: t.TFT5EncoderModel(_t5(t)), ["last_hidden_state"], **TEXT)
family("hf_t5", lambda t: t.TFT5ForConditionalGeneration(_t5(t)), ["logits"], **TEXT, **TARGET)
family(
    "hf_bart",
    lambda t: t.TFBartForConditionalGeneration(t.BartConfig(**PAIR, max_position_embeddings=128)),
    ["logits"],
    **TEXT,
    **TARGET,
)
family(
    "hf_vit",
    lambda t: t.TFViTForImageClassification(
        t.ViTConfig(
            image_size=32, patch_size=8, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
            intermediate_size=37,
        )
    ),
    ["logits"],
    pixel_values=floats("batch", 3, 32, 32),
)  # fmt: skip
family(
    "hf_swin",
    lambda t: t.TFSwinForImageClassification(
        t.SwinConfig(image_size=32, patch_size=2, embed_dim=16, depths=[2, 2], num_heads=[2, 4], window_size=4)
    ),
    ["logits"],
    pixel_values=floats("batch", 3, 32, 32),
)
family(
    "hf_wav2vec2",
    lambda t: t.TFWav2Vec2ForCTC(
        t.Wav2Vec2Config(
            vocab_size=32, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=37,
            conv_dim=(32, 32, 32), conv_stride=(5, 2, 2), conv_kernel=(10, 3, 3), num_conv_pos_embeddings=16,
            num_conv_pos_embedding_groups=2, num_feat_extract_layers=3,
        )
    ),
    ["logits"],
    sizes={"samples": (1280, 1900, 2560)},
    input_values=floats("batch", "samples"),
)  # fmt: skip
family(
    "hf_whisper",
    lambda t: t.TFWhisperForConditionalGeneration(
        t.WhisperConfig(
            **PAIR, num_mel_bins=16, max_source_positions=50, max_target_positions=64, pad_token_id=0,
            bos_token_id=1, eos_token_id=2, decoder_start_token_id=1, suppress_tokens=None,
            begin_suppress_tokens=None,
        )
    ),
    ["logits"],
    input_features=floats("batch", 16, 100),
    **TARGET,
)  # fmt: skip


@model(
    input_ids=tokens("batch", 1),
    past=floats(2, 2, "batch", 4, "seen", 8, low=-1, high=1),
    sizes={"seen": (16, 5, 31)},
    quick=False,
    mutate=False,
)
def hf_gpt2_next_word():
    """One step, with the keys and values of the words before it: [layer, key or value, ...]."""
    import transformers

    network = _gpt2(transformers)
    network({"input_ids": tf.constant([[5, 6]])})
    _randomise(network)
    module = tf.Module()
    module.network = network

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 1], tf.int32, "input_ids"),
            tf.TensorSpec([2, 2, None, 4, None, 8], tf.float32, "past"),
        ]
    )
    def serve(input_ids, past):
        pairs = tuple(tuple(tf.unstack(layer)) for layer in tf.unstack(past))
        answers = network({"input_ids": input_ids, "past_key_values": pairs}, use_cache=True, training=False)
        return {"logits": answers["logits"], "past": tf.stack([tf.stack(p) for p in answers["past_key_values"]])}

    module.serve = serve
    return module


@model(input_ids=tokens(1, "length"), sizes={"length": (6, 4, 9)}, quick=False, mutate=False)
def hf_gpt2_writes_on():
    """A greedy generation of ten words, as a loop in the graph."""
    import transformers

    network = _gpt2(transformers)
    network({"input_ids": tf.constant([[5, 6]])})
    _randomise(network)
    # Each word makes another one likely, so that what is written does not stand still.
    network.transformer.wte.embeddings.assign(constant("hf_gpt2_writes_on", VOCABULARY, 32) * 0.5)
    module = tf.Module()
    module.network = network

    @tf.function(input_signature=[tf.TensorSpec([1, None], tf.int32, "input_ids")])
    def serve(input_ids):
        words = input_ids
        for _ in tf.range(10):
            tf.autograph.experimental.set_loop_options(shape_invariants=[(words, tf.TensorShape([1, None]))])
            logits = network({"input_ids": words}, training=False)["logits"][:, -1]
            words = tf.concat([words, tf.argmax(logits, -1, tf.int32)[:, tf.newaxis]], 1)
        return {"words": words}

    module.serve = serve
    return module
