"""Writes what was merged as a document: statements and expressions that a person can read and mend."""
import json
import math
import re

from merging import TORCH, digits

LOOPS = "ijklmn"
WEIGHTED = {"Linear", "Conv1d", "Conv2d", "Conv3d"}
NORMS = {"LayerNorm", "GroupNorm", "RMSNorm"}
BATCH_NORMS = {"BatchNorm1d", "BatchNorm2d", "BatchNorm3d"}
NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")
RESERVED = set(LOOPS) | {"if", "else", "and", "or", "not", "in", "is", "None", "True", "False", "for"}


class Unwritable(Exception):
    """What the format has no words for."""


def text(e, loops):
    """An expression in Python's words; loops: names by the tracer's."""
    op = e[0]
    if op == "c":
        return literal(e[1])
    if op == "f":
        if not NAME.match(e[1]) or e[1] in RESERVED or e[1].split(".")[0] in RESERVED:
            return f"field({e[1]!r})"
        return e[1]
    if op == "i":
        if e[1] not in loops:
            raise Unwritable(f"a loop that is over: {e[1]}")
        return loops[e[1]]
    a = [text(x, loops) for x in e[1:]]
    if op in ("+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "in"):
        return f"({a[0]} {op} {a[1]})"
    if op in ("max", "min"):
        return f"{op}({a[0]}, {a[1]})"
    if op in ("int", "float", "len", "bool", "sum", "abs", "ceil", "floor", "sqrt", "log", "log2", "prod"):
        return f"{op}({a[0]})"
    if op in ("maxof", "minof"):
        return f"{op[:3]}({a[0]})"
    if op == "else":
        return f"({a[1]} if {a[0]} is None else {a[0]})"
    if op == "at":
        return f"{a[0]}[{bare(a[1])}]"
    if op == "last":
        return f"{a[0]}[-1]"
    if op == "from":
        return f"{a[0]}[{bare(a[1])}:]"
    if op == "upto":
        return f"{a[0]}[:{bare(a[1])}]"
    if op == "neg":
        return f"(-{a[0]})"
    if op == "none":
        return f"({a[0]} is None)"
    if op == "true":
        return f"({a[0]} == True)"
    if op == "round1":
        return f"round({a[0]})"
    raise Unwritable(op)


def literal(v):
    if v is None or isinstance(v, (bool, int, str)):
        return repr(v)
    if isinstance(v, float):
        if not math.isfinite(v):
            raise Unwritable(v)
        return repr(v)
    return "[" + ", ".join(literal(x) for x in v) + "]"


def bare(s):
    """Without the parentheses around all of it."""
    if not (s.startswith("(") and s.endswith(")")):
        return s
    depth = 0
    for at, c in enumerate(s):
        depth += (c == "(") - (c == ")")
        if depth == 0 and at < len(s) - 1:
            return s
    return s[1:-1]


def size(e, loops):
    """A size or a count: a number as such, else an expression."""
    if e[0] == "c" and isinstance(e[1], (int, float)) and not isinstance(e[1], bool):
        return int(e[1])
    s = bare(text(e, loops))
    return s


def condition(e, loops, holds=True):
    s = bare(text(e[1] if e[0] == "bool" else e, loops))
    return s if holds else f"not ({s})"


GAINS = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5.0 / 3, "relu": math.sqrt(2.0), "selu": 0.75}


def gain(args):
    """What torch.nn.init.calculate_gain gives."""
    a, kind = args.get("a", 0), args.get("nonlinearity", "leaky_relu")
    if kind == "leaky_relu":
        return math.sqrt(2.0 / (1 + float(a) ** 2))
    return 1.0 if kind.startswith("conv") else GAINS[kind]


def rule(primitive, args):
    """A primitive of torch.nn.init, as documents say it; args: numbers, or expressions of them."""
    name = primitive.rstrip("_")
    if name in ("ones", "zeros", "eye", "lecun_normal"):
        return {"rule": name}
    if name == "constant":
        return {"rule": name, "value": args["val"]}
    if name == "uniform":
        return {"rule": name, "low": args.get("a", 0), "high": args.get("b", 1)}
    if name == "normal":
        return {"rule": name, **({"mean": args["mean"]} if args.get("mean", 0) != 0 else {}), "std": args.get("std", 1)}
    if name == "trunc_normal":
        return {"rule": "truncated_normal", **({"mean": args["mean"]} if args.get("mean", 0) != 0 else {}), "std": args.get("std", 1), "low": args.get("a", -2), "high": args.get("b", 2)}
    if name in ("xavier_uniform", "xavier_normal", "orthogonal"):
        return {"rule": name, "gain": args.get("gain", 1)}
    if name in ("kaiming_uniform", "kaiming_normal"):
        if any(isinstance(args.get(k), str) and k == "a" for k in args):
            raise Unwritable("a slope that is computed")
        return {"rule": name, "gain": gain(args), "mode": args.get("mode", "fan_in")}
    if name == "copy":
        return {"rule": "value"}
    raise Unwritable(primitive)


def flags(guards):
    """Conditions on one flag that went one way."""
    return [(e, o) for e, o in guards if isinstance(e, tuple) and e[0] == "bool" and isinstance(o, bool)]


class Writer:
    """Statements of one class."""

    def __init__(self):
        self.absent = set()

    def steps(self, d, loops, padding=None):
        """What initialises a module, as a list; of what nobody knows nothing is said. padding: the field that is not None here."""
        if not d:
            return []
        if d[0] == "if":
            e = d[1][1] if d[1][0] == "bool" else d[1]
            tested = e[1] if e[0] == "none" and e[1][0] == "f" else padding
            yes, no = self.steps(d[2], loops, padding), self.steps(d[3], loops, tested)
            if yes == no:
                return yes
            if not yes:
                return [{"if": condition(d[1], loops, False), "then": no}]
            return [{"if": condition(d[1], loops), "then": yes, **({"else": no} if no else {})}]
        out = []
        for slot, primitive, args, part in d[1]:
            try:
                said = {"slot": slot, **rule(primitive, {k: v[1] if v[0] == "c" else bare(text(v, loops)) for k, v in args.items()})}
                if part is not None and part[0] == "c" and padding is not None:
                    said["row"] = text(padding, loops)
                elif part is not None:
                    said["row"] = part[1] if part[0] == "c" else bare(text(part, loops))
                out.append(said)
            except Unwritable:
                pass
        return out

    def block(self, d, loops, said=frozenset()):
        """A module's own statements."""
        if d[0] == "if":
            return self.choice(d, loops, lambda x: self.block(x, loops, said))
        _, cls, params, buffers, numbered, kids, guards, steps = d
        out = []
        expected = []
        for e, o in guards:
            if e == "absent":
                self.absent.add(o[1])
                continue
            try:
                s = f"{text(o, loops)} is None" if e == "null" else condition(e, loops, o)
            except Unwritable:
                continue
            if s not in said and s not in expected:
                expected.append(s)
        said = said | set(expected)
        out += [{"expect": s} for s in expected]
        for n, dims, dtype in params:
            p = {"param": n, "shape": [size(x, loops) for x in dims]}
            if dtype.endswith("!"):
                p["frozen"] = True
                dtype = dtype[:-1]
            if dtype != "float32":
                p["dtype"] = dtype
            out.append(p)
        for n, dims, dtype, persistent in buffers:
            b = {"buffer": n, "shape": [size(x, loops) for x in dims]}
            if dtype != "float32":
                b["dtype"] = dtype
            if not persistent:
                b["persistent"] = False
            out.append(b)
        if kids is not None:
            out += self.items(kids, loops, numbered, said)
        try:
            if done := self.steps(steps, loops):
                out.append({"init": done})
        except Unwritable:
            pass
        return out

    def choice(self, d, loops, write):
        yes, no = write(d[2]), write(d[3])
        if yes == no:
            return yes
        if not yes:
            return [{"if": condition(d[1], loops, False), "then": no}]
        said = {"if": condition(d[1], loops), "then": yes}
        if no:
            said["else"] = no
        return [said]

    def items(self, d, loops, numbered, said):
        if d[0] == "if":
            return self.choice(d, loops, lambda x: self.items(x, loops, numbered, said))
        out = []
        for g in d[1]:
            if g[0] == "one":
                out += self.child(g[1], g[2], loops, numbered, said)
            else:
                var = LOOPS[len(loops)]
                inner = self.items(g[3], {**loops, g[1]: var}, numbered, said)
                if inner:
                    out.append({"for": var, "in": size(g[2], loops), "do": inner})
        return out

    def child(self, name, d, loops, numbered, said):
        if name is None:
            name = "#"
        elif isinstance(name, tuple):
            name = f"{{{text(name[1], loops)}}}"
        elif isinstance(name, list):
            last = list(loops.values())[-1]
            name = f"{name[0]}{{{last} + {name[2]}}}{name[1]}" if name[2] else f"{name[0]}{{{last}}}{name[1]}"
        known = self.known(d, loops)
        if known is not None:
            return [{"expect": x} for x in self.expected(d, known, loops) if x not in said] + [{"add": name, **known}]
        if d[0] == "if" and self.plain(d):
            return self.choice(d, loops, lambda x: self.child(name, x, loops, numbered, said))
        body = self.block(d, loops, said)
        if not body and not numbered:
            return []
        return [{"add": name, "do": body}] if body else [{"add": name}]

    def plain(self, d):
        """Whether one of the choices is a module of torch, which is better named."""
        return self.plain(d[2]) or self.plain(d[3]) if d[0] == "if" else self.known(d, None) is not None

    def expected(self, d, known, loops):
        """Flags that a module of torch was made with, as far as its statement does not say them."""
        out = []
        for e, o in flags(d[6]) if d[0] == "node" else ():
            try:
                if condition(e, loops) != known.get("bias"):
                    out.append(condition(e, loops, o))
            except Unwritable:
                pass
        return out

    def known(self, d, loops):
        """A module of torch by its name, or None."""
        if d[0] == "if":
            a, b = d[2], d[3]
            if a[0] == b[0] == "node" and a[1] == b[1] and a[1] in WEIGHTED | NORMS and a[2] and b[2] and a[2][0] == b[2][0]:
                more, less = (a, b) if len(a[2]) > len(b[2]) else (b, a)
                if len(less[2]) == 1 and loops is not None and (k := self.known(more, loops)) is not None and "bias" not in k:
                    if self.known(less, loops).get("init", []) == [x for x in k.get("init", []) if x.get("slot") != "bias"]:
                        return {**k, "bias": condition(d[1], loops, more is a)}
            return None
        _, cls, params, buffers, _, kids, guards, steps = d
        names = [p[0] for p in params]
        if kids is not None or any(p[2] != "float32" for p in params) or cls not in TORCH:
            return None
        if loops is None:
            return {} if cls in WEIGHTED | NORMS | BATCH_NORMS | {"Embedding"} and params else None

        def dims(i):
            return [size(x, loops) for x in params[i][1]]

        try:
            done = self.steps(steps, loops)
        except Unwritable:
            done = []
        init = {"init": done} if done else {}

        if cls in WEIGHTED | NORMS and not buffers and names in (["weight"], ["weight", "bias"]):
            shape = dims(0)
            if len(names) == 2 and dims(1) != shape[: 1 if cls in WEIGHTED else None]:
                return None
            said = flags(guards)
            if cls in WEIGHTED and len(said) == 1 and said[0][1] == (len(names) == 2):
                try:
                    # The flag that was asked, though it went one way only.
                    return {"is": cls, "shape": shape, "bias": condition(said[0][0], loops), **init}
                except Unwritable:
                    pass
            return {"is": cls, "shape": shape, **({} if len(names) == 2 else {"bias": False}), **init}
        if cls in BATCH_NORMS and names == ["weight", "bias"] and [b[0] for b in buffers] == ["running_mean", "running_var", "num_batches_tracked"]:
            return {"is": cls, "shape": dims(0), **init} if dims(0) == dims(1) else None
        if cls == "Embedding" and names == ["weight"] and not buffers:
            return {"is": cls, "shape": dims(0), **init}
        return None


def ties(found):
    out = []
    for (target, source), e in found:
        t = {"target": target, "source": source[1:] if source[0] == "=" else source}
        if e is not None:
            t["if"] = tie_condition(e)
        out.append(t)
    return out


def tie_condition(e):
    if e[0] in ("min", "max"):
        return f"{tie_condition(e[1])} {'and' if e[0] == 'min' else 'or'} {tie_condition(e[2])}"
    return condition(e, {})


def share(classes):
    """Blocks out of what stands in several places: {class: statements} -> ({class: statements}, {name: statements})."""
    counts, names, blocks = {}, {}, {}

    def count(statements, role):
        k = json.dumps(statements)
        seen = counts.setdefault(k, [0, role])
        seen[0] += 1
        if seen[0] == 1:
            for s in statements:
                for key in ("do", "then", "else"):
                    if key in s:
                        count(s[key], s.get("add", role) if key == "do" and "add" in s else role)

    for name, statements in classes.items():
        count(statements, "model")

    def put(statements):
        return [{key: (put_block(v) if key == "do" and "add" in s else put(v)) if key in ("do", "then", "else") else v for key, v in s.items()} for s in statements]

    def put_block(statements):
        k = json.dumps(statements)
        n, role = counts[k]
        if n < 2 or len(k) < 120:
            return put(statements)
        if k not in names:
            base = re.sub(r"\W+|\d+", "", role) or "item"
            name, i = base, 1
            while name in blocks:
                i += 1
                name = f"{base}{i}"
            names[k] = name
            blocks[name] = None
            blocks[name] = put(statements)
        return names[k]

    out = {name: put_block(statements) for name, statements in classes.items()}
    out = {name: put(classes[name]) if isinstance(s, list) else s for name, s in out.items()}
    return out, blocks


def named_inits(document):
    """Steps that stand in many places get a name; those of torch's modules that are usual in a document go by the kind's name."""
    places, usual = [], {}

    def walk(statements):
        for s in statements if isinstance(statements, list) else ():
            if "init" in s or "is" in s:
                places.append(s)
            for key in ("do", "then", "else"):
                walk(s.get(key))

    for statements in [*document["blocks"].values(), *(c["root"] for c in document["classes"].values())]:
        walk(statements)
    for s in places:
        if "is" in s:
            counts = usual.setdefault(s["is"], {})
            k = json.dumps(s.get("init", []))
            counts[k] = counts.get(k, 0) + 1
    names, inits = {}, {}
    for kind, counts in sorted(usual.items()):
        most = max(sorted(counts), key=counts.get)
        inits[kind] = json.loads(most)
        if inits[kind]:
            names.setdefault(most, kind)
    for s in places:
        k = json.dumps(s.get("init", []))
        if "is" in s and inits[s["is"]] == s.get("init", []):
            s.pop("init", None)
            continue
        if k not in names:
            base = s.get("is", "own")
            i = 2 if "is" in s else 1
            while f"{base}{i}" in inits:
                i += 1
            names[k] = f"{base}{i}"
            inits[names[k]] = json.loads(k)
        s["init"] = names[k]
    return {k: v for k, v in inits.items() if v or k not in usual}


def fields(document):
    """Every field that a document's expressions read."""
    import ast
    out = set()

    def look(s):
        for node in ast.walk(ast.parse(s, mode="eval")):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "field":
                out.add(node.args[0].value)
        def names(node):
            if isinstance(node, ast.Attribute):
                parts = []
                while isinstance(node, ast.Attribute):
                    parts.append(node.attr)
                    node = node.value
                if isinstance(node, ast.Name):
                    out.add(".".join([node.id] + parts[::-1]))
                    return
                names(node)
            elif isinstance(node, ast.Name):
                if node.id not in LOOPS:
                    out.add(node.id)
            elif isinstance(node, ast.Call):
                for a in node.args:
                    names(a)
            else:
                for c in ast.iter_child_nodes(node):
                    names(c)
        names(ast.parse(s, mode="eval").body)

    def walk(statements):
        for s in statements:
            for key in ("if", "in", "expect", "bias", "row", "low", "high", "mean", "std", "value", "gain"):
                if isinstance(s.get(key), str):
                    look(s[key])
            if isinstance(s.get("init"), list):
                walk(s["init"])
            for x in s.get("shape", ()):
                if isinstance(x, str):
                    look(x)
            for x in re.findall(r"\{([^}]*)\}", s.get("add", "")):
                look(x)
            for key in ("do", "then", "else"):
                if isinstance(s.get(key), list):
                    walk(s[key])

    for c in document["classes"].values():
        if isinstance(c["root"], list):
            walk(c["root"])
        for t in c.get("ties", ()):
            if "if" in t:
                look(t["if"])
    for b in [*document["blocks"].values(), *document.get("inits", {}).values()]:
        walk(b)
    return out
