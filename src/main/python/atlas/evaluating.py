"""What a document says under a config: the reference for Tenon's own evaluator, in the words of docs/atlas.md."""
import ast
import copy
import functools
import math
import re


class Refused(Exception):
    """The document does not know this config."""


FUNCTIONS = {"int": int, "float": float, "len": len, "bool": bool, "sum": sum, "abs": abs, "ceil": math.ceil, "floor": math.floor, "sqrt": math.sqrt,
             "log": math.log, "log2": math.log2, "prod": math.prod, "max": max, "min": min, "round": round}
# What layers were called.
LAYERS = {"mamba": "linear_attention", "attention": "full_attention", "deepseek_sparse_attention": "indexed_attention", "qwen_sparse_attention": "indexed_attention"}
BINARY = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b, ast.FloorDiv: lambda a, b: a // b,
          ast.Mod: lambda a, b: a % b, ast.Pow: lambda a, b: a ** b}
COMPARE = {ast.Lt: lambda a, b: a < b, ast.LtE: lambda a, b: a <= b, ast.Gt: lambda a, b: a > b, ast.GtE: lambda a, b: a >= b, ast.Eq: lambda a, b: a == b,
           ast.NotEq: lambda a, b: a != b, ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b, ast.Is: lambda a, b: a is b, ast.IsNot: lambda a, b: a is not b}


@functools.lru_cache(100000)
def parsed(s):
    return ast.parse(s, mode="eval").body


def value(s, env):
    """An expression's value; env: fields by dotted name and loop numbers."""
    return at(parsed(s), env) if isinstance(s, str) else s


def dotted(node):
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id] + parts[::-1])


def at(n, env):
    if isinstance(n, ast.Constant):
        return n.value
    if isinstance(n, (ast.Name, ast.Attribute)):
        return env.get(dotted(n))
    if isinstance(n, ast.BinOp):
        return BINARY[type(n.op)](at(n.left, env), at(n.right, env))
    if isinstance(n, ast.UnaryOp):
        v = at(n.operand, env)
        return not v if isinstance(n.op, ast.Not) else -v
    if isinstance(n, ast.BoolOp):
        for x in n.values:
            v = at(x, env)
            if bool(v) != isinstance(n.op, ast.And):
                return v
        return v
    if isinstance(n, ast.Compare):
        return COMPARE[type(n.ops[0])](at(n.left, env), at(n.comparators[0], env))
    if isinstance(n, ast.IfExp):
        return at(n.body if at(n.test, env) else n.orelse, env)
    if isinstance(n, ast.Subscript):
        v = at(n.value, env)
        if isinstance(n.slice, ast.Slice):
            lo, hi = (at(x, env) if x is not None else None for x in (n.slice.lower, n.slice.upper))
            return v[lo:hi]
        return v[at(n.slice, env)]
    if isinstance(n, ast.Call):
        if n.func.id == "field":
            return env.get(n.args[0].value)
        return FUNCTIONS[n.func.id](*(at(a, env) for a in n.args))
    if isinstance(n, ast.List):
        return [at(x, env) for x in n.elts]
    raise Refused(f"not an expression: {ast.dump(n)}")


def flatten(raw, prefix=""):
    """Fields by dotted name; an object is there itself, too."""
    out = {}
    for k, v in raw.items():
        out[prefix + k] = v
        if isinstance(v, dict) and k not in ("id2label", "label2id"):
            out |= flatten(v, prefix + k + ".")
    return out


def processed(config, raw):
    """The fields the reference's config class would have, from a config.json; `config` is the document's part on it."""
    raw = copy.deepcopy(raw)
    levels = [""] + config.get("parts", [])
    defaults = config.get("defaults", {})
    aliases = config.get("aliases", {})

    def level(p):
        at = raw
        for step in p.split(".") if p else ():
            at = at.get(step) if isinstance(at, dict) else None
        return at if isinstance(at, dict) else None

    for p in levels:
        own = level(p)
        if own is None:
            continue
        for alias, name in aliases.get(p, {}).items():
            if alias in own:
                own[name] = own.pop(alias)
        rope(own, config.get("rope", {}).get(p))
        for name in ("layer_types", "mtp_layer_types"):
            name = aliases.get(p, {}).get(name, name)
            if isinstance(own.get(name), list):
                own[name] = [LAYERS.get(t, t) if isinstance(t, str) else t for t in own[name]]
    for p, t in config.get("types", {}).items():
        own = level(p)
        if own is not None and own.get("model_type") not in [None, *(t if isinstance(t, list) else [t])]:
            raise Refused(f"{p}.model_type is {own.get('model_type')!r}")
    env = {**flatten(defaults), **flatten(raw)}
    for p in levels:
        dot = p + "." if p else ""
        own = level(p) or {}
        if isinstance(own.get("id2label"), dict):
            env[dot + "num_labels"] = len(own["id2label"])
        elif own.get("num_labels") is None:
            env[dot + "num_labels"] = config.get("labels", {}).get(p, 2)
    for p, said in config.get("stages", {}).items():
        if p == "" or level(p) is not None:
            env.update(stages(p + "." if p else "", said, env))
    given = flatten(raw)
    for name in config.get("required", ()):
        if given.get(name) is None:
            raise Refused(f"{name} is not given")
    for name in config.get("absent", ()):
        if given.get(name) is not None:
            raise Refused(f"{name} is given")
    derived = {}
    for d in config.get("derive", ()):
        derived[d["field"]] = derive(d["value"], env)
    return {**env, **derived}


def stages(dot, said, env):
    """What a backbone gives out, by the names of its stages and by their places."""
    names = [said["first"]] + [f"{said['name']}{i + 1}" for i in range(int(value(said["count"], env)))]
    features, places = env.get(dot + "out_features"), env.get(dot + "out_indices")
    try:
        if features is None:
            places = places if places is not None else [len(names) - 1]
            features = [names[i] for i in places]
        elif places is None:
            places = [names.index(f) for f in features]
    except (ValueError, IndexError):
        raise Refused(f"{dot}out_features is {features!r}, {dot}out_indices is {places!r}")
    return {dot + "stage_names": names, dot + "out_features": features, dot + "_out_features": features, dot + "out_indices": places, dot + "_out_indices": places}


def rope(own, said):
    """The one spelling of rotary settings, from the older ones beside it."""
    if said is None:
        return
    settings = own.pop("rope_scaling", None) or own.get("rope_parameters")
    settings = dict(settings) if isinstance(settings, dict) else {}
    # What a class says by itself it says as a whole.
    usual = "default" if said is True or settings else None if own.get("rope_theta") is not None else said
    nested = [k for k, v in settings.items() if isinstance(v, dict)]
    for part in [settings[k] for k in nested] or [settings]:
        if "rope_theta" not in part and own.get("rope_theta") is not None:
            part["rope_theta"] = own["rope_theta"]
        if "partial_rotary_factor" not in part and own.get("partial_rotary_factor") is not None:
            part["partial_rotary_factor"] = own["partial_rotary_factor"]
        if "rope_type" not in part:
            part["rope_type"] = part.get("type", usual)
    own["rope_parameters"] = settings


def derive(d, env):
    if isinstance(d, dict) and "if" in d:
        return derive(d["then"] if value(d["if"], env) else d["else"], env)
    if isinstance(d, dict):
        return [derive(d["of"], {**env, d["for"]: i}) for i in range(int(value(d["in"], env)))]
    return value(d, env)


def held(s, env):
    """Whether an expectation holds; one that has no value under this config, for a field is not there, does."""
    try:
        v = value(s[5:-1] if s.startswith("not (") else s, env)
    except Exception:
        return True
    return v is None or bool(v) != s.startswith("not (")


def name_of(template, env, counter):
    if template == "#":
        return str(next(counter))
    return re.sub(r"\{([^}]*)\}", lambda m: str(value(m.group(1), env)), template)


def model(document, class_name, env):
    """(parameters, buffers, steps) in order; a step: a slot, its rule with numbers, and the one row it is about or None."""
    params, buffers, steps = [], [], []
    said = document["classes"][class_name]
    blocks, inits = document["blocks"], document.get("inits", {})

    def counting():
        i = 0
        while True:
            yield i
            i += 1

    def shape(s, env):
        return [int(value(x, env)) for x in s["shape"]]

    def module(statements, env, prefix):
        own = []
        run(statements, env, prefix, counting(), own)
        steps.extend(own)

    def run(statements, env, prefix, counter, own):
        if isinstance(statements, str):
            statements = blocks[statements]
        for s in statements:
            if "expect" in s:
                if not held(s["expect"], env):
                    raise Refused(f"never seen otherwise: {s['expect']}")
            elif "param" in s:
                params.append((prefix + s["param"], shape(s, env), s.get("dtype", "float32")))
            elif "buffer" in s:
                buffers.append((prefix + s["buffer"], shape(s, env), s.get("dtype", "float32"), s.get("persistent", True)))
            elif "if" in s:
                run(s["then"] if value(s["if"], env) else s.get("else", []), env, prefix, counter, own)
            elif "for" in s:
                for i in range(int(value(s["in"], env))):
                    run(s["do"], {**env, s["for"]: i}, prefix, counter, own)
            elif "add" in s:
                below = prefix + name_of(s["add"], env, counter) + "."
                if "is" in s:
                    named(s, env, below)
                else:
                    module(s.get("do", []), env, below)
            else:
                initialize(s["init"], env, prefix, own)

    def initialize(todo, env, prefix, own, lacking=()):
        for s in inits[todo] if isinstance(todo, str) else todo:
            if "if" in s:
                initialize(s["then"] if value(s["if"], env) else s.get("else", []), env, prefix, own, lacking)
            elif s["slot"] not in lacking:
                row = int(value(s["row"], env)) if "row" in s else None
                own.append((prefix + s["slot"], {k: v if k in ("rule", "mode") else float(value(v, env)) for k, v in s.items() if k not in ("slot", "row")}, row))

    def named(s, env, below):
        dims = shape(s, env)
        params.append((below + "weight", dims, "float32"))
        bias = s["is"] != "Embedding" and value(s.get("bias", True), env)
        if bias:
            params.append((below + "bias", dims[:1] if s["is"] in ("Linear", "Conv1d", "Conv2d", "Conv3d") else dims, "float32"))
        if s["is"].startswith("BatchNorm"):
            buffers.extend([(below + "running_mean", dims, "float32", True), (below + "running_var", dims, "float32", True), (below + "num_batches_tracked", [], "int64", True)])
        if s["is"] in inits or "init" in s:
            initialize(s.get("init", s["is"]), env, below, steps, () if bias else ("bias",))

    module(said["root"], env, "")
    return params, buffers, steps


def tied(ties, names, env):
    """[(target, source)] of a class."""
    out = {}
    for t in ties:
        if "if" in t and not value(t["if"], env):
            continue
        r = re.compile(re.escape(t["target"]).replace(r"\#", r"(\d+)") + "$")
        for n in names:
            if m := r.match(n):
                it = iter(m.groups())
                out[n] = re.sub("#", lambda _: next(it), t["source"])
    return out


def skeleton(document, class_name, raw):
    """(parameters, buffers, ties, steps) of a class under a config.json."""
    env = processed(document["config"], raw)
    params, buffers, steps = model(document, class_name, env)
    return params, buffers, tied(document["classes"][class_name].get("ties", ()), [p[0] for p in params], env), steps
