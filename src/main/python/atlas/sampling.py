"""Random, small, valid configs of any model type of the reference: fields by their names, then by what builds."""
import copy, random, re, signal
import torch, transformers
from transformers import PreTrainedConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

SKIP = re.compile(r"(_token_id|_token_index|_id|_ids|index|_idx|version|seed|_size_factor|return_|output_|use_cache|is_composition|"
                  r"chunk_size|dtype|transformers|problem_type|label|tie_|is_encoder|is_decoder|cross_attention|timm|pretrained|gradient|torch|pruned)")

class Late(Exception): pass
def alarm(*_): raise Late()

def fields(config):
    d = {k: v for k, v in vars(config).items() if not k.startswith("_")}
    return d

def unit(r):
    heads = r.choice([2, 4, 4, 6]); head = r.choice([4, 8, 12, 16, 20]); kv = r.choice([x for x in (1, 2, heads) if heads % x == 0])
    return dict(heads=heads, head=head, kv=kv, hidden=heads * head)

def mutation(name, v, u, r, cfg):
    """A new value of one field by its name, or None to leave it."""
    n = name
    if v is None or isinstance(v, (dict, str, float)): return None
    if isinstance(v, bool):
        if SKIP.search(n) and not n.startswith("tie_word"): return None
        return (not v) if r.random() < 0.35 else None
    if isinstance(v, int):
        if re.search(r"(pad|bos|eos|cls|sep|mask|unk|start|end|image|video|audio|vision|token).*_(token_id|token_index)$|_token_id$|_token_index$", n):
            return r.randrange(0, 20) if v > 20 else None
        if SKIP.search(n): return None
        if re.search(r"key_value_heads|kv_heads|num_kv|n_kv", n): return u["kv"]
        if re.search(r"head_dim|attention_head_size|d_head|d_kv|dim_head|head_size", n): return u["head"]
        if re.search(r"n_heads?$|num_heads|attention_heads|_heads$|^n_head", n): return u["heads"]
        if re.search(r"vocab|num_tokens$", n): return r.choice([97, 101, 103, 107, 109, 113, 127])
        if re.search(r"(hidden_size|d_model|embed_dim|n_embd|hidden_dim|^dim$|embedding_size|width|encoder_dim|_dim$|input_dim|channels$|dim_out|hidden_features)", n):
            if n in ("num_channels", "in_channels", "in_chans", "input_channels"): return r.choice([1, 2, 3])
            return u["hidden"] if v >= 16 else None
        if re.search(r"intermediate|ffn|_ff$|d_inner|ff_dim|mlp_dim|inner", n): return r.choice([22, 26, 34, 38, 46, 58, 62]) if v > 16 else None
        if re.search(r"layers|depth$|num_blocks|n_layer|num_stages", n): return r.choice([2, 2, 3, 3, 4, 5, 6]) if v > 1 else None
        if re.search(r"experts_per_tok|top_?k", n): return min(v, 2)
        if re.search(r"n_group|topk_group|num_groups", n): return None
        if re.search(r"expert", n): return r.choice([3, 4, 6]) if v > 2 else None
        if re.search(r"max_position|n_positions|max_.*positions|seq_len|max_len|context_len|block_size|n_ctx", n): return r.choice([40, 56, 88, 104]) if v >= 32 else None
        if re.search(r"image_size|img_size", n): return 4 * 8 * r.randrange(1, 3) if v > 32 else None
        if re.search(r"patch_size", n): return r.choice([4, 8]) if v > 2 else None
        if re.search(r"num_mel|mel_bins", n): return 8 * r.randrange(1, 4)
        if re.search(r"queries|num_query|n_quer", n): return r.randrange(5, 15)
        if re.search(r"rank", n): return r.randrange(4, 14)
        if re.search(r"state|conv_kernel|d_conv|kernel", n): return None if v < 3 else (v + r.choice([0, 2]) if v < 16 else r.randrange(4, 12))
        if re.search(r"num_codebooks|num_quantizers|n_codes", n): return r.randrange(2, 5) if v > 3 else None
        if re.search(r"codebook_size|codebook", n): return r.randrange(20, 40) if v > 40 else None
        if v >= 128: return 8 * r.randrange(3, 8)
        return Odd(v + r.choice([0, 1, 2, v])) if 2 < v < 128 else None
    if isinstance(v, list) and len(set(map(str, v))) > 1 and "type" in n and all(isinstance(x, str) for x in v) and isinstance(vars(type(cfg)).get("num_hidden_layers"), property):
        return [r.choice(sorted(set(v))) for _ in range(r.randrange(2, 8))]
    if isinstance(v, (list, tuple)) and v and all(isinstance(x, int) and not isinstance(x, bool) for x in v):
        t = type(v)
        if SKIP.search(n) or re.search(r"indices|layers_|strides|kernel|dilation|ratios|rates", n): return None
        if re.search(r"depth|layers|blocks", n): return t(r.randrange(1, 3) for _ in v)
        if re.search(r"heads", n): return t(r.choice([2, 2, 4]) for _ in v)
        if re.search(r"hidden|dim|channel|width|size", n) and min(v) >= 8:
            b = sorted(r.sample(range(1, 4 + len(v)), len(v))) if len(set(v)) > 1 else [2] * len(v)
            return t(16 * x for x in b)
    return None

def build_limit(cls, cfg, seconds=20):
    """Builds a class on the meta device, within a time."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        with torch.device("meta"): return cls._from_config(cfg, dtype=torch.float32)
    finally: signal.setitimer(signal.ITIMER_PROF, 0)

def sub_names(config):
    return [k for k in (getattr(type(config), "sub_configs", None) or {}) if isinstance(getattr(config, k, None), PreTrainedConfig)]

class Odd(int): pass
def plan(config, r, prefix=(), decoupled=False):
    """[(path, value)] groups; one group a unit."""
    u, out = unit(r), []
    for k, v in fields(config).items():
        # What a class computes nobody sets; deriving.py asks what happens if somebody does.
        if k in sub_names(config) or isinstance(v, PreTrainedConfig) or k not in getattr(type(config), "__dataclass_fields__", {k: 0}): continue
        new = mutation(k, v, unit(r) if decoupled and r.random() < 0.5 else u, r, config)
        if new is not None and new != v: out.append((prefix + (k,), new))
    for k in sub_names(config): out += plan(getattr(config, k), r, prefix + (k,), decoupled)
    return out

def nested(muts):
    d = {}
    for path, v in muts:
        at = d
        for p in path[:-1]: at = at.setdefault(p, {})
        at[path[-1]] = v
    return d

def kwargs_of(muts, base):
    d = nested(muts)
    def fill(d, cfg):
        for k in list(d):
            if isinstance(d[k], dict):
                sub = getattr(cfg, k); fill(d[k], sub); d[k] = {"model_type": sub.model_type, **d[k]}
    fill(d, base)
    return d

def find(mt, seed, classes, limit=25, decoupled=False):
    """A random config of a model type (as kwargs) under which the classes build on the meta device."""
    cfg_cls = CONFIG_MAPPING[mt]; r = random.Random(f"{mt}/{seed}"); base = cfg_cls()
    muts = plan(base, r, (), decoupled); odd = [(p, int(v)) for p, v in muts if type(v) is Odd]; muts = [m for m in muts if type(m[1]) is not Odd]; big = [m for m in muts if not isinstance(m[1], bool)]; flags = [m for m in muts if isinstance(m[1], bool)]
    if "tie_word_embeddings" in vars(base) and r.random() < 0.5: flags.append((("tie_word_embeddings",), not base.tie_word_embeddings))
    tries = [0]
    def ok(ms):
        tries[0] += 1
        try:
            kw = kwargs_of(ms, base); signal.setitimer(signal.ITIMER_PROF, 10)
            for c in classes:
                cfg = cfg_cls(**copy.deepcopy(kw))
                with torch.device("meta"): c._from_config(cfg, dtype=torch.float32)
            return True
        except Exception: return False
        finally: signal.setitimer(signal.ITIMER_PROF, 0)
    kept = []
    def add(group):
        nonlocal kept
        if not group or tries[0] > limit: return
        if ok(kept + group): kept = kept + group; return
        if len(group) == 1: return
        h = len(group) // 2; add(group[:h]); add(group[h:])
    # sizes of one unit together first, then lists, then flags
    add(big)
    limit += 8
    add(flags); limit += 4; add(odd)
    if kept and r.random() < 0.6:
        labels = [(("num_labels",), r.randrange(3, 12))]
        if ok(kept + labels): kept = kept + labels
    return kwargs_of(kept, base), len(kept), len(muts)
