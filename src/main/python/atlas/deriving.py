"""From config.json to the fields a config class has: defaults, aliases, and what its constructor computes, traced."""
import ast
import copy
import dataclasses
import inspect
import json
import re

import tracing as A
from tracing import plain
import merging as M
import evaluating
from documents import Unwritable, bare, condition, text

from transformers import PreTrainedConfig
from transformers.backbone_utils import BackboneConfigMixin
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

IGNORED = A.IGNORED | {"_attn_implementation", "return_dict", "output_hidden_states", "output_attentions", "dtype", "chunk_size_feed_forward", "problem_type", "model_type"}


def jsonable(v):
    if isinstance(v, float):
        return v == v and abs(v) != float("inf")
    if v is None or isinstance(v, (bool, int, str)):
        return True
    if isinstance(v, list):
        return all(jsonable(x) for x in v)
    return isinstance(v, dict) and all(jsonable(x) for x in v.values())


def sub_class(cfg_cls, name, given):
    """The class of a config inside another, and whether the config itself chooses it."""
    c = (getattr(cfg_cls, "sub_configs", None) or {}).get(name)
    if c is None:
        return None, False
    if c.__name__ == "AutoConfig" or not issubclass(c, PreTrainedConfig):
        t = given.get("model_type")
        return (CONFIG_MAPPING[t] if t in CONFIG_MAPPING else None), True
    return c, False


def class_defaults(cfg_cls):
    out = {}
    for f in dataclasses.fields(cfg_cls):
        if f.name in IGNORED or f.name.startswith("_"):
            continue
        if f.default is not dataclasses.MISSING:
            out[f.name] = plain(f.default)
        elif f.default_factory is not dataclasses.MISSING:
            out[f.name] = plain(f.default_factory())
    return {k: v for k, v in out.items() if jsonable(v)}


def full(cfg):
    return json.loads(json.dumps(cfg.to_dict(), default=str))


def shape_of(cfg_cls, example):
    """{path: class} of all configs inside, by the config that was built with what is default."""
    parts = {"": cfg_cls}

    def walk(cfg, prefix):
        for k, v in vars(cfg).items():
            if isinstance(v, PreTrainedConfig):
                parts[prefix + k] = type(v)
                walk(v, prefix + k + ".")

    walk(example, "")
    return parts


def raw_defaults(parts):
    out = {}
    for path, c in parts.items():
        at = out
        for step in path.split(".") if path else ():
            at[step] = at = at.get(step) if isinstance(at.get(step), dict) else {}
        for k, v in class_defaults(c).items():
            if not isinstance(at.get(k), dict):
                at[k] = v
    return out


def traced(cfg_cls, raw, parts, config):
    """A config built from a raw one whose fields know their names: ({path: (value, expression)}, plain raw by path, scope)."""
    raw = copy.deepcopy(raw)
    env = evaluating.processed({**config, "derive": [], "required": [], "absent": []}, raw)

    def wrapped(d, prefix, c):
        out = {}
        own = dict(d)
        if c is not None:
            taken = {k: v for k, (v, _) in olders(c).items() if v is not None}
            own = {**class_defaults(c), **taken, **d}
        for k, v in own.items():
            p = prefix + k
            if isinstance(v, dict) and p in parts:
                out[k] = wrapped(v, p + ".", parts[p])
            elif k in IGNORED or k.startswith("_") or isinstance(v, dict):
                out[k] = copy.deepcopy(v)
                if isinstance(v, dict) and k not in ("id2label", "label2id"):
                    out[k] = {a: A.wrap(b, ("f", f"{p}.{a}")) if isinstance(b, (int, float, str)) else copy.deepcopy(b) for a, b in v.items()}
            else:
                out[k] = A.wrap(copy.deepcopy(v), ("f", p)) if v is not None else None
        return out

    kw = wrapped({k: v for k, v in raw.items() if k not in ("model_type", "transformers_version", "architectures")}, "", cfg_cls)
    A.start()
    sc = A.Scope(cfg_cls.__name__, None, ())
    A.T.stack, A.T.bases = [sc], [0]
    try:
        cfg = cfg_cls(**kw)
        out = {}

        def walk(c, prefix):
            for k, v in vars(c).items():
                if k in IGNORED or k.startswith("__") or k == "_path":
                    continue
                if isinstance(v, PreTrainedConfig):
                    walk(v, prefix + k + ".")
                elif isinstance(v, dict):
                    flat = evaluating.flatten({k: v}, prefix)
                    for p, x in flat.items():
                        out[p] = (plain(x), A.ex(x) if type(x) in A.KINDS else None)
                else:
                    out[prefix + k] = (plain(v), A.ex(v) if type(v) in A.KINDS else None, v)
            for k in A.properties(type(c)):
                try:
                    v = getattr(c, k)
                except Exception:
                    continue
                if v is None or isinstance(v, (int, float, str, list, tuple)):
                    out[prefix + k] = (plain(v), A.ex(v) if type(v) in A.KINDS else None, v)
            if isinstance(c.__dict__.get("id2label"), dict):
                out[prefix + "num_labels"] = (len(c.id2label), None)

        walk(cfg, "")
    finally:
        A.T.on = False
    return out, env, sc


def same(a, b):
    return type(a) is type(b) and a == b or isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool) and not isinstance(b, bool) and a == b


PATTERNS = []  # older names of the class at hand that spell a list by letters


class Item:
    """What merging asks of a node."""

    def __init__(self, v, e, obj, sc):
        self.v, self.e, self.obj, self.sc = v, e, obj, sc


def gives(e, s):
    """Whether an expression has a value, the one that is there."""
    try:
        return same(A.ev(e, s.env), s.x.v)
    except Exception:
        return False


def leaf(ss):
    es = list(dict.fromkeys(s.x.e for s in ss if s.x.e is not None and M.hash_ok(s.x.e)))
    es = [e for e in es if all(gives(e, s) for s in ss)]
    if es:
        return ("expr", min(es, key=A.size))
    if all(same(s.x.v, ss[0].x.v) for s in ss) and jsonable(ss[0].x.v) and not isinstance(ss[0].x.v, dict):
        return ("expr", ("c", ss[0].x.v))
    if all(isinstance(s.x.v, list) for s in ss):
        return elements(ss)
    if all(type(s.x.v) is int for s in ss):
        for key, v in ss[0].env["cfg"].items():
            if isinstance(v, (str, list)) and all(isinstance(s.env["cfg"].get(key), (str, list)) and len(s.env["cfg"][key]) == s.x.v for s in ss):
                return ("expr", ("len", ("f", key)))
    raise M.Unfit("no expression")


def elements(ss):
    """A list by its elements."""
    counts = []
    for s in ss:
        for name, count in s.sc.counts.items():
            if count is not None and M.hash_ok(count) and (name, count) not in counts and all(M.value(count, x.env) == len(x.x.v) for x in ss):
                counts.append((name, count))
    for key, v in ss[0].env["cfg"].items():
        # A list that is multiplied or joined: as long as a field says.
        if len(counts) < 4 and type(v) is int and v == len(ss[0].x.v) and all(s.env["cfg"].get(key) == len(s.x.v) for s in ss):
            counts.append(("list", ("f", key)))
    for key, v in ss[0].env["cfg"].items():
        # A pattern, a letter for each.
        if len(counts) < 4 and isinstance(v, str) and len(v) > 1 and all(isinstance(s.env["cfg"].get(key), str) and len(s.env["cfg"][key]) == len(s.x.v) for s in ss):
            counts.append(("pattern", ("len", ("f", key))))
    for name, count in counts[:4]:
        inner = []
        for s in ss:
            for t, v in enumerate(s.x.v):
                o = s.x.obj[t] if isinstance(s.x.obj, list) and type(s.x.obj) is list else None
                inner.append(M.S(Item(v, A.ex(o) if type(o) in A.KINDS else None, o, s.sc), {"cfg": s.env["cfg"], "loops": {name: t}}, s.sc, None))
        if not inner:
            continue
        try:
            return ("list", name, count, grow(inner))
        except M.Unfit:
            pass
    raise M.Unfit("no list")


def grow(ss):
    def sig(s):
        if s.x.e is not None and M.hash_ok(s.x.e) and s.x.e[0] != "c":
            return ("e", s.x.e)
        if isinstance(s.x.v, list):
            return ("l",)
        return ("c", repr(s.x.v))

    try:
        return leaf(ss)
    except M.Unfit:
        pass
    for key in PATTERNS:
        # What is given in another way, or not.
        there = [s.env["cfg"].get(key) for s in ss]
        if None in there and any(v is not None for v in there):
            a, b = [s for s, v in zip(ss, there) if v is None], [s for s, v in zip(ss, there) if v is not None]
            try:
                return ("if", ("none", ("f", key)), grow(a), grow(b))
            except M.Unfit:
                pass
    return M.split(ss, sig, leaf)


def written(d, loops):
    if d[0] == "if":
        return {"if": condition(d[1], loops), "then": written(d[2], loops), "else": written(d[3], loops)}
    if d[0] == "list":
        var = "ijkl"[len(loops)]
        return {"for": var, "in": bare(text(d[2], loops)), "of": written(d[3], {**loops, d[1]: var})}
    return bare(text(d[1], loops))


def variants(cfg_cls, kw, mt, rnd):
    """Raw configs that mean what a short one does: itself, all fields, some of them left out."""
    out = [json.loads(json.dumps({"model_type": mt, **kw}))]
    try:
        whole = full(cfg_cls(**copy.deepcopy(kw)))
    except Exception:
        return out
    out.append(whole)

    def some(d):
        # Names of stages are not given without what they are counted by.
        return {k: some(v) if isinstance(v, dict) and "model_type" in v else v for k, v in d.items() if k != "stage_names" and (k == "model_type" or isinstance(v, dict) or rnd.random() < 0.6)}

    out.append(some(whole))
    return out


def deeper(cfg_cls, kw, mt):
    """Raw configs of many more layers, which nobody builds: what is listed layer by layer shows its rule."""
    out = []
    try:
        whole = full(cfg_cls(**copy.deepcopy(kw)))
    except Exception:
        return out

    def grown(d, by):
        return {k: grown(v, by) if isinstance(v, dict) else v + by for k, v in d.items()
                if isinstance(v, dict) and "model_type" in v or type(v) is int and re.search(r"layers|depth$|n_layer|num_blocks|num_experts$", k)}

    def joined(a, b):
        return {**a, **{k: joined(a.get(k, {}), v) if isinstance(v, dict) else v for k, v in b.items()}}

    for by in (7, 20):
        out.append(json.loads(json.dumps({"model_type": mt, **joined(kw, grown(whole, by))})))
    return out


def contradicted(cfg_cls, kw, mt):
    """Raw configs in which what the class computes is given, and otherwise."""
    try:
        cfg = cfg_cls(**copy.deepcopy(kw))
        whole = full(cfg)
    except Exception:
        return []
    out = []
    computed = sorted(k for k, v in vars(cfg).items() if type(v) is int and k in whole and k not in cfg_cls.__dataclass_fields__ and k not in IGNORED)
    for k in computed[:8]:
        out.append({"model_type": mt, **whole, k: whole[k] + 2})
    return out


def olders(cfg_cls):
    """Names that a config class takes from what it is given without having such a field, and values to try: {name: (default or None, [values])}."""
    found = {}
    for c in cfg_cls.__mro__:
        if ".models." not in c.__module__:
            continue
        try:
            source = inspect.getsource(c)
        except (OSError, TypeError):
            continue
        said = re.findall(r"""kwargs\.(?:pop|get)\(\s*["'](\w+)["'](?:\s*,\s*([^()]+?)\s*\))?""", source) + [(n, "") for n in re.findall(r"""["'](\w+)["'] (?:not )?in kwargs""", source)]
        for name, default in said:
            if name in A.IGNORED or name in {f.name for f in dataclasses.fields(cfg_cls)}:
                continue
            try:
                d = ast.literal_eval(default) if default else None
            except (ValueError, SyntaxError):
                d = None
            if isinstance(d, bool) or d is None and re.match(r"(use|is|has|enable|do)_", name):
                values = [True, False]
            elif isinstance(d, int):
                values = [d + 1, max(d - 1, 1), 2]
            elif isinstance(d, float):
                values = [d, d / 2]
            elif d is None and re.search(r"dim|size|heads|layers|num|interval|freq|offset|step|every|replace", name):
                values = [2, 4, 1]
            elif name in A.properties(cfg_cls):
                values = []
            else:
                continue
            if name not in found or found[name][0] is None:
                found[name] = (d if isinstance(d, (bool, int, float)) else None, values)
    return found


def older(cfg_cls, whole):
    """The same config as it was spelled before: rotary settings beside the other fields, and names that are only taken from what is given."""
    out = []

    def before(d):
        d = {k: before(v) if isinstance(v, dict) and "model_type" in v else v for k, v in d.items()}
        rope = d.get("rope_parameters")
        if isinstance(rope, dict) and rope and not any(isinstance(v, dict) for v in rope.values()):
            rope = dict(d.pop("rope_parameters"))
            for k in ("rope_theta", "partial_rotary_factor"):
                if k in rope:
                    d[k] = rope.pop(k)
            if rope.get("rope_type", "default") != "default":
                d["rope_scaling"] = rope
        return d

    for turned in (before(json.loads(json.dumps(whole))), *repeated(cfg_cls, whole)):
        if turned != whole:
            try:
                if full(cfg_cls.from_dict(copy.deepcopy(turned))) == full(cfg_cls.from_dict(copy.deepcopy(whole))):
                    out.append(turned)
            except Exception:
                pass
    return out


def repeated(cfg_cls, whole):
    """The same config by each name that a class takes and can still say, such as a pattern of letters for a list of layers."""
    names = [n for n, (_, values) in olders(cfg_cls).items() if not values]
    if not names:
        return []
    try:
        cfg = cfg_cls.from_dict(copy.deepcopy(whole))
        said = {n: getattr(cfg, n) for n in names}
    except Exception:
        return []
    kinds = {k for k, v in whole.items() if "type" in k and isinstance(v, list) and all(isinstance(x, str) for x in v)}
    rest = {k: v for k, v in json.loads(json.dumps(whole)).items() if k not in kinds}
    return [{**rest, n: v} for n, v in said.items() if isinstance(v, str)]


def perturbed(cfg_cls, kw, at):
    """The same config with other numbers that decide no shape: what initialises it with, and its padding row."""
    try:
        whole = full(cfg_cls(**copy.deepcopy(kw)))
    except Exception:
        return kw

    def other(d):
        out = {}
        for k, v in d.items():
            if isinstance(v, dict):
                if ("model_type" in v) and (inner := other(v)):
                    out[k] = {"model_type": v["model_type"], **inner}
            elif isinstance(v, float) and re.search(r"range|std|factor|init|scale|sigma", k):
                out[k] = v * (1 + (at + len(k) % 5) / 16)
            elif k == "pad_token_id" and v is not None and at % 2:
                out[k] = at + 2
        return out

    def joined(a, b):
        return {**a, **{k: joined(a.get(k) or {}, v) if isinstance(v, dict) else v for k, v in b.items()}}

    return joined(json.loads(json.dumps(kw)), other(whole))


def usual_rope(cfg_cls):
    """The kind of rotary embedding of a config that says nothing of it, or true for the plain one."""
    try:
        said = cfg_cls().rope_parameters
        kind = said.get("rope_type", "default")
    except Exception:
        return True
    return kind if kind in ("yarn", "llama3", "linear", "dynamic", "longrope", "proportional") else True


def takes_older_rope(cfg_cls):
    """Whether a class reads the base of its rotary embedding from beside the other fields, where it stood before."""
    try:
        return "12345.5" in str(cfg_cls(rope_theta=12345.5).rope_parameters)
    except Exception:
        return True


NOISE = re.compile(r"(^|\.)(output_\w+|return_dict|transformers_version|_\w+|use_cache|architectures|torch_dtype|dtype|is_encoder_decoder|add_cross_attention|problem_type|name_or_path|tokenizer_class)$")
DEEPEST = 4


def depth(d):
    return 1 + max(depth(d["then"]), depth(d["else"])) if isinstance(d, dict) and "if" in d else 0


class Deriver:
    """Learns a config class from raw configs."""

    def __init__(self, mt, cfg_cls, raws):
        self.mt, self.cfg_cls = mt, cfg_cls
        example = cfg_cls()
        self.parts = shape_of(cfg_cls, example)
        self.config = {"defaults": raw_defaults(self.parts), "parts": [p for p in self.parts if p], "aliases": {}, "types": {}, "labels": {}, "rope": {}}
        for p, c in self.parts.items():
            if c.attribute_map:
                self.config["aliases"][p] = dict(c.attribute_map)
            if p:
                up, _, name = p.rpartition(".")
                if sub_class(self.parts[up], name, {})[1] or (self.parts[up].sub_configs or {}).get(name) is None:
                    others = self.other_types(self.parts[up], up, name, c)
                    self.config["types"][p] = [c.model_type, *others] if others else c.model_type
            if "rope_parameters" in class_defaults(c) and takes_older_rope(c):
                self.config["rope"][p] = usual_rope(c)
        for p, c in self.parts.items():
            try:
                n = c().num_labels
                if n != 2:
                    self.config["labels"][p] = n
            except Exception:
                pass
        self.older = {}
        for p, c in self.parts.items():
            for name, (default, values) in olders(c).items():
                self.older[f"{p}.{name}" if p else name] = (default, values)
        PATTERNS[:] = [name for name, (_, values) in self.older.items() if not values]
        raws = raws + self.taken(raws)
        for name, (default, _) in self.older.items():
            if default is not None:
                at = self.config["defaults"]
                *up, last = name.split(".")
                for step in up:
                    at = at.setdefault(step, {})
                at.setdefault(last, default)
        for p, c in self.parts.items():
            if issubclass(c, BackboneConfigMixin) and (said := self.stages(p, raws)):
                self.config.setdefault("stages", {})[p] = said
        self.samples = []
        for raw in raws:
            try:
                got, env, sc = traced(cfg_cls, raw, self.parts, self.config)
                self.samples.append((raw, got, env, sc))
            except Exception as e:
                self.fault = e

    def other_types(self, parent, up, name, c):
        """Model types that a config takes for one of its parts to mean the same."""
        try:
            lines = [line for line in inspect.getsource(parent).split("\n") if "model_type" in line]
        except (OSError, TypeError):
            return []
        out = []
        for word in sorted({w for line in lines for w in re.findall(r"""==\s*["']([\w.-]+)["']""", line)} - {c.model_type}):
            try:
                if type(getattr(parent(**{name: {"model_type": word}}), name)) is c:
                    out.append(word)
            except Exception:
                pass
        return out

    def stages(self, p, raws):
        """How many stages a backbone has, and what they are called; None if that is no rule."""
        said, counts = None, None
        for raw in raws[:12]:
            try:
                c = self.cfg_cls.from_dict(copy.deepcopy(raw))
                for step in p.split(".") if p else ():
                    c = getattr(c, step)
                names = c.stage_names
            except Exception:
                continue
            word = re.sub(r"\d+$", "", names[-1])
            if names[1:] != [f"{word}{i + 1}" for i in range(len(names) - 1)]:
                return None
            now = {"first": names[0], "name": word}
            if said not in (None, now):
                return None
            said = now
            dot = p + "." if p else ""
            fits = {f"len({dot}{k})" for k, v in vars(c).items() if isinstance(v, (list, tuple)) and len(v) == len(names) - 1 and not k.startswith("_") and k not in ("stage_names",)}
            fits |= {dot + k for k, v in vars(c).items() if type(v) is int and v == len(names) - 1}
            counts = fits if counts is None else counts & fits
        return {**said, "count": min(sorted(counts), key=lambda x: ("depths" not in x, "layers" not in x))} if counts else None

    def taken(self, raws):
        """Some of the raw configs with each older name."""
        out = []
        for name, (_, values) in self.older.items():
            *up, last = name.split(".")
            for at, raw in enumerate(raws[::2][:4] if values else ()):
                raw = copy.deepcopy(raw)
                d = raw
                for step in up:
                    d = d.setdefault(step, {})
                d[last] = values[at % len(values)]
                # What the older name stands for is not given as well.
                out.append({k: v for k, v in raw.items() if k not in ("layer_types", "mlp_layer_types", "indexer_types")})
        return out

    def rotary(self):
        """Fields that values of rotary buffers are made from."""
        paths = {p for _, got, *_ in self.samples for p in got}
        return {p for p in paths if re.search(r"(^|\.)rope_parameters(\.\w+)?\.(rope_theta|rope_type)$|(^|\.)(rope_theta|rotary_emb_base|\w*base_freq)$", p)}

    def modelled(self):
        """Names that no config needs to be refused for."""
        out = set()
        for p in [p for p, c in self.parts.items() if "rope_parameters" in class_defaults(c)]:
            out |= {f"{p}.{k}" if p else k for k in ("rope_theta", "rope_scaling", "partial_rotary_factor", "original_max_position_embeddings")}
        return out

    def learn(self, used):
        """The document's part on configs, for the fields that its expressions read; ({…}, [fields nobody can say])."""
        config = {k: v for k, v in self.config.items()}
        config["derive"], config["required"], lost = [], [], []
        for path in sorted(used):
            ss = []
            for raw, got, env, sc in self.samples:
                g = got.get(path)
                if g is None and path.rpartition(".")[0] in got and got[path.rpartition(".")[0]][0] is None:
                    continue
                v, e, obj = (*g, None)[:3] if g is not None else (None, None, None)
                env.setdefault(path, None)
                for name in self.older:
                    env.setdefault(name, None)
                ss.append(M.S(Item(v, e, obj, sc), {"cfg": {k: x for k, x in env.items() if not NOISE.search(k) or k == path}, "loops": {}}, sc, None))
            if path.endswith("stage_names") and path[: -len("stage_names")].rstrip(".") in config.get("stages", {}) or all(same(s.env["cfg"].get(path), s.x.v) for s in ss):
                continue
            missing = [s for s in ss if s.env["cfg"].get(path) is None]
            kept = all(same(s.env["cfg"][path], s.x.v) for s in ss if s.env["cfg"].get(path) is not None)
            try:
                if kept:
                    x = text(("f", path), {})
                    value = {"if": f"{x} is None", "then": written(grow(missing), {}), "else": x}
                else:
                    value = written(grow(ss), {})
                if depth(value) > DEEPEST:
                    raise M.Unfit("a rule that no config class has")
                config["derive"].append({"field": path, "value": value})
            except (M.Unfit, Unwritable) as e:
                given = [s for s, (raw, *_) in zip(ss, self.samples) if evaluating.flatten(raw).get(path) is not None]
                if given and all(same(s.env["cfg"].get(path), s.x.v) for s in given):
                    config["required"].append(path)
                else:
                    lost.append(path)
        config["defaults"] = self.kept(used, config)
        return config, lost

    def kept(self, used, config):
        """Defaults of the fields that expressions read."""
        names = set(used)
        words = json.dumps([config["derive"], config.get("stages", {})])
        flat = evaluating.flatten(self.config["defaults"])
        names |= {p for p in flat if re.search(rf"(?<![\w.]){re.escape(p)}(?![\w.])", words)}
        out = {}
        for p, v in flat.items():
            if p in names and p not in config["required"] and v is not None and not isinstance(v, dict):
                at = out
                *up, last = p.split(".")
                for step in up:
                    at = at.setdefault(step, {})
                at[last] = v
        return out
