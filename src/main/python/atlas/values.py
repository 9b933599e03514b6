#!/usr/bin/env python3
"""Adds to documents what the constructors leave in buffers, and which of them keep float32 in every load.

usage: values.py GENERATED [TYPE…]

Each class is built on the CPU under a few of the configs it was checked with. A buffer's value is said only if one of
the forms of docs/atlas.md gives its bytes in all of them; of others nothing is said, so that they must be loaded.
"""
import copy
import inspect
import json
import math
import os
import pickle
import re
import sys
import warnings
import zlib

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import torch
import transformers

import evaluating
import importlib
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

torch.set_num_threads(1)
transformers.logging.set_verbosity(transformers.logging.CRITICAL)
LARGEST = 20_000_000


def digits(name):
    return re.sub(r"\d+", "#", name)


def rotary(theta, dim):
    return 1.0 / (theta ** (torch.arange(0, dim, 2, dtype=torch.int64).to(dtype=torch.float) / dim))


def halves(doc):
    """What buffers have half of: the dimensions that may rotate."""
    found = set()

    def walk(statements):
        for s in statements if isinstance(statements, list) else ():
            if "buffer" in s and len(s["shape"]) == 1 and isinstance(s["shape"][0], str):
                if m := re.fullmatch(r"\(?(.*?)(?: \+ 1\))? // 2", s["shape"][0]):
                    found.add(m.group(1))
            for key in ("do", "then", "else"):
                walk(s.get(key))

    for statements in [*doc["blocks"].values(), *(c["root"] for c in doc["classes"].values())]:
        walk(statements)
    out = []
    for s in sorted(found, key=len):
        try:
            evaluating.parsed(s)
            out.append(s)
        except SyntaxError:
            pass
    return out


def equal(a, b):
    return a.shape == b.shape and a.dtype == b.dtype and torch.equal(a, b)


def number(samples):
    """One number in all elements of all."""
    first = samples[0][0]
    if all(t.dim() and t.numel() < 2 for t, _ in samples):
        return None
    if first.numel() == 0 or first.dtype == torch.bool and not first.any():
        return None
    n = first.reshape(-1)[0].item()
    if n != n or abs(n) == float("inf"):
        return None
    if all(t.numel() and bool((t == n).all()) for t, _ in samples):
        return {"number": int(n) if n == int(n) else n}
    return None


def arange(samples):
    if all(t.dim() >= 1 and t.dtype == torch.int64 and equal(t, torch.arange(t.shape[-1]).expand(t.shape)) for t, _ in samples):
        return {"arange": True}
    return None


def counted(samples):
    """Logarithms of 1, 2, … along the last dimension: the time constants of Mamba."""
    if all(t.dim() >= 1 and t.dtype == torch.float32 and t.shape[-1] > 1 and equal(t, torch.log(torch.arange(1, t.shape[-1] + 1, dtype=torch.float32)).expand(t.shape)) for t, _ in samples):
        return {"logarithms": True}
    return None


def triangle(samples):
    """A mask of what came before."""
    if all(t.dim() >= 2 and t.dtype in (torch.bool, torch.uint8) and t.shape[-1] == t.shape[-2] > 1 and t.numel() == t.shape[-1] ** 2
           and equal(t, torch.tril(torch.ones(t.shape[-2:], dtype=t.dtype)).view(t.shape)) for t, _ in samples):
        return {"triangle": True}
    return None


def waves(kind, rows, wide):
    """Sines of all positions, then cosines."""
    half, at = wide // 2, torch.arange(rows, dtype=torch.int64)
    if kind == "double":
        j = torch.arange(wide, dtype=torch.float64)
        angle = at.double()[:, None] / 10000 ** (2 * (j // 2) / wide)
        return torch.cat([torch.sin(angle[:, 0::2]), torch.cos(angle[:, 1::2])], 1).float()
    if kind == "exponential":
        scale = torch.exp(torch.arange(half, dtype=torch.int64).float() * -(math.log(10000) / max(half - 1, 1)))
    else:
        scale = 1.0 / (10000 ** (torch.arange(0, wide, 2, dtype=torch.int64).float() / wide))
    angle = at.float()[:, None] * scale[None]
    return torch.cat([torch.sin(angle), torch.cos(angle), torch.zeros(rows, wide - 2 * len(scale))], 1)


def sines(samples):
    """Positions as sines and cosines of growing wavelengths, perhaps but for one row of zeros."""
    if not all(t.dim() == 2 and t.dtype == torch.float32 and t.shape[0] > 2 and t.shape[1] > 5 for t, _ in samples):
        return None
    for kind in ("exponential", "power", "double"):
        empty = []
        for t, env in samples:
            if kind == "power" and t.shape[1] % 2:
                break
            want = waves(kind, *t.shape)
            rows = (t != want).any(1).nonzero().reshape(-1).tolist()
            if len(rows) > 1 or rows and t[rows[0]].any():
                break
            empty.append(rows[0] if rows else None)
        else:
            if all(r is None for r in empty):
                return {"sines": kind}
            names = sorted((k for k in samples[0][1] if re.search(r"pad_token_id$|padding_idx$", k)), key=len)
            for e in [*names, str(empty[0])]:
                if all(evaluating.value(e, env) == r for r, (_, env) in zip(empty, samples)):
                    return {"sines": kind, "padding": e}
    return None


def frequencies(samples, dims):
    """Plain rotary frequencies, by the field that holds their base."""
    if any(t.numel() < 2 for t, _ in samples[:1]) and all(t.numel() < 2 for t, _ in samples):
        return None
    if not all(t.dim() == 1 and t.dtype == torch.float32 and t.numel() for t, _ in samples):
        return None
    names = [k for k, v in samples[0][1].items() if isinstance(v, (int, float)) and not isinstance(v, bool) and re.search(r"theta|base", k)]
    for dim in dims:
        try:
            wide = [evaluating.value(dim, env) for _, env in samples]
        except Exception:
            continue
        if not all(isinstance(d, int) and (d + 1) // 2 == t.shape[0] for d, (t, _) in zip(wide, samples)):
            continue
        for e in names + ["10000.0"]:
            name = e if re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*|[\d.]+", e) else f"field('{e}')"
            bases = [evaluating.value(name, env) for _, env in samples]
            if all(isinstance(x, (int, float)) and equal(t, rotary(x, d)) for x, d, (t, _) in zip(bases, wide, samples)):
                said = {"rotary": name, "dim": dim}
                kind = re.sub(r"rope_theta$", "rope_type", e)
                if kind != e:
                    said["if"] = f"{kind} == {samples[0][1].get(kind)!r}"
                return said
    return None


SCALINGS = {
    "linear": {"factor": 2.0}, "dynamic": {"factor": 2.0}, "yarn": {"factor": 4.0, "original_max_position_embeddings": 32},
    "llama3": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32},
}


def plain(cfg, kw):
    """A config with all its fields, but those that JSON has no words for."""
    def said(v):
        if isinstance(v, dict):
            return None if "__float__" in v else {k: said(x) for k, x in v.items() if k in kw or not odd(x)}
        return v

    def odd(v):
        return isinstance(v, dict) and "__float__" in v or isinstance(v, list) and any(odd(x) for x in v)

    return said(json.loads(cfg.to_json_string(use_diff=False)))


def scaled(values, doc, cls, cfg_cls, kws):
    """Which patterns of plain frequencies follow the package's own scalings, all of them."""
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
    good = {p for p, v in values.items() if "rotary" in v and re.search(r"(^|\.)rope_parameters\.rope_theta$", v["rotary"])}
    for kind, more in SCALINGS.items():
        if not good:
            break
        found = set()
        for kw in kws:
            try:
                raw = plain(cfg_cls(**copy.deepcopy(kw)), kw)

                def other(d):
                    return {k: {**{a: b for a, b in v.items() if a in ("rope_theta", "partial_rotary_factor")}, "rope_type": kind, **more} if k == "rope_parameters" and isinstance(v, dict) and "rope_theta" in v
                            else other(v) if isinstance(v, dict) else v for k, v in d.items()}

                raw = other(raw)
                cfg = cfg_cls.from_dict(copy.deepcopy(raw))
                env = evaluating.processed(doc["config"], json.loads(json.dumps(raw)))
                for k, v in evaluating.flatten(raw).items():
                    env.setdefault(k, v)
                m = buffers(cls._from_config(copy.deepcopy(cfg), dtype=torch.float32))
            except Exception:
                continue
            for n, b in m.items():
                p = digits(n)
                if p not in good:
                    continue
                part = values[p]["rotary"].rpartition("rope_parameters.rope_theta")[0]
                settings = env.get(part + "rope_parameters")
                if not isinstance(settings, dict) or settings.get("rope_type") != kind or settings.get("partial_rotary_factor", 1.0) != 1.0:
                    continue
                wide = evaluating.value(values[p]["dim"], env)
                asked = transformers.PreTrainedConfig(head_dim=wide, hidden_size=wide, num_attention_heads=1, max_position_embeddings=env.get(part + "max_position_embeddings"))
                asked.rope_parameters = {"rope_theta": env[part + "rope_parameters.rope_theta"], **settings}
                try:
                    want = ROPE_INIT_FUNCTIONS[kind](asked, "cpu")[0]
                    if equal(b, want):
                        found.add(p)
                        continue
                except Exception:
                    pass
                good.discard(p)
            if good <= found:
                break
        good &= found
    return good


def turned(raw, at, path=""):
    """A config whose rotary bases are all others, so that each is told from the rest and from constants."""
    def base(k, v):
        return isinstance(v, (int, float)) and not isinstance(v, bool) and re.search(r"theta$|rotary_emb_base|base_freq", k)
    return {k: turned(v, at, path + k + ".") if isinstance(v, dict) else "default" if k == "rope_type" and v in SCALINGS else v * (1 + at * (1 + zlib.crc32((path + k).encode()) % 97) / 16) if base(k, v) else v for k, v in raw.items()}


def small(cls, cfg):
    with torch.device("meta"):
        return sum(p.numel() for p in cls._from_config(copy.deepcopy(cfg), dtype=torch.float32).parameters()) < LARGEST


def buffers(m):
    out = {}
    for prefix, module in m.named_modules(remove_duplicate=False):
        for n, b in module._buffers.items():
            if b is not None:
                out[f"{prefix}.{n}" if prefix else n] = b
    return out


def of_class(doc, name, cls, cfg_cls, kws):
    """{pattern: value}, [patterns of what stays in float32]"""
    found, fixed, seen, random = {}, {}, 0, set()
    for at, kw in enumerate(kws):
        try:
            raw = turned(plain(cfg_cls(**copy.deepcopy(kw)), kw), at)
            cfg = cfg_cls.from_dict(copy.deepcopy(raw))
            if not small(cls, cfg):
                continue
            env = evaluating.processed(doc["config"], json.loads(json.dumps(raw)))
            for k, v in evaluating.flatten(raw).items():
                env.setdefault(k, v)
            torch.manual_seed(at)
            m = cls._from_config(copy.deepcopy(cfg), dtype=torch.float32)
            narrow = buffers(cls._from_config(copy.deepcopy(cfg), dtype=torch.bfloat16))
            again = cls._from_config(copy.deepcopy(cfg), dtype=torch.float32)
            other, second = buffers(again), dict(again.named_parameters(remove_duplicate=False))
            made = {}
            for n, rule, _ in evaluating.model(doc, name, env)[2]:
                made.setdefault(n, set()).add(rule["rule"])
        except Exception:
            continue
        seen += 1
        for n, b in m.named_parameters(remove_duplicate=False):
            # Of parameters, only what is copied in: what no step writes is raw memory in the reference.
            if made.get(n) == {"value"}:
                found.setdefault(digits(n), []).append((b.detach().clone() if equal(b.detach(), second[n].detach()) else None, env))
            else:
                random.add(digits(n))
        for n, b in buffers(m).items():
            p = digits(n)
            found.setdefault(p, []).append((b.detach().clone() if equal(b, other[n]) else None, env))
            if b.is_floating_point():
                fixed.setdefault(p, set()).add(narrow[n].dtype == torch.float32)
    if seen < 3:
        return None
    values, dims = {}, halves(doc)
    for p, samples in found.items():
        if p in random:
            continue
        if any(t is None for t, _ in samples) or any(t.is_meta for t, _ in samples):
            continue
        for form in (number, arange, counted, triangle, sines, lambda x: frequencies(x, dims)):
            if v := form(samples):
                values[p] = v
                break
    if any(len(s) > 1 for s in fixed.values()):
        return None
    return values, sorted(p for p, s in fixed.items() if True in s)


MODELLED = {"rope_theta", "rope_scaling", "partial_rotary_factor", "rope_parameters", "torch_dtype", "dtype", "num_labels", "id2label", "label2id", "model_type", "architectures",
            "attn_implementation", "experts_implementation", "name_or_path", "return_dict", "use_cache", "pad_token_id", "bos_token_id", "eos_token_id", "tie_word_embeddings"}


def older(cfg_cls):
    """Names that a config class takes from what it was given without having such a field: older spellings."""
    found = set()
    for c in cfg_cls.__mro__:
        if ".models." not in c.__module__:
            continue
        source = inspect.getsource(c)
        found |= set(re.findall(r"""kwargs\.(?:pop|get|setdefault)\(\s*["'](\w+)["']""", source)) | set(re.findall(r"""["'](\w+)["'] (?:not )?in kwargs""", source))
        found |= set(re.findall(r"""kwargs\[["'](\w+)["']\]""", source)) | {k for k, v in vars(c).items() if isinstance(v, property) and v.fset is not None}
    return found


def refuse_older(doc, cfg_cls):
    """Older spellings that the document does not model are refused when a config has them."""
    cfg = cfg_cls()
    parts = {"": cfg}

    def walk(c, prefix):
        for k, v in vars(c).items():
            if isinstance(v, transformers.PreTrainedConfig):
                parts[prefix + k] = v
                walk(v, prefix + k + ".")

    walk(cfg, "")
    words = json.dumps([doc["config"].get("derive", []), doc["blocks"], doc["classes"]])
    absent = set(doc["config"].get("absent", ()))
    for path, c in parts.items():
        saved = c.to_dict()
        aliases = doc["config"].get("aliases", {}).get(path, {})
        for k in older(type(c)) - MODELLED - set(aliases) - {n.rpartition(".")[2] for n in doc.get("olders", ())}:
            full = f"{path}.{k}" if path else k
            if k not in saved and k not in parts and not isinstance(getattr(c, k, None), transformers.PreTrainedConfig) and not re.search(rf"(?<![\w.]){re.escape(full)}(?![\w.])", words):
                absent.add(full)
    if absent:
        doc["config"]["absent"] = sorted(absent)


def main(out, *types):
    for path in sorted(os.listdir(out)):
        mt = path[:-5]
        if not path.endswith(".json") or types and mt not in types:
            continue
        full = os.path.join(out, path)
        doc = json.load(open(full))
        cfg_cls = CONFIG_MAPPING[mt]
        before = json.dumps(doc)
        refuse_older(doc, cfg_cls)
        if json.dumps(doc) != before:
            with open(full, "w") as f:
                json.dump(doc, f, indent=1)
        if "valued" in doc:
            continue
        with open(os.path.join(out, "left-out", mt + ".pickle"), "rb") as f:
            kws = pickle.load(f)["fresh"][:4]
        mod = importlib.import_module(cfg_cls.__module__.replace("configuration_", "modeling_"))
        said, turning, asked = 0, set(), False
        for name, c in doc["classes"].items():
            got = of_class(doc, name, getattr(mod, name), cfg_cls, kws)
            if got is None:
                continue
            if not asked and any("rotary" in v for v in got[0].values()):
                asked = True
                turning = {p.rpartition(".")[0].rpartition(".")[2] for p in scaled(got[0], doc, getattr(mod, name), cfg_cls, kws)}
            for p, v in got[0].items():
                if "rotary" in v and p.rpartition(".")[0].rpartition(".")[2] in turning:
                    v["scaled"] = True
            if got[0]:
                c["values"] = got[0]
                said += len(got[0])
            if got[1]:
                c["fixed"] = got[1]
        doc["valued"] = True
        with open(full, "w") as f:
            json.dump(doc, f, indent=1)
        print(f"{mt}: {said} values", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
