"""
Checkpoints of packed weights, of Llama's shape: packed.py fp8|gptq|gguf DIRECTORY writes 3.2, 0.8 or 0.7 GB. What the
weights are does not matter; that none is a NaN does.
"""
import json
import struct
import sys
from pathlib import Path

GROUP, BLOCK = 128, 128
SHAPES = {"fp8": (26, 3072, 8192, 24), "gptq": (15, 2048, 8192, 16), "gguf": (15, 2048, 8192, 16)}
VOCABULARY = 32000
METHODS = {
    "fp8": {"quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [BLOCK, BLOCK]},
    "gptq": {"quant_method": "gptq", "bits": 4, "group_size": GROUP, "desc_act": False, "sym": True},
}
# A megabyte or so of each kind, of which files are made.
NUMBERS = {
    "BF16": b"".join(struct.pack("<H", (i * 40503 & 0x8FFF) | 0x3000) for i in range(1 << 19)),
    "F16": b"".join(struct.pack("<H", (i * 40503 & 0x03FF) | 0x2000) for i in range(1 << 19)),
    "F32": b"".join(struct.pack("<f", 0.001 + i % 97 / 1e4) for i in range(1 << 18)),
    "F8_E4M3": bytes(i * 37 + (i >> 8) * 11 & 0xBF for i in range(1 << 20)),
    "I32": b"".join(struct.pack("<I", i * 2654435761 & 0xFFFFFFFF) for i in range(1 << 18)),
}


def config(kind):
    """The config of a checkpoint."""
    layers, hidden, inner, heads = SHAPES[kind]
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "dtype": "float16" if kind == "gptq" else "bfloat16",
        "hidden_size": hidden,
        "intermediate_size": inner,
        "num_attention_heads": heads,
        "num_key_value_heads": heads,
        "num_hidden_layers": layers,
        "vocab_size": VOCABULARY,
        "tie_word_embeddings": False,
        "quantization_config": METHODS[kind],
    }


def linears(kind, i):
    """Names and shapes, rows first, of the matrices of a layer."""
    _, hidden, inner, _ = SHAPES[kind]
    for name in "qkvo":
        yield f"model.layers.{i}.self_attn.{name}_proj", (hidden, hidden)
    for name in ("gate", "up"):
        yield f"model.layers.{i}.mlp.{name}_proj", (inner, hidden)
    yield f"model.layers.{i}.mlp.down_proj", (hidden, inner)


def fp8(name, shape):
    """A matrix in blocks that share a scale."""
    yield name + ".weight", "F8_E4M3", shape, None
    yield name + ".weight_scale_inv", "F32", tuple(-(-size // BLOCK) for size in shape), None


def gptq(name, shape):
    """A matrix of four bits, its groups along the input."""
    rows, columns = shape
    yield name + ".qweight", "I32", (columns // 8, rows), None
    yield name + ".qzeros", "I32", (columns // GROUP, rows // 8), None
    yield name + ".scales", "F16", (columns // GROUP, rows), None
    yield name + ".g_idx", "I32", (columns,), struct.pack(f"<{columns}i", *(i // GROUP for i in range(columns)))


def tensors(kind):
    """All tensors of a checkpoint: name, dtype, shape, and their bytes if these matter."""
    layers, hidden, _, _ = SHAPES[kind]
    plain = "F16" if kind == "gptq" else "BF16"
    for i in range(layers):
        for name, shape in linears(kind, i):
            yield from (fp8 if kind == "fp8" else gptq)(name, shape)
        for name in ("input", "post_attention"):
            yield f"model.layers.{i}.{name}_layernorm.weight", plain, (hidden,), None
    yield "model.norm.weight", plain, (hidden,), None
    yield "model.embed_tokens.weight", plain, (VOCABULARY, hidden), None
    yield "lm_head.weight", plain, (VOCABULARY, hidden), None


def count(shape):
    """Elements of a shape."""
    elements = 1
    for size in shape:
        elements *= size
    return elements


def repeat(out, pattern, size):
    """So many bytes of a pattern."""
    pattern *= max(1, min(size, 1 << 20) // len(pattern))
    for at in range(0, size, len(pattern)):
        out.write(pattern[: size - at])


def safetensors(kind, directory):
    """One file of safetensors and a config."""
    sizes = {"BF16": 2, "F16": 2, "F32": 4, "F8_E4M3": 1, "I32": 4}
    header, end, every = {}, 0, list(tensors(kind))
    for name, dtype, shape, _ in every:
        size = sizes[dtype] * count(shape)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(directory / "model.safetensors", "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for _, dtype, shape, content in every:
            if content is None:
                repeat(out, NUMBERS[dtype], sizes[dtype] * count(shape))
            else:
                out.write(content)
    (directory / "config.json").write_text(json.dumps(config(kind)))


def gguf_tensors():
    """Name, shape with rows first, and type of the tensors of Q4_K_M: some of its matrices have six bits."""
    layers, hidden, inner, _ = SHAPES["gguf"]
    yield "token_embd.weight", (VOCABULARY, hidden), 12
    for i in range(layers):
        more = 14 if i < layers // 8 or i >= 7 * layers // 8 or (i - layers // 8) % 3 == 2 else 12
        for name, shape, kind in (
            ("attn_norm", (hidden,), 0),
            ("attn_q", (hidden, hidden), 12),
            ("attn_k", (hidden, hidden), 12),
            ("attn_v", (hidden, hidden), more),
            ("attn_output", (hidden, hidden), 12),
            ("ffn_norm", (hidden,), 0),
            ("ffn_gate", (inner, hidden), 12),
            ("ffn_up", (inner, hidden), 12),
            ("ffn_down", (hidden, inner), more),
        ):
            yield f"blk.{i}.{name}.weight", shape, kind
    yield "output_norm.weight", (hidden,), 0
    yield "output.weight", (VOCABULARY, hidden), 14


def gguf(directory):
    """One file of GGUF, without a tokenizer."""
    layers, hidden, inner, heads = SHAPES["gguf"]
    text = lambda value: struct.pack("<Q", len(value)) + value.encode()
    pairs = [("general.architecture", 8, text("llama"))]
    for name, value in (
        ("block_count", layers),
        ("embedding_length", hidden),
        ("feed_forward_length", inner),
        ("attention.head_count", heads),
        ("attention.head_count_kv", heads),
        ("context_length", 4096),
        ("vocab_size", VOCABULARY),
    ):
        pairs.append((f"llama.{name}", 4, struct.pack("<I", value)))
    pairs.append(("llama.attention.layer_norm_rms_epsilon", 6, struct.pack("<f", 1e-5)))
    pairs.append(("llama.rope.freq_base", 6, struct.pack("<f", 10000.0)))
    half = struct.pack("<e", 0.01)
    blocks = {  # elements and bytes of a block: its halves are numbers, the rest is any bits
        0: (1, struct.pack("<f", 1.0)),
        12: (256, half + half + bytes(i * 29 & 0xFF for i in range(140))),
        14: (256, bytes(i * 29 & 0xFF for i in range(208)) + half),
    }
    header, data, end = [], [], 0
    for name, shape, kind in gguf_tensors():
        elements, block = blocks[kind]
        size = count(shape) // elements * len(block)
        dims = struct.pack(f"<{len(shape)}Q", *reversed(shape))
        header.append(text(name) + struct.pack("<I", len(shape)) + dims + struct.pack("<IQ", kind, end))
        data.append((block, size))
        end += size + -size % 32
    head = b"GGUF" + struct.pack("<IQQ", 3, len(header), len(pairs))
    head += b"".join(text(name) + struct.pack("<I", kind) + value for name, kind, value in pairs) + b"".join(header)
    with open(directory / "model.gguf", "wb") as out:
        out.write(head + bytes(-len(head) % 32))
        for block, size in data:
            repeat(out, block, size)
            out.write(bytes(-size % 32))


def make(kind, directory):
    """Writes a checkpoint, and then a file that says it is whole."""
    directory.mkdir(parents=True, exist_ok=True)
    gguf(directory) if kind == "gguf" else safetensors(kind, directory)
    (directory / "finished").touch()


if __name__ == "__main__":
    make(sys.argv[1], Path(sys.argv[2]))
