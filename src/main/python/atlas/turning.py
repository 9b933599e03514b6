"""Configs that send a constructor's conditions the way they did not go yet, and fields to values they did not have."""
import copy
import inspect
import re
import sys
import time
import typing

import transformers

import merging as M
import sampling
import tracing as A

ROPES = {
    "linear": {"factor": 2.0}, "dynamic": {"factor": 2.0}, "yarn": {"factor": 4.0, "original_max_position_embeddings": 32},
    "llama3": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32},
}


def setpath(kw, path, v, base):
    """A raw config with one field set, in the config inside that has it; None if there is none."""
    kw = copy.deepcopy(kw)
    d, cfg = kw, base
    *up, last = path.split(".")
    for p in up:
        cfg = cfg.get(p) if isinstance(cfg, dict) else getattr(cfg, p, None)
        if isinstance(cfg, transformers.PreTrainedConfig):
            d = d.setdefault(p, {"model_type": cfg.model_type})
        elif isinstance(cfg, dict):
            d = d.setdefault(p, copy.deepcopy(cfg))
        else:
            return None
        if not isinstance(d, dict):
            return None
    if isinstance(cfg, transformers.PreTrainedConfig) and last in A.properties(type(cfg)) and last != "out_features" or last == "num_labels" and (v is None or v < 1) or isinstance(v, int) and (v < 0 or v == 0 and re.search(r"dim|size|heads|layers|width", last)):
        return None
    d[last] = v
    return kw


def diverse(train, count):
    """Some of the configs, in which flags and words have each value they have in any."""
    def said(kw, prefix=""):
        for k, v in kw.items():
            if isinstance(v, dict):
                yield from said(v, prefix + k + ".")
            elif v is None or isinstance(v, (bool, str, list)):
                yield prefix + k, repr(v)

    chosen, seen = train[:6], {x for kw in train[:6] for x in said(kw)}
    for kw in train[6:]:
        new = set(said(kw)) - seen
        if new:
            chosen.append(kw)
            seen |= new
    return chosen + [kw for kw in train if kw not in chosen][: max(0, count - len(chosen))]


def one_way(runs, described, most=6):
    """Flags that conditions outside of the classes that are described depend on, and the value they had in no config."""
    seen = {}

    def walk(n):
        for _, e, o, _ in n.sc.log if n.sc else ():
            if o is not None and e is not None and e[0] in ("bool", "true") and e[1][0] == "f":
                seen.setdefault(e[1][1], set()).add(o)
        for c in n.kids:
            if c.cls not in described:
                walk(c)

    for tree, _ in runs:
        walk(tree)
    return [(p, not min(o)) for p, o in seen.items() if len(o) == 1 and isinstance(runs[0][1].get(p), bool)][:most]


def used_fields(e, out):
    if e[0] == "f":
        out.add(e[1])
    elif e[0] not in ("c", "i"):
        for x in e[1:]:
            used_fields(x, out)


SOURCES = {}


def words(cls, field):
    """The words a field is compared with anywhere in the class's module, or that its type allows."""
    src = SOURCES.get(cls.__module__)
    if src is None:
        src = SOURCES[cls.__module__] = open(sys.modules[cls.__module__].__file__).read()
    try:
        conf = inspect.getsource(sys.modules[cls.config_class.__module__])
    except Exception:
        conf = ""
    src += "".join(line + "\n" for line in conf.split("\n") if field in line).replace("Literal[", field + " in [")
    src += "".join(f"{field} in {v!r}" for k, v in vars(cls.config_class or object).items() if k.startswith(field) and isinstance(v, list))
    found = re.findall(re.escape(field) + r"\s*(?:==|!=|in)\s*[\[(]?((?:[\"'][\w-]+[\"'],?\s*)+)", src)
    return sorted({w for m in found for w in re.findall(r"[\"']([\w-]+)[\"']", m)})[:6]


def kinds(base, path):
    """Values to try where a field is None, by what its annotation allows."""
    cfg = base
    *up, last = path.split(".")
    for p in up:
        cfg = getattr(cfg, p, None)
    said = getattr(type(cfg), "__dataclass_fields__", {}).get(last)
    said = str(said.type) if said is not None else ""
    if re.search(r"token_id|token_index|_id$", last):
        return [1, 0]
    out = []
    if "bool" in said:
        out += [True, False]
    if "int" in said and "list" not in said:
        out += [2, 8]
    if "float" in said:
        out += [0.5]
    if "list[int]" in said:
        out += [[0, 1]]
    return out


def flips(cfg_cls, cls, train, limit=36, seconds=20):
    new, tried, seen, base, flats, used, end = [], set(), {}, cfg_cls(), [], set(), time.process_time() + seconds
    nulls, absents, shapes = {}, {}, {}

    def look(kw):
        tree, flat, _, m = A.build(cls, cfg_cls(**copy.deepcopy(kw)), steps=False)
        fresh = False
        for mod in m.modules():
            sc = mod.__dict__.get("_sc")
            if not sc:
                continue
            for es in sc.pool.values():
                for e in es:
                    used_fields(e, used)
            where = None
            for place, e, o, _ in sc.log:
                if e is None or not M.hash_ok(e) or "modeling_utils.py" in place or "configuration_utils.py" in place:
                    continue
                used_fields(e, used)
                if o is None:
                    if place == "null" and not M.HARMLESS.search(e[1]):
                        nulls.setdefault(e[1], kw)
                    elif place == "absent":
                        absents.setdefault(e[1], kw)
                    continue
                where = where or tuple(x.cls for x in M.chain(sc))
                at = seen.setdefault((where, place, e), {})
                if o not in at:
                    at[o] = kw
                    fresh = True
        flats.append(flat)
        return A.slots(tree), fresh

    for kw in train:
        try:
            shapes[repr(kw)] = look(kw)[0]
        except Exception:
            pass
    if not flats:
        return new

    def add(p, v, src, always=False):
        """The turn, and the same turn with other sizes."""
        if (p, repr(v), repr(src)) in tried or len(tried) > limit or time.process_time() > end:
            return
        tried.add((p, repr(v), repr(src)))
        kw = setpath(src, p, v, base)
        if kw is None:
            return
        try:
            if not look(kw)[1] and not always:
                return
        except Exception:
            return
        new.append(kw)
        more = 0
        for other in train:
            if other is src or more == 2:
                continue
            o = setpath(other, p, v, base)
            try:
                A.untraced(cls, cfg_cls(**copy.deepcopy(o)))
                new.append(o)
                more += 1
            except Exception:
                pass

    def turns():
        for (where, place, e), o in list(seen.items()):
            if len(o) != 1:
                continue
            (went, src), = o.items()
            x = e[1] if e[0] in ("bool", "true", "none") else e
            if x[0] == "f":
                p, v = x[1], flats[0].get(x[1])
                if e[0] == "none" and not went:
                    yield p, None, src
                elif isinstance(v, bool):
                    yield p, not went, src
                elif isinstance(v, (int, float)) and went:
                    yield p, 0, src
                    yield p, None, src
                elif isinstance(v, (int, float)):
                    yield p, 2, src
                elif v is not None:
                    yield p, None, src
            elif x[0] in ("==", "!=") and x[1][0] == "f" and x[2][0] == "c":
                if (not went) == (x[0] == "=="):
                    yield x[1][1], x[2][1], src
                elif isinstance(x[2][1], str):
                    for w in words(cls, x[1][1].split(".")[-1]):
                        yield x[1][1], w, src
                    if "act" in x[1][1]:
                        yield x[1][1], "gelu", src
                elif isinstance(x[2][1], int) and not isinstance(x[2][1], bool):
                    yield x[1][1], x[2][1] + 1, src
            elif x[0] in ("==", "!=") and x[1][0] == "at" and x[1][1][0] == "f" and x[2][0] == "c" and isinstance(x[2][1], str):
                v, w = flats[0].get(x[1][1][1]), str(x[2][1])
                if isinstance(v, list) and len(v) > 1:
                    yield x[1][1][1], [w if at % 2 else str(y) for at, y in enumerate(v)], src
                    yield x[1][1][1], [w] * len(v), src
            elif x[0] in ("<", ">", "<=", ">=") and x[1][0] == "f" and x[2][0] == "c":
                for d in (1, -1, 0):
                    yield x[1][1], x[2][1] + d, src
            elif x[0] in (">", "<", "==", "!=", ">=", "<=") and x[1][0] == "f" and x[2][0] == "f":
                v = flats[0].get(x[2][1])
                if isinstance(v, int):
                    yield x[1][1], v, src
                    yield x[1][1], 2 * v, src

    first = train[0]
    for p, v in list(flats[0].items()):
        last = p.split(".")[-1]
        if last == "stage_names" and isinstance(v, list):
            for some in (v[1:], v[-2:], v[2:3], v[1:3]):
                add(p[: -len(last)] + "out_features", [str(x) for x in some], first, True)
        if isinstance(v, bool) and "tie" in p:
            for src in train[:2]:
                add(p, not v, src, True)
        elif last == "rope_parameters" and isinstance(v, dict) and v:
            nested = all(isinstance(x, dict) for x in v.values())
            for t, more in ROPES.items():
                w = {k: {**x, "rope_type": t, **more} for k, x in v.items()} if nested else {**v, "rope_type": t, **more}
                add(p, A.plain(w), first, t == "linear")
            w = {k: {**x, "partial_rotary_factor": 0.5} for k, x in v.items()} if nested else {**v, "partial_rotary_factor": 0.5}
            add(p, A.plain(w), first, True)
        elif isinstance(v, list) and v and all(isinstance(x, str) for x in v) and len(set(v)) > 1 and "type" in last:
            for w in dict.fromkeys(v):
                add(p, [str(w)] * len(v), first, True)
    for p, src in [(p, src) for p, src in nulls.items() if p.endswith("pad_token_id")]:
        add(p, 1, src, True)
    for p, src in [(p, src) for p, src in absents.items() if p.endswith("tie_word_embeddings")]:
        add(p, True, src, True)
        add(p, False, src, True)
    for rnd in range(4):
        before = len(tried)
        for p, v, src in list(turns()):
            add(p, v, src)
        for p, src in list(nulls.items()):
            for v in kinds(base, p):
                add(p, v, src, True)
        for p, src in list(absents.items()):
            last = p.split(".")[-1]
            for v in [True, False] if last.startswith("tie_") else [8, 12] if last == "head_dim" else []:
                add(p, v, src, True)
        if len(tried) == before:
            break
    # Fields that have one value in all configs so far, and whether they matter.
    if repr(first) not in shapes:
        return new
    count = 0
    for p, v in sorted(flats[0].items(), key=lambda x: x[0] not in used):
        if isinstance(v, bool) or v is None or isinstance(v, (str, dict)) or any(f.get(p) != v for f in flats) or time.process_time() > end + 15 or (p not in used and count > 10):
            continue
        if sampling.SKIP.search(p.split(".")[-1]) and "size_factor" not in p and p not in used:
            continue
        for w in [2 * v, v + 1] if isinstance(v, int) else [[2 * x for x in v]] if isinstance(v, (list, tuple)) and v and all(isinstance(x, int) for x in v) else []:
            kw = setpath(first, p, w, base)
            count += 1
            if kw is None:
                continue
            try:
                got = A.slots(A.untraced(cls, cfg_cls(**copy.deepcopy(kw)))[0])
            except Exception:
                continue
            if got != shapes[repr(first)] or p in used:
                new.append(kw)
            if got != shapes[repr(first)]:
                for other in train[1:3]:
                    o = setpath(other, p, w, base)
                    try:
                        A.untraced(cls, cfg_cls(**copy.deepcopy(o)))
                        new.append(o)
                    except Exception:
                        pass
            break
    return new

