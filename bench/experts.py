"""A checkpoint of Mixtral's shape, its experts stored one by one: experts.py DIRECTORY writes 3.3 GB in nine shards."""
import json
import struct
import sys
from pathlib import Path

LAYERS, EXPERTS, HIDDEN, INNER, HEADS, VOCABULARY = 8, 8, 2048, 4096, 16, 32000
CONFIG = {
    "architectures": ["MixtralForCausalLM"],
    "model_type": "mixtral",
    "dtype": "bfloat16",
    "hidden_size": HIDDEN,
    "intermediate_size": INNER,
    "num_attention_heads": HEADS,
    "num_key_value_heads": HEADS,
    "num_hidden_layers": LAYERS,
    "num_local_experts": EXPERTS,
    "num_experts_per_tok": 2,
    "vocab_size": VOCABULARY,
    "tie_word_embeddings": False,
}
# Numbers below two in size, of both signs: what they are does not matter, that none is a NaN may.
BLOCK = b"".join(struct.pack("<H", (i * 40503 & 0x8FFF) | 0x3000) for i in range(1 << 19))


def layer(i):
    """The tensors of a layer."""
    at = f"model.layers.{i}."
    for name in ("q", "k", "v", "o"):
        yield f"{at}self_attn.{name}_proj.weight", (HIDDEN, HIDDEN)
    for name in ("input", "post_attention"):
        yield f"{at}{name}_layernorm.weight", (HIDDEN,)
    yield f"{at}block_sparse_moe.gate.weight", (EXPERTS, HIDDEN)
    for expert in range(EXPERTS):
        for name, shape in (("w1", (INNER, HIDDEN)), ("w2", (HIDDEN, INNER)), ("w3", (INNER, HIDDEN))):
            yield f"{at}block_sparse_moe.experts.{expert}.{name}.weight", shape


def shards():
    """Layers one by one, then what is outside them."""
    for i in range(LAYERS):
        yield list(layer(i))
    outside = (VOCABULARY, HIDDEN)
    yield [("model.embed_tokens.weight", outside), ("lm_head.weight", outside), ("model.norm.weight", (HIDDEN,))]


def write(file, tensors):
    """One safetensors file."""
    header, end = {}, 0
    for name, shape in tensors:
        size = 2
        for dim in shape:
            size *= dim
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        while end > 0:
            out.write(BLOCK[: min(end, len(BLOCK))])
            end -= len(BLOCK)


def make(directory):
    """Writes the checkpoint, the config last."""
    directory.mkdir(parents=True, exist_ok=True)
    all_shards, places = list(shards()), {}
    for i, tensors in enumerate(all_shards):
        name = f"model-{i + 1:05}-of-{len(all_shards):05}.safetensors"
        write(directory / name, tensors)
        places.update((tensor, name) for tensor, _ in tensors)
    (directory / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
    (directory / "config.json").write_text(json.dumps(CONFIG))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
