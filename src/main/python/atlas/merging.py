"""Many traces of one class make one description."""
import re, math
from collections import Counter
from tracing import IGNORED, ev, size, show

class Unfit(Exception): pass

def chain(sc):
    while sc is not None: yield sc; sc = sc.parent

def value(e, env):
    try: return ev(e, env)
    except Exception: return None

class S:
    """One sample: a node (or a list of items) under an environment; sc: whose log decides it; up: the creator's."""
    __slots__ = ("x", "env", "sc", "up", "anc")
    def __init__(self, x, env, sc, up, anc=()): self.x, self.env, self.sc, self.up, self.anc = x, env, sc, up, anc

def atoms(s, inits=False):
    out, seen = {}, Counter(); bound = s.env["loops"]; level = 0
    for sc in ([s.sc] if s.sc else []) + list(chain(s.up)):
        for place, e, o, loops in sc.log:
            if o is None or any(bound.get(n) != t for n, t in loops): continue
            if not inits and place.startswith("init/"): continue
            k = (level, place); seen[k] += 1; out[k + (seen[k],)] = (e, o)
        level += 1
    return out

STATS = Counter()
def split(samples, sig, make, inits=False):
    groups = {}
    for s in samples: groups.setdefault(sig(s), []).append(s)
    if len(groups) == 1: return make(samples)
    ats = [atoms(s, inits) for s in samples]; sigs = [sig(s) for s in samples]
    common = [k for k in ats[0] if all(k in a for a in ats)]
    def entropy(idx):
        c = Counter(sigs[i] for i in idx); n = len(idx); return -sum(v / n * math.log2(v / n) for v in c.values()) if n else 0
    best = None
    def consider(e, outs, order):
        nonlocal best
        t = [i for i, o in enumerate(outs) if o]; f = [i for i, o in enumerate(outs) if not o]
        if not t or not f: return
        h = (len(t) * entropy(t) + len(f) * entropy(f)) / len(outs)
        if h < entropy(range(len(outs))) - 1e-9 and (best is None or (round(h, 6), order) < best[0]): best = ((round(h, 6), order), e, outs)
    for order, k in enumerate(common):
        outs = [a[k][1] for a in ats]
        if len(set(outs)) < 2: continue
        for e in {a[k][0] for a in ats if a[k][0] is not None and True} if all(hash_ok(a[k][0]) for a in ats) else []:
            got = [value(e, s.env) for s in samples]
            if [bool(g) for g in got] == outs: consider(e, outs, order); break
    if best is None or best[0][0] > 0:
        # Conditions nobody traced: fields that are set, flags, words, and how a loop's number compares with a field.
        keys = samples[0].env["cfg"].keys(); order = 10000
        loops = [n for n in samples[0].env["loops"]]
        for k in keys:
            vs = [s.env["cfg"].get(k) for s in samples]
            cands = []
            try: distinct = {v for v in vs}
            except TypeError: distinct = {None} if any(v is None for v in vs) else set()
            if None in distinct: cands.append(("none", ("f", k)))
            if any(isinstance(v, bool) for v in distinct): cands.append(("bool", ("f", k)))
            cands += [("==", ("f", k), ("c", v)) for v in sorted(v for v in distinct if isinstance(v, str))]
            if any(isinstance(v, list) and v and isinstance(v[0], str) for v in vs): cands += [("in", ("c", w), ("f", k)) for w in sorted({w for v in vs if isinstance(v, list) for w in v if isinstance(w, str)})[:6]]
            if all(isinstance(v, int) and not isinstance(v, bool) for v in vs):
                cands += [("<", ("i", n), ("f", k)) for n in loops] + [("==", ("i", n), ("-", ("f", k), ("c", 1))) for n in loops] + [(">", ("f", k), ("c", 0)), (">", ("f", k), ("c", 1))]
            for e in cands:
                consider(e, [bool(value(e, s.env)) for s in samples], order + len(k)); 
        for n in loops: consider((">", ("i", n), ("c", 0)), [s.env["loops"][n] > 0 for s in samples], 9000)
        if loops and (best is None or best[0][0] > 0):
            # What a list or a pattern says of this place, and numbers that are written in the code.
            n = loops[-1]; at = [s.env["loops"][n] for s in samples]
            for k in keys:
                vs = [s.env["cfg"].get(k) for s in samples]
                if not all(isinstance(v, (list, str)) and t < len(v) for v, t in zip(vs, at)): continue
                here = [v[t] for v, t in zip(vs, at)]
                if not all(isinstance(x, (str, int)) for x in here): continue
                words = sorted({x for x in here if isinstance(x, str)})
                for w in words[:8]: consider(("==", ("at", ("f", k), ("i", n)), ("c", w)), [x == w for x in here], 20000 + len(k))
                if not words: consider(("bool", ("at", ("f", k), ("i", n))), [bool(x) for x in here], 20000 + len(k))
            for k in keys:
                vs = [s.env["cfg"].get(k) for s in samples]
                if re.search(r"layers|depth$", k) and all(type(v) is int for v in vs):
                    for c in range(2, 9): consider(("<", ("f", k), ("c", c)), [v < c for v in vs], 25000 + c)
            for c in range(1, min(max(at, default=0), 12)): consider(("<", ("i", n), ("c", c)), [t < c for t in at], 30000 + c)
        if best and best[0][1] >= 9000: STATS["guessed"] += 1
    if best is None: raise Unfit("no condition tells " + " | ".join(str(k)[:160] for k in list(groups)[:2]))
    _, e, outs = best
    a = split([s for s, o in zip(samples, outs) if o], sig, make, inits); b = split([s for s, o in zip(samples, outs) if not o], sig, make, inits)
    return a if a == b else ("if", e, a, b)
def hash_ok(e):
    try: hash(e); return True
    except TypeError: return False

CONST = (1, 2, 3, 4, 6, 8)
def fit(vals, samples, own, slot=None, dim=0):
    """An expression of these values; own: whether the module's own pool is exact (a module of torch)."""
    same = len(set(vals)) == 1
    def good(e): return all(value(e, s.env) == v for s, v in zip(samples, vals))
    def first(es):
        es = [e for e in es if good(e)]
        return min(es, key=size) if es else None
    exact = []
    for s in samples[:8]:
        sym = s.x.sym.get(slot)
        if sym and sym[dim] is not None and hash_ok(sym[dim]) and sym[dim] not in exact: exact.append(sym[dim])
    if exact and (e := first(exact)) is not None: STATS["exact"] += 1; return e
    pool = []
    for s, v in list(zip(samples, vals))[:6]:
        if s.x.sc: pool += [e for e in s.x.sc.pool.get(v, ()) if e not in pool]
    if same and not own:
        pool = [e for e in pool if e[0] != "i" and "$" not in show(e)]
    if (e := first(pool)) is not None: return e
    if same and vals[0] > 4:
        # A size that tensors computed, where another tensor of this module says where it is from.
        beside = [e for sym in samples[0].x.sym.values() for e in sym or () if e is not None and hash_ok(e) and e[0] != "c"]
        if (e := first(beside)) is not None: return e
    if same: return ("c", vals[0])
    base, seen, levels = [], set(), {}
    for s, v in list(zip(samples, vals))[:4]:
        for lvl, sc in enumerate(list(reversed(s.anc))[:2] + list(chain(s.x.sc))[:4]):
            if sc is None: continue
            for es in sc.pool.values():
                for e in es[:3]:
                    if hash_ok(e) and e not in seen: seen.add(e); base.append(e); levels.setdefault(lvl, []).append(e)
    for lvl in sorted(levels):
        if (e := first(levels[lvl])) is not None: STATS["from parents"] += 1; return e
    fields = [("f", k) for k, v in samples[0].env["cfg"].items() if isinstance(v, int) and not isinstance(v, bool)]
    fields += [("len", ("f", k)) for k, v in samples[0].env["cfg"].items() if isinstance(v, list)]
    if (e := first(fields)) is not None: STATS["from fields"] += 1; return e
    STATS["synthesised"] += 1
    def forms(es):
        for e in es:
            for c in CONST:
                for op in "*+-": yield (op, e, ("c", c))
                if c > 1: yield ("//", e, ("c", c)); yield ("//", ("+", e, ("c", c - 1)), ("c", c))
            yield ("-", ("*", e, ("c", 2)), ("c", 1)); yield ("+", ("*", e, ("c", 2)), ("c", 1)); yield ("**", e, ("c", 2)); yield ("-", ("c", 0), e)
            yield ("**", ("-", ("*", e, ("c", 2)), ("c", 1)), ("c", 2))
    pool2 = base[:80] + [f for f in fields if f not in base][:60]
    for e in forms(base[:80] + [f for f in fields if f not in base]):
        if good(e): return e
    v0, env0 = vals[0], samples[0].env
    vs = [(e, value(e, env0)) for e in pool2]; vs = [(e, x) for e, x in vs if isinstance(x, (int, float)) and not isinstance(x, bool)]
    for a, x in vs:
        for b, y in vs:
            for op in ("*", "+", "//", "-"):
                try: r = x * y if op == "*" else x + y if op == "+" else x - y if op == "-" else x // y
                except Exception: continue
                if r == v0 and good((op, a, b)): return (op, a, b)
                if op == "*":
                    for c in (1, 2, 4):
                        for e in (("+", (op, a, b), ("c", c)), ("*", (op, a, b), ("c", c)), ("//", (op, a, b), ("c", c))):
                            if value(e, env0) == v0 and good(e): return e
    raise Unfit(f"no expression: values {vals[:6]} in {samples[0].x.cls}")

def items_of(node, env):
    bound = env["loops"]; out = []
    for k in node.kids:
        loops = tuple((n, t) for n, t in (k.sc.loops if k.sc else ()) if bound.get(n) != t or n not in bound)
        out.append((k, loops))
    return out

def segs(items):
    out, i = [], 0
    while i < len(items):
        k, loops = items[i]
        if not loops: out.append(("one", k)); i += 1; continue
        L, its, last = loops[0][0], {}, -1; up = k.sc.parent
        while i < len(items) and items[i][1] and items[i][1][0][0] == L and items[i][1][0][1] >= last:
            k, loops = items[i]; last = loops[0][1]; its.setdefault(last, []).append((k, loops[1:])); i += 1
        out.append(("rep", L, its, up))
    return out

def digits(name): return re.sub(r"\d+", "#", name)
def named(samples_names, ts, envs=()):
    """A name template: literal, running number, with the loop's number, or a word of a list."""
    if len(set(samples_names)) == 1 and not ts: return samples_names[0]
    if len(set(samples_names)) == 1 and len(samples_names) > 0 and (len(set(ts)) > 1 or not re.search(r"\d", samples_names[0])): return samples_names[0]
    if len({digits(n) for n in samples_names}) == 1:
        ds = [[int(d) for d in re.findall(r"\d+", n)] for n in samples_names]
        if all(len(d) == 1 for d in ds) and ts and len({d[0] - t for d, t in zip(ds, ts)}) == 1:
            return digits(samples_names[0]).split("#") + [ds[0][0] - ts[0]]
    if len(set(samples_names)) == 1: return samples_names[0]
    for n in reversed(list(envs[0]["loops"])) if envs else ():
        for k, v in envs[0]["cfg"].items():
            e = ("at", ("f", k), ("i", n))
            if isinstance(v, list) and all(value(e, x) == name for x, name in zip(envs, samples_names)): return ("word", e)
    raise Unfit(f"names {samples_names[:4]}")

HARMLESS = re.compile(r"(^|\.)(_\w*|dtype|problem_type|name_or_path|quantization_config|torchscript|pruned_heads|use_cache|tokenizer_class|prefix|task_specific_params|"
                      r"output_\w+|return_dict|gradient_checkpointing|chunk_size_feed_forward|per_layer_config|base_model_\w+|tie_last_hidden_states|is_heterogeneous|"
                      r"attn_implementation|experts_implementation|distributed_config|auto_map|architectures|id2label|label2id|loss_type)$")
def guards(ss):
    """Conditions of this constructor that only ever went one way, and fields it read that were never there: another config may go where nobody has been."""
    seen, out = {}, []
    for s in ss:
        if s.sc is None: continue
        for place, e, o, loops in s.sc.log:
            if e is None or not hash_ok(e) or place.startswith("init/") or re.search(r"'f', '[^']*drop", str(e)): continue
            if o is None:
                p = e[1]
                if HARMLESS.search(p): continue
                g = (place, e)
                if (place == "null" or p.endswith("tie_word_embeddings")) and any(x.env["cfg"].get(p) is not None for x in ss): continue
                if g not in out: out.append(g)
            elif all(n in s.env["loops"] for n, _ in loops): seen.setdefault((place, e), set()).add(o)
    for (place, e), o in seen.items():
        if len(o) == 1 and "modeling_utils.py" not in place and "configuration_utils" not in place and (e, min(o)) not in out:
            if all(v is None or bool(v) == min(o) for v in (value(e, s.env) for s in ss)): out.append((e, min(o)))
    return out

def steps_of(ss):
    """What initialises these modules: [(slot, primitive, {argument: expression}, part)], or choices of such, or None where nobody knows."""
    if any(s.x.steps is None for s in ss): return None
    if not any(s.x.steps for s in ss): return []
    def sig(s): return tuple((n, f, tuple(sorted((k, v if isinstance(v, str) else 0) for k, (_, v) in a.items())), part is not None) for n, f, a, part in s.x.steps)
    def make(group):
        out = []
        for at, (n, f, a, part) in enumerate(group[0].x.steps):
            args = {k: (("c", v) if isinstance(v, str) else number([s.x.steps[at][2][k] for s in group], group)) for k, (_, v) in a.items()}
            if any(s.x.steps[at][3] == "?" for s in group): raise Unfit("part")
            out.append((n, f, args, None if part is None else number([(None, s.x.steps[at][3]) for s in group], group)))
        return ("steps", out)
    try: return split(ss, sig, make, True)
    except Unfit: return None

def number(said, ss):
    """An expression of numbers that were used, by what was traced of them."""
    vals = [v for _, v in said]
    def good(e): return all(value(e, s.env) == v for s, v in zip(ss, vals))
    es = [e for e in dict.fromkeys(e for e, _ in said if e is not None and hash_ok(e)) if e[0] != "c" and good(e)]
    if es: return min(es, key=size)
    if len(set(vals)) == 1: return ("c", int(vals[0]) if vals[0] == int(vals[0]) else vals[0]) if abs(vals[0]) < 1e9 else ("c", vals[0])
    fields = [("f", k) for k, v in ss[0].env["cfg"].items() if isinstance(v, (int, float)) and not isinstance(v, bool)]
    es = [e for e in fields if good(e)]
    if es: return min(es, key=lambda e: len(e[1]))
    raise Unfit("number")

def merge_list(samples, numbered, up_of=None):
    """samples: S(x=items). The seglist of a container."""
    cache = {}
    def sg(s):
        if id(s) not in cache: cache[id(s)] = segs(s.x)
        return cache[id(s)]
    counts = {}
    for s in samples:
        for g in sg(s):
            if g[0] == "rep":
                c = g[3].counts.get(g[1]) if g[3] else None
                if c is not None: counts[g[1]] = c
    order = max((sg(s) for s in samples), key=len)
    for s in samples:  # loops that ran zero times
        mine = sg(s); names = [g[1] for g in mine if g[0] == "rep"]
        for at, g in enumerate(order):
            if g[0] == "rep" and g[1] not in names and counts.get(g[1]) and value(counts[g[1]], s.env) == 0: mine.insert(at, ("rep", g[1], {}, None))
    def sig(s): return tuple(("one", "" if numbered else g[1].name) if g[0] == "one" else ("rep", g[1]) for g in sg(s))
    def alike(s): return tuple((k, digits(n)) if k == "one" else (k, n) for k, n in sig(s))
    def make(ss):
        out = []
        for at, g in enumerate(sg(ss[0])):
            if g[0] == "one":
                kids = [S(sg(s)[at][1], s.env, sg(s)[at][1].sc, sg(s)[at][1].sc.parent if sg(s)[at][1].sc and sg(s)[at][1].sc.parent else s.sc or s.up, s.anc) for s in ss]
                names = [k.x.name for k in kids]; ts = [list(s.env["loops"].values())[-1] for s in ss] if ss[0].env["loops"] else []
                out.append(("one", None if numbered else named(names, ts, [s.env for s in ss]), merge_nodes(kids)))
            else:
                L, inner = g[1], []
                count = counts.get(L); ns = [value(count, s.env) if count else None for s in ss]
                for s, n in zip(ss, ns):
                    its = sg(s)[at][2]
                    if n is None or (its and max(its) >= n): raise Unfit(f"count of {L}")
                    for t in range(n):
                        env = {"cfg": s.env["cfg"], "loops": {**s.env["loops"], L: t}}
                        inner.append(S(its.get(t, []), env, None, sg(s)[at][3] or s.up, s.anc))
                if not inner: continue
                out.append(("rep", L, count, merge_list(inner, numbered)))
        return ("list", out)
    if not numbered and samples[0].env["loops"] and len({sig(s) for s in samples}) > len({alike(s) for s in samples}):
        try: return split(samples, alike, make)
        except Unfit: pass
    return split(samples, sig, make)

KNOWN = {}
def slots_of(d, env, prefix=""):
    """(name, shape) of every slot that a description gives under a config."""
    while d[0] == "if": d = d[2] if ev(d[1], env) else d[3]
    out = [(prefix + n, tuple(int(ev(x, env)) for x in dims)) for n, dims, *_ in [*d[2], *d[3]]]
    def walk(d):
        nonlocal place
        while d[0] == "if": d = d[2] if ev(d[1], env) else d[3]
        for g in d[1]:
            if g[0] == "rep":
                before = env["loops"]
                for t in range(int(ev(g[2], env))):
                    env["loops"] = {**before, g[1]: t}; walk(g[3])
                env["loops"] = before
                continue
            name = g[1]
            if name is None: name = str(place)
            elif isinstance(name, tuple): name = str(ev(name[1], env))
            elif isinstance(name, list): name = f"{name[0]}{list(env['loops'].values())[-1] + name[2]}{name[1]}"
            place += 1; kept = place; out.extend(slots_of(g[2], env, prefix + name + ".")); place = kept
    place = 0
    if d[5] is not None: walk(d[5])
    return out
def slots_in(n, prefix=""):
    out = [(prefix + k, tuple(s)) for k, s, *_ in [*n.params, *n.bufs]]
    for c in n.kids: out += slots_in(c, prefix + c.name + ".")
    return out
def known(samples):
    """The description of a class of this type that stands whole in another, if it gives what was built here."""
    d = KNOWN.get(samples[0].x.cls)
    if d is None or any(s.x.cls != samples[0].x.cls or s.env["loops"] for s in samples): return None
    try: return d if all(slots_of(d, {"cfg": s.env["cfg"], "loops": {}}) == slots_in(s.x) for s in samples) else None
    except Exception: return None

def merge_nodes(samples):
    if KNOWN and (d := known(samples)) is not None: return d
    def head(s):
        n = s.x
        return (n.cls, tuple((p[0], len(p[1]), p[2]) for p in n.params), tuple((b[0], len(b[1]), b[2], b[3]) for b in n.bufs), bool(n.kids) and all(k.name == str(i) for i, k in enumerate(n.kids)) if n.kids else None)
    def sig(s): return head(s)[:3]
    def make(ss):
        own = True if ss[0].x.sc and ss[0].x.sc.cls in TORCH else False
        P = [(p[0], [fit([s.x.params[i][1][d] for s in ss], ss, own, p[0], d) for d in range(len(p[1]))], p[2]) for i, p in enumerate(ss[0].x.params)]
        B = [(b[0], [fit([s.x.bufs[i][1][d] for s in ss], ss, own, b[0], d) for d in range(len(b[1]))], b[2], b[3]) for i, b in enumerate(ss[0].x.bufs)]
        numbered = all(all(k.name == str(i) for i, k in enumerate(s.x.kids)) for s in ss)
        kids = None
        if any(s.x.kids for s in ss):
            kids = merge_list([S(items_of(s.x, s.env), s.env, s.sc, s.up, s.anc + (s.x.sc,)) for s in ss], numbered)
        return ("node", ss[0].x.cls, P, B, numbered, kids, guards(ss), steps_of(ss))
    def either(ss):
        try: return make(ss)
        except Unfit as fault:
            for n in reversed(list(ss[0].env["loops"])):
                for e in ((">", ("i", n), ("c", 0)),):
                    a = [s for s in ss if value(e, s.env)]; b = [s for s in ss if not value(e, s.env)]
                    if a and b:
                        try: x, y = make(a), make(b); STATS["first iteration apart"] += 1; return ("if", e, x, y)
                        except Unfit: pass
            if len(ss) > 3 and depth[0] < 3:
                ats = [atoms(s) for s in ss]; tries = 0; depth[0] += 1
                try:
                    for k in [k for k in ats[0] if k[0] < 2 and all(k in a for a in ats)]:
                        outs = [a[k][1] for a in ats]; e = next((a[k][0] for a in ats if a[k][0] is not None and hash_ok(a[k][0])), None)
                        if e is None or len(set(outs)) < 2 or tries > 6 or [bool(value(e, s.env)) for s in ss] != outs: continue
                        tries += 1
                        try: x, y = either([s for s, o in zip(ss, outs) if o]), either([s for s, o in zip(ss, outs) if not o]); STATS["sizes by a condition"] += 1; return ("if", e, x, y)
                        except Unfit: pass
                    # A field that is there or not, and stands for a size where it is.
                    keys = sorted({k for s in ss for k, v in s.env["cfg"].items() if type(v) is int and re.search(r"dim|size|heads|rank", k)} )
                    for k in [k for k in keys if any(s.env["cfg"].get(k) is None for s in ss)][:4]:
                        a = [s for s in ss if s.env["cfg"].get(k) is None]; b = [s for s in ss if s.env["cfg"].get(k) is not None]
                        try: x, y = either(a), either(b); STATS["sizes by a field"] += 1; return ("if", ("none", ("f", k)), x, y)
                        except Unfit: pass
                finally: depth[0] -= 1
            raise fault
    depth = [0]
    return split(samples, sig, either)

import torch.nn as _nn
TORCH = {n for n in dir(_nn) if n[0].isupper()} | {"_ConvNd", "_NormBase", "_BatchNorm", "RNNBase"}

def merge(runs, described=None):
    """runs: [(tree, cfg)]; described: what classes are known to be, {class: description}."""
    KNOWN.clear(); KNOWN.update(described or {})
    try: return merge_nodes([S(t, {"cfg": c, "loops": {}}, t.sc, None) for t, c in runs])
    finally: KNOWN.clear()

# Ties: name patterns under conditions.
def pattern(t, s):
    return digits(t), (digits(s) if re.findall(r"\d+", s) == re.findall(r"\d+", t) else "=" + s)
def merge_ties(runs):
    """runs: [(ties, cfg)] -> [(target, source, condition or None)]"""
    per = [set(pattern(t, s) for t, s in ties.items()) for ties, _ in runs]; out = []
    flags = [k for k in runs[0][1] if all(isinstance(c.get(k), bool) for _, c in runs)]
    words = [(k, v) for k in runs[0][1] for v in {c.get(k) for _, c in runs if isinstance(c.get(k), str)}]
    es = [("bool", ("f", k)) for k in sorted(flags, key=lambda k: ("tie" not in k, "share" not in k, len(k)))] + [("==", ("f", k), ("c", v)) for k, v in words]
    for p in sorted(set().union(*per)):
        has = [p in x for x in per]
        if all(has): out.append((p, None)); continue
        def good(e): return [bool(value(e, {"cfg": c, "loops": {}})) for _, c in runs] == has
        no = [("!=", e, ("c", True)) for e in es if e[0] == "bool"]; both = [x for pair in zip(es, no) for x in pair][:28] + es[len(no):][:6]
        found = next((e for e in es + no if good(e)), None) or next(((op, a, b) for op in ("min", "max") for at, a in enumerate(both) for b in both[at + 1:] if good((op, a, b))), None)
        if found is None: raise Unfit(f"tie {p}")
        out.append((p, found))
    return out
