#!/usr/bin/env python3
"""Writes src/test/resources/compute: tiny checkpoints, what the reference makes of them, and TorchScript
programs to bind them into. Run once, with transformers 5.18 and torch 2.13; the tests only read the outcome.

    python src/test/python/compute.py src/test/resources/compute
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from torch import nn
from transformers import BertConfig, BertForMaskedLM, LlamaConfig, LlamaForCausalLM

WORDS = "the a cat dog sat ran on under mat rug tree and then slept . , small big old red fish bird saw fed".split()
SENTENCES = ["the small cat sat on the mat .", "a big old dog ran under the red tree , and then slept .", "the bird saw a fish"]


def randomized(model, seed, deviation):
    """Every parameter away from its initial value: ones and zeros would hide a mistake."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            offset = 1.0 if "norm" in name.lower() and name.endswith("weight") else 0.0
            parameter.copy_(offset + deviation * torch.randn(parameter.shape, generator=generator))
    return model.eval()


def bert(out):
    vocabulary = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, "##s", "##ed"])}
    config = BertConfig(vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                        intermediate_size=48, max_position_embeddings=48, pad_token_id=0)
    config._attn_implementation = "eager"
    model = randomized(BertForMaskedLM(config), 1, 0.2)
    model.save_pretrained(out / "bert")

    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens(["[PAD]", "[CLS]", "[SEP]"])
    tokenizer.save(str(out / "bert/tokenizer.json"))

    tokenizer.enable_padding()
    encoded = tokenizer.encode_batch(SENTENCES)
    ids = torch.tensor([e.ids for e in encoded])
    mask = torch.tensor([e.attention_mask for e in encoded])
    with torch.no_grad():
        hidden = model.bert(ids, mask).last_hidden_state
        weight = mask.unsqueeze(-1).float()
        embeddings = nn.functional.normalize((hidden * weight).sum(1) / weight.sum(1), dim=1)
        save_file({"input_ids": ids, "attention_mask": mask, "logits": model(ids, mask).logits,
                   "hidden": hidden, "embeddings": embeddings}, out / "bert-golden.safetensors")

        # Other weights than the checkpoint's, and a head tied to the embedding as there.
        other = randomized(BertForMaskedLM(config), 2, 0.2)
        traced = torch.jit.trace(Logits(other), (ids, mask), check_trace=False)
    traced.save(out / "bert-traced.pt")


class Logits(nn.Module):
    """The reference's model with a tensor for an answer; its names get the prefix `model`."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask):
        return self.model(ids, mask).logits


class Norm(nn.Module):
    def __init__(self, width: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))


def turned(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads, self.groups, self.dim = c.num_attention_heads, c.num_key_value_heads, c.head_dim
        self.q_proj = nn.Linear(c.hidden_size, self.heads * self.dim, bias=False)
        self.k_proj = nn.Linear(c.hidden_size, self.groups * self.dim, bias=False)
        self.v_proj = nn.Linear(c.hidden_size, self.groups * self.dim, bias=False)
        self.o_proj = nn.Linear(self.heads * self.dim, c.hidden_size, bias=False)

    def forward(self, x, cos, sin):
        b, n = x.shape[0], x.shape[1]
        q = turned(self.q_proj(x).view(b, n, self.heads, self.dim).transpose(1, 2), cos, sin)
        k = turned(self.k_proj(x).view(b, n, self.groups, self.dim).transpose(1, 2), cos, sin)
        v = self.v_proj(x).view(b, n, self.groups, self.dim).transpose(1, 2)
        k = k.repeat_interleave(self.heads // self.groups, 1)
        v = v.repeat_interleave(self.heads // self.groups, 1)
        y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(y.transpose(1, 2).reshape(b, n, -1))


class Mlp(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.gate_proj = nn.Linear(c.hidden_size, c.intermediate_size, bias=False)
        self.up_proj = nn.Linear(c.hidden_size, c.intermediate_size, bias=False)
        self.down_proj = nn.Linear(c.intermediate_size, c.hidden_size, bias=False)

    def forward(self, x):
        return self.down_proj(nn.functional.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.self_attn = Attention(c)
        self.mlp = Mlp(c)
        self.input_layernorm = Norm(c.hidden_size, c.rms_norm_eps)
        self.post_attention_layernorm = Norm(c.hidden_size, c.rms_norm_eps)

    def forward(self, x, cos, sin):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Program(nn.Module):
    """A Llama for torch.jit.script, which the reference's is not; it has the base model's parts at its root."""

    def __init__(self, c):
        super().__init__()
        self.embed_tokens = nn.Embedding(c.vocab_size, c.hidden_size)
        self.layers = nn.ModuleList(Layer(c) for _ in range(c.num_hidden_layers))
        self.norm = Norm(c.hidden_size, c.rms_norm_eps)
        self.rotary_emb = Rotary(c.head_dim)
        self.lm_head = nn.Linear(c.hidden_size, c.vocab_size, bias=False)
        self.lm_head.weight = self.embed_tokens.weight

    def forward(self, ids):
        x = self.embed_tokens(ids)
        cos, sin = self.rotary_emb(ids.shape[1])
        for layer in self.layers:
            x = layer(x, cos, sin)
        return self.lm_head(self.norm(x))


class Rotary(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.register_buffer("inv_freq", torch.ones(dim // 2))

    def forward(self, n: int):
        angles = torch.outer(torch.arange(n, device=self.inv_freq.device).float(), self.inv_freq)
        both = torch.cat([angles, angles], -1)
        return both.cos(), both.sin()


def llama(out):
    vocabulary = {word: i for i, word in enumerate(["<unk>", "<s>", "</s>", *WORDS])}
    config = LlamaConfig(vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                         num_key_value_heads=2, head_dim=8, intermediate_size=48, max_position_embeddings=128,
                         rms_norm_eps=1e-5, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2,
                         rope_parameters={"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0,
                                          "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                                          "original_max_position_embeddings": 64})
    model = randomized(LlamaForCausalLM(config), 3, 0.3)
    model.save_pretrained(out / "llama")

    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    tokenizer.add_special_tokens(["<s>", "</s>"])
    tokenizer.save(str(out / "llama/tokenizer.json"))

    prompt = torch.tensor([tokenizer.encode("the old cat saw a").ids])
    with torch.no_grad():
        ids, steps = prompt, []
        for _ in range(24):
            steps.append(model(ids).logits[:, -1])
            best = steps[-1].topk(2).values[0]
            assert best[0] - best[1] > 1e-3, "a tie that rounding could turn"
            ids = torch.cat([ids, steps[-1].argmax(-1, keepdim=True)], 1)
        generated = model.generate(prompt, max_new_tokens=24, do_sample=False, eos_token_id=None)
        assert torch.equal(ids, generated)
        save_file({"prompt": prompt, "logits": model(prompt).logits, "generated": ids[:, prompt.shape[1]:].contiguous(),
                   "steps": torch.cat(steps)}, out / "llama-golden.safetensors")

        # No weights at all: what computes, in a file of its own.
        with torch.device("meta"):
            program = Program(config).eval()
        torch.jit.script(program).save(out / "llama-scripted.pt")


if __name__ == "__main__":
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    bert(directory)
    llama(directory)
