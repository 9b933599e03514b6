"""Builds a model of the reference with a config whose fields know their own names, and records which numbers,
conditions and loops its constructors make of them. Must be imported before transformers.

A number made from config fields carries its expression; a condition on one is logged with its outcome, place and
loops; every module's own constructor is one scope with such a log and a pool of the numbers it saw."""
import ast, builtins, copy, functools, importlib.machinery, math, os, re, sys, types

# Functions that are compiled from their source would have the source without what is rewritten here.
os.environ["PYTORCH_JIT"] = "0"

OPS = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "//": lambda a, b: a // b, "%": lambda a, b: a % b,
       "/": lambda a, b: a / b, "**": lambda a, b: a ** b, "max": max, "min": min, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
       ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
       "at": lambda a, b: a[b], "in": lambda a, b: a in b, "from": lambda a, b: a[b:], "upto": lambda a, b: a[:b], "round": lambda a, b: round(a, b), "get": lambda a, b: a.get(b) if b in a else a.get(str(b)), "else": lambda a, b: b if a is None else a}
ONE = {"int": int, "float": float, "neg": lambda a: -a, "len": len, "none": lambda a: a is None, "true": lambda a: a is True or a == 1, "bool": bool, "sum": sum, "abs": abs,
       "ceil": math.ceil, "floor": math.floor, "sqrt": math.sqrt, "log": math.log, "log2": math.log2, "last": lambda a: a[-1], "round1": round, "prod": math.prod, "maxof": max, "minof": min}

def ev(e, env):
    """An expression's value; env: config fields by path, loops by name."""
    op = e[0]
    if op == "c": return e[1]
    if op == "f": return env["cfg"].get(e[1])
    if op == "i": return env["loops"][e[1]]
    if len(e) == 2: return ONE[op](ev(e[1], env))
    return OPS[op](ev(e[1], env), ev(e[2], env))

def size(e): return 1 if e[0] in "cfi" else 1 + sum(size(x) for x in e[1:])
def show(e):
    if e[0] == "c": return repr(e[1])
    if e[0] == "f": return e[1]
    if e[0] == "i": return "$" + str(e[1]).rsplit(":", 1)[0].rsplit("_", 1)[-1]
    return f"{e[0]}({', '.join(show(x) for x in e[1:])})" if len(e) == 2 or e[0].isalpha() else f"({show(e[1])} {e[0]} {show(e[2])})"

class Scope:
    __slots__ = ("cls", "parent", "log", "pool", "loops", "counts", "made")
    def __init__(self, cls, parent, loops):
        self.cls, self.parent, self.log, self.pool, self.loops, self.counts, self.made = cls, parent, [], {}, loops, {}, 0
    def __deepcopy__(self, memo):
        if not T.on or not T.stack: return self
        r = Scope(self.cls, T.cur(), tuple(T.loops[T.bases[-1]:])); r.log, r.pool, r.counts = self.log, self.pool, self.counts; return r

def norm(e):
    """Loop numbers as seen from here: of an earlier iteration, of a loop that is over."""
    if e is None or e[0] == "c" or e[0] == "f": return e
    if e[0] == "i":
        if len(e) == 2: return e
        for n, t in T.loops:
            if n == e[1]: return ("i", n) if t == e[2] else ("-", ("i", n), ("c", t - e[2]))
        c, n = T.over.get(e[1], (None, 0))
        return ("-", norm(c), ("c", n - e[2])) if c is not None else ("c", e[2])
    return (e[0],) + tuple(norm(x) for x in e[1:])
class Tracer:
    def __init__(self): self.on = False; self.stack = []; self.loops = []; self.quiet = 0; self.bases = []; self.over = {}
    def cur(self): return self.stack[-1]
    def put(self, v, e):
        if self.on and self.stack and type(v) in (SInt, SFloat):
            e = norm(e); es = self.cur().pool.setdefault(v.real if type(v) is SInt else float(v), [])
            if e not in es and len(es) < 12: es.append(e)
    def branch(self, e, outcome, site):
        if self.on and self.stack and not self.quiet:
            self.cur().log.append((site, norm(e), bool(outcome), tuple(self.loops[self.bases[-1]:])))
T = Tracer()

def ex(x):
    if type(x) in KINDS: return x.e
    if x is None or isinstance(x, (int, float, str)): return ("c", x)
    if isinstance(x, (list, tuple)) and all(isinstance(y, (int, float, str, type(None))) for y in x): return ("c", list(x))
    return None

def site(depth=2):
    f = sys._getframe(depth)
    while f.f_code.co_filename == __file__: f = f.f_back
    return f"{f.f_code.co_filename.rsplit('/', 1)[-1]}:{f.f_code.co_name}:{f.f_lineno}:{f.f_lasti}"

def wrap(v, e):
    if e is None or type(v) in KINDS and v.e == e: return v
    if isinstance(v, bool): r = SBool(v)
    elif isinstance(v, SBool): r = SBool(int(v))
    elif isinstance(v, int): r = SInt(v)
    elif isinstance(v, float): r = SFloat(v)
    elif isinstance(v, str): r = SStr(v)
    elif isinstance(v, (list,)):
        r = SList(wrap(x, ("at", e, ("c", i))) for i, x in enumerate(list.__iter__(v)))
    elif isinstance(v, tuple) and type(v) is tuple: r = SList(wrap(x, ("at", e, ("c", i))) for i, x in enumerate(v))
    else: return v
    r.e = e
    if type(r) in (SInt, SFloat): T.put(r, e)
    return r

def arith(name, base, swap=False):
    op = OPS[name]
    def f(self, other):
        r = base(self, other)
        if r is NotImplemented:
            if type(other) is not float: return r
            r = op(other, float(int(self))) if swap else op(float(int(self)), other)
        o = ex(other)
        if o is None: return r
        return wrap(r, (name, o, self.e) if swap else (name, self.e, o))
    return f
def compare(name, base):
    def f(self, other):
        r = base(self, other)
        if r is NotImplemented: return r
        o = ex(other)
        return r if o is None else wrap(bool(r), (name, self.e, o))
    return f
class Same:
    def __deepcopy__(self, memo): return self
    def __copy__(self): return self
    def __reduce_ex__(self, p): return (self.plain, (self.base(self),))
def numeric(cls, base):
    for name, m in (("+", "add"), ("-", "sub"), ("*", "mul"), ("//", "floordiv"), ("%", "mod"), ("/", "truediv"), ("**", "pow")):
        setattr(cls, f"__{m}__", arith(name, getattr(base, f"__{m}__")))
        setattr(cls, f"__r{m}__", arith(name, getattr(base, f"__r{m}__"), True))
    for name, m in (("<", "lt"), ("<=", "le"), (">", "gt"), (">=", "ge"), ("==", "eq"), ("!=", "ne")):
        setattr(cls, f"__{m}__", compare(name, getattr(base, f"__{m}__")))
    cls.__hash__ = base.__hash__
    cls.__neg__ = lambda s: wrap(base.__neg__(s), ("neg", s.e))
    def truth(self):
        r = base.__bool__(self); T.branch(("bool", self.e), r, site()); return r
    cls.__bool__ = truth
class SInt(Same, int):
    base = int; plain = int
class SFloat(Same, float):
    base = float; plain = float
class SBool(Same, int):
    base = int; plain = bool
    def __repr__(self): return str(int.__bool__(self))
numeric(SInt, int); numeric(SFloat, float); numeric(SBool, int)
class SStr(Same, str):
    base = str; plain = str
    __hash__ = str.__hash__
    __eq__ = compare("==", str.__eq__); __ne__ = compare("!=", str.__ne__)
    def __contains__(self, x):
        r = str.__contains__(self, x); o = ex(x)
        if o: T.branch(("in", o, self.e), r, site())
        return r
    def __bool__(self):
        r = len(str(self)) > 0; T.branch(("bool", self.e), r, site()); return r
class SList(Same, list):
    base = list; plain = list
    def __getitem__(self, i):
        r = list.__getitem__(self, i)
        if isinstance(i, slice):
            if isinstance(i.start, int) and i.start >= 0 and i.stop is None and i.step is None:
                q = SList(r); q.e = ("from", self.e, ex(i.start)); return q
            if isinstance(i.stop, int) and i.stop < 0 and i.start is None and i.step is None:
                q = SList(r); q.e = ("upto", self.e, ex(i.stop)); return q
            return list(r)
        if type(i) is SInt: return wrap(r, ("at", self.e, i.e))
        if isinstance(i, int) and i < 0: return wrap(r, ("at", self.e, ("c", int(i))))
        return r
    def __iter__(self):
        if not T.on: yield from list.__iter__(self); return
        yield from (x for _, x in loop(site(), ("len", self.e), ((k, (lambda i, x=x: wrap(x, ("at", self.e, i)))) for k, x in enumerate(list.__iter__(self)))))
    def __contains__(self, x):
        r = any(type(y).base.__eq__(y, x) is True if type(y) in KINDS else y == x for y in list.__iter__(self)); o = ex(x)
        if o: T.branch(("in", o, self.e), r, site())
        return r
    def __deepcopy__(self, memo): return self
    def __bool__(self):
        r = list.__len__(self) > 0; T.branch(("bool", self.e), r, site()); return r
    def __eq__(self, o): return list(list.__iter__(self)) == list(o) if isinstance(o, (list, tuple)) else False
    __hash__ = None
KINDS = {SInt, SFloat, SBool, SStr, SList}

def loop(name, count, items):
    """Yields (i, item) with the loop in the context; `items` are (value, item maker of i's expression)."""
    if T.on and T.stack:
        c = T.cur(); name = f"{name}#{len(T.loops)}"; count_said = norm(count)
        if count_said is None or count_said[0] != "c" or (c.counts.get(name) or ("c",))[0] == "c": c.counts[name] = count_said
    for t, (v, make) in enumerate(items):
        T.loops.append((name, t)); depth = len(T.loops)
        try: yield v, make(("i", name, t))
        finally: del T.loops[depth - 1:]; T.over[name] = (count, t + 1)

def t_range(*a):
    if not T.on: return range(*a)
    r = range(*(int(x) for x in a))
    es = [ex(x) for x in a]
    if len(a) == 1: count, start, step = es[0], None, None
    else:
        start, step = es[0], es[2] if len(a) > 2 else ("c", 1)
        count = ("-", es[1], es[0]) if len(a) == 2 or a[2] == 1 else ("neg", ("//", ("-", es[0], es[1]), es[2]))
    def make(v): return lambda i: wrap(v, i if start is None or start == ("c", 0) and step == ("c", 1) else ("+", start, i if step == ("c", 1) else ("*", i, step)))
    return Range(r, site(), count, make)
class Range:
    def __init__(self, r, s, count, make): self.r, self.s, self.count, self.make = r, s, count, make
    def __iter__(self): return (x for _, x in loop(self.s, self.count, ((v, self.make(v)) for v in self.r)))
    def __len__(self): return len(self.r)
    def __getitem__(self, i): return self.r[i]
    def __contains__(self, x): return x in self.r
    def __reversed__(self): return reversed(self.r)
class Many:
    """What enumerate and zip give: so many things, each made of the loop's number."""
    def __init__(self, s, count, makers): self.s, self.count, self.makers = s, count, makers
    def __iter__(self): return (x for _, x in loop(self.s, self.count, ((k, m) for k, m in enumerate(self.makers))))
    def __len__(self): return len(self.makers)
def count_of(x):
    if type(x) is SList: return ("len", x.e)
    if isinstance(x, (Range, Many)): return x.count
    if isinstance(x, (list, tuple)): return ("c", len(x))
    return None
def makers(x):
    if isinstance(x, Many): return x.makers
    if isinstance(x, Range): return [x.make(v) for v in x.r]
    if type(x) is SList: return [(lambda i, v=v: wrap(v, ("at", x.e, i))) for v in list.__iter__(x)]
    return [(lambda i, v=v: v) for v in x]
def t_enumerate(x, start=0):
    c = count_of(x)
    if not T.on or c is None: return enumerate(x, start)
    return Many(site(), c, [(lambda i, k=k, m=m: (wrap(int(k + start), i if start == 0 else ("+", i, ex(start))), m(i))) for k, m in enumerate(makers(x))])
def t_zip(*xs, **kw):
    cs = [count_of(x) for x in xs]
    if not T.on or None in cs or not any(isinstance(x, (SList, Many, Range)) for x in xs): return zip(*xs, **kw)
    n = min(len(x) for x in xs); c = next((c for x, c in zip(xs, cs) if c[0] != "c" and len(x) == n), ("c", n))
    return Many(site(), c, [(lambda i, ms=ms: tuple(m(i) for m in ms)) for ms in zip(*(makers(x) for x in xs))])
def t_len(x):
    n = len(x); c = ("len", x.e) if type(x) is SList else None
    return wrap(n, c) if c else n
def t_int(x=0, *a):
    r = int(x, *a); return wrap(r, ("int", x.e)) if type(x) in (SInt, SFloat, SBool) and not a else r
def t_float(x=0.0):
    r = float(x); return wrap(r, ("float", x.e)) if type(x) in (SInt, SFloat) else r
def t_round(x, n=None):
    r = round(float(x), n) if n is not None else round(float(x))
    return wrap(r, ("round1", x.e)) if n is None and type(x) in (SInt, SFloat) else r if n is None or type(x) is SFloat else round(x, n)
def extreme(name, f):
    def g(*a, **kw):
        T.quiet += 1
        try: r = f(*a, **kw)
        finally: T.quiet -= 1
        if len(a) == 1 and type(a[0]) is SList: return wrap(r, (name + "of", a[0].e))
        if len(a) == 2 and not kw and ex(a[0]) and ex(a[1]) and any(type(x) in KINDS for x in a): return wrap(r.real if isinstance(r, int) else float(r), (name, ex(a[0]), ex(a[1])))
        return r
    return g
def t_sum(x, *a):
    if type(x) is SList and not a: return wrap(sum(int(y) for y in list.__iter__(x)), ("sum", x.e))
    return sum(x, *a)
def t_is(x, const, place):
    r = x is const if const is None else (bool(int(x)) == const if type(x) is SBool else x is const)
    e = ex(x) if type(x) in KINDS else None
    T.branch(e and (("none", e) if const is None else ("true", e) if const else ("==", e, ("c", False))), r, place)
    return r
def t_b(x, place):
    if x is None: T.branch(None, False, place); return False
    if type(x) in KINDS:
        T.quiet += 1
        try: r = bool(x)
        finally: T.quiet -= 1
        T.branch(("bool", x.e), r, place); return r
    return x
def t_isinstance(x, k):
    if type(x) is SBool and (k is bool or isinstance(k, tuple) and bool in k): return True
    if type(x) is SBool and k is int: return True
    if type(x) is SList and (k is tuple): return True
    if isinstance(x, Range) and (k is range): return True
    return isinstance(x, k)
class Math(types.ModuleType):
    def __getattr__(self, n): return getattr(math, n)
t_math = Math("math")
for _n in ("ceil", "floor", "sqrt", "log", "log2"):
    def _f(x, *a, _n=_n):
        r = getattr(math, _n)(x, *a); return wrap(r, (_n, x.e)) if type(x) in (SInt, SFloat) and not a else r
    setattr(t_math, _n, _f)

CALLS = {"range": t_range, "len": t_len, "enumerate": t_enumerate, "zip": t_zip, "int": t_int, "float": t_float, "max": extreme("max", max), "min": extreme("min", min),
         "sum": t_sum, "round": t_round, "isinstance": t_isinstance}
for _n, _f in CALLS.items(): setattr(builtins, "_t_" + _n, _f)
builtins._t_is, builtins._t_b, builtins._t_math = t_is, t_b, t_math
class Rewrite(ast.NodeTransformer):
    """Lets a module's own conditions, loops and built-in calls go through this file."""
    def __init__(self, name): self.name = name
    def at(self, n): return ast.Constant(f"{self.name}:{n.lineno}:{n.col_offset}")
    def visit_Compare(self, n):
        place = self.at(n); self.generic_visit(n)
        if len(n.ops) == 1 and isinstance(n.ops[0], (ast.Is, ast.IsNot)) and isinstance(n.comparators[0], ast.Constant) and n.comparators[0].value in (None, True, False):
            c = ast.Call(ast.Name("_t_is", ast.Load()), [n.left, n.comparators[0], place], [])
            return c if isinstance(n.ops[0], ast.Is) else ast.UnaryOp(ast.Not(), c)
        return n
    def visit_Call(self, n):
        self.generic_visit(n)
        if isinstance(n.func, ast.Name) and n.func.id in CALLS: n.func.id = "_t_" + n.func.id
        return n
    def visit_Attribute(self, n):
        self.generic_visit(n)
        if isinstance(n.value, ast.Name) and n.value.id == "math": n.value.id = "_t_math"
        return n
    def asked(self, n, place):
        """Each operand of a test by itself: what `and` gives is whichever operand decided."""
        if isinstance(n, ast.BoolOp): n.values = [self.asked(v, self.at(v) if hasattr(v, "lineno") else place) for v in n.values]; return n
        if isinstance(n, ast.UnaryOp) and isinstance(n.op, ast.Not): n.operand = self.asked(n.operand, place); return n
        return ast.Call(ast.Name("_t_b", ast.Load()), [n, place], [])
    def test(self, n):
        place = self.at(n.test); self.generic_visit(n); n.test = self.asked(n.test, place); return n
    def visit_comprehension(self, n):
        self.generic_visit(n); n.ifs = [self.asked(x, self.at(x) if hasattr(x, "lineno") else ast.Constant(self.name)) for x in n.ifs]; return n
    visit_If = visit_IfExp = test
FILES = re.compile(r"transformers/(models/.*/(?!tokenization|processing|image_processing|video_processing|feature_extraction|convert|modular|__init__|auto_)\w+|modeling_rope_utils|modeling_utils|configuration_utils|modeling_layers|activations|pytorch_utils|backbone_utils|modeling_backbone_utils)\.py$")
_get = importlib.machinery.SourceFileLoader.get_code
def get_code(self, fullname):
    path = self.get_filename(fullname)
    if not FILES.search(path): return _get(self, fullname)
    tree = Rewrite(path.rsplit("/", 1)[-1]).visit(ast.parse(open(path).read(), path))
    return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
importlib.machinery.SourceFileLoader.get_code = get_code

import torch
from torch import nn
def note(args):
    for x in args:
        if type(x) in (SInt, SFloat): T.put(x, x.e)
        elif type(x) in (tuple, list, torch.Size): note(x)
        elif type(x) is SList: note(list.__iter__(x))
def scoped(cls):
    init = cls.__dict__["__init__"]
    @functools.wraps(init)
    def run(self, *a, **kw):
        if not T.on or "_sc" in self.__dict__: return init(self, *a, **kw)
        parent = T.cur() if T.stack else None
        sc = Scope(cls.__name__, parent, tuple(T.loops[T.bases[-1]:]) if T.bases else ())
        object.__setattr__(self, "_sc", sc)
        T.stack.append(sc); T.bases.append(len(T.loops)); depth = len(T.stack)
        try:
            note(a); note(kw.values()); return init(self, *a, **kw)
        finally: del T.stack[depth - 1:]; del T.loops[T.bases[depth - 1]:]; del T.bases[depth - 1:]
    cls.__init__ = run
def every(c):
    for s in c.__subclasses__():
        yield s; yield from every(s)
for _c in set(every(nn.Module)):
    if "__init__" in _c.__dict__ and _c.__module__.startswith("torch.nn"): scoped(_c)
def _sub(cls, **kw):
    super(nn.Module, cls).__init_subclass__(**kw)
    if "__init__" in cls.__dict__: scoped(cls)
nn.Module.__init_subclass__ = classmethod(_sub)
def logged(name):
    f = getattr(torch, name)
    @functools.wraps(f)
    def g(*a, **kw):
        if not T.on: return f(*a, **kw)
        note(a); note(kw.values()); r = f(*a, **kw)
        if name == "arange" and T.stack and r.dim() == 1:
            es = [ex(x) for x in ([*a] if not kw.get("end") else [kw.get("start", 0), kw["end"], kw.get("step", 1)])]
            if None not in es and 0 < len(es) < 4:
                e = es[0] if len(es) == 1 else es[1] if es[0] == ("c", 0) else ("-", es[1], es[0])
                if len(es) == 3 and es[2] != ("c", 1): e = ("//", ("+", e, ("-", es[2], ("c", 1)) if es[2][0] != "c" else ("c", es[2][1] - 1)), es[2])
                if e[0] != "c": v = SInt(r.shape[0]); v.e = e; T.put(v, e)
        if name in ("empty", "zeros", "ones", "rand", "randn", "full"):
            dims = kw.get("size", a[:1] if name == "full" else a); dims = dims[0] if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
            dims = list(list.__iter__(dims)) if type(dims) is SList else list(dims)
            if len(dims) == r.dim(): r._sym = [norm(ex(x)) if isinstance(x, int) else None for x in dims]
        return r
    setattr(torch, name, g)
# Values do not matter on the meta device.
for _n in dir(nn.init):
    if _n.endswith("_") and not _n.startswith("_"): setattr(nn.init, _n, lambda *a, **kw: a[0] if a else kw.get("tensor"))
_new = nn.Parameter.__new__
def _parameter(cls, data=None, requires_grad=True):
    p = _new(cls, data, requires_grad)
    if T.on and getattr(data, "_sym", None) is not None: p._sym = data._sym
    return p
nn.Parameter.__new__ = _parameter
import torch.utils._device; torch.utils._device._device_constructors()
for _n in ("empty", "zeros", "ones", "rand", "randn", "full", "arange", "linspace"): logged(_n)

class SDict(dict):
    """A field that is a table: what is asked of it with something to fall back on is one or the other."""
    def get(self, k, d=None):
        v = dict.get(self, k, d); path = self.__dict__.get("path")
        if not T.on or path is None or isinstance(d, (bool, list, dict)) or d is None or not isinstance(k, str): return v
        return wrap(plain(v), ("else", ("f", f"{path}.{k}"), ("c", d))) if isinstance(v, (int, float, str)) else v
def keyed(d, path, flat):
    out = SDict(); out.path = path
    for k, v in d.items():
        p = f"{path}.{k}"
        if isinstance(v, dict) and k not in IGNORED: flat[p] = v; v = keyed(v, p, flat)
        elif isinstance(v, (int, float, str, list)): flat[p] = copy.deepcopy(v); v = wrap(v, ("f", p))
        out[k] = v
    return out

def symbolic(config, prefix=""):
    """Gives every field its name, in place; returns the plain values by path."""
    from transformers import PreTrainedConfig
    flat = {}
    config.__dict__["_path"] = prefix
    for k in properties(type(config)):
        try: v = plain(getattr(config, k))
        except Exception: continue
        if isinstance(v, (int, float, str, list)) or v is None: flat[prefix + k] = v
    for k, v in list(vars(config).items()):
        if k in IGNORED or k.startswith("__"): continue
        path = prefix + k
        if isinstance(v, PreTrainedConfig): flat[path] = v.model_type; flat |= symbolic(v, path + "."); continue
        if isinstance(v, dict):
            flat[path] = v; config.__dict__[k] = keyed(v, path, flat)
            continue
        if v is None or isinstance(v, (int, float, str, list, tuple)):
            flat[path] = copy.deepcopy(v)
            if k == "model_type": continue
            try: config.__dict__[k] = wrap(v, ("f", path))
            except Exception: pass
    if isinstance(getattr(config, "id2label", None), dict): flat[prefix + "num_labels"] = len(config.id2label)
    return flat

IGNORED = {"transformers_version", "architectures", "_name_or_path", "_commit_hash", "_path", "id2label", "label2id"}
PROPERTIES = {}
def properties(cls):
    """Names of a config class's own properties, which models read as fields."""
    if cls not in PROPERTIES:
        PROPERTIES[cls] = sorted({k for c in cls.__mro__ if "models" in c.__module__ for k, v in vars(c).items() if isinstance(v, property)} - {"num_labels"})
    return PROPERTIES[cls]
def plain(v):
    """A value without its expression."""
    if type(v) in KINDS and type(v) is not SList: return v.plain(v.base(v))
    if type(v) is SList: return [plain(x) for x in list.__iter__(v)]
    if isinstance(v, (list, tuple)): return [plain(x) for x in v]
    if isinstance(v, dict): return {str(plain(k)): plain(x) for k, x in v.items()}
    return v
def hook_configs():
    """Notes fields that are read while they are None, or that no config class has, in the scope that reads them."""
    from transformers import PreTrainedConfig
    get = PreTrainedConfig.__getattribute__
    def getattribute(self, key):
        if not T.on or not T.stack or key[:2] == "__": return get(self, key)
        path = self.__dict__.get("_path")
        try: v = get(self, key)
        except AttributeError:
            if path is not None and not key.startswith("_"): T.cur().log.append(("absent", ("f", path + get(self, "attribute_map").get(key, key)), None, ()))
            raise
        if v is None and path is not None: T.cur().log.append(("null", ("f", path + get(self, "attribute_map").get(key, key)), None, ()))
        if path is not None and (key == "num_labels" and type(v) is int or key in properties(type(self)) and isinstance(v, (int, float, str, list, tuple))): return wrap(plain(v), ("f", path + key))
        return v
    PreTrainedConfig.__getattribute__ = getattribute
    # Half of the time went into checking types of fields, and into messages nobody reads.
    import huggingface_hub.dataclasses as D
    D.type_validator = lambda *a: None
    PreTrainedConfig.__repr__ = object.__repr__

class Node:
    __slots__ = ("cls", "sc", "params", "bufs", "kids", "name", "sym", "steps", "drew")
def tree(m, name="", rules=None):
    n = Node(); n.name, n.cls, n.sc = name, type(m).__name__, m.__dict__.get("_sc")
    n.steps = None if rules is None else rules.get(id(m), [])
    n.params = [(k, tuple(p.shape), str(p.dtype)[6:] + ("" if p.requires_grad else "!")) for k, p in m._parameters.items() if p is not None]
    n.sym = {k: getattr(t, "_sym", None) for d in (m._parameters, m._buffers) for k, t in d.items() if t is not None}
    n.bufs = [(k, tuple(b.shape), str(b.dtype)[6:], k not in m._non_persistent_buffers_set) for k, b in m._buffers.items() if b is not None]
    n.kids = [tree(c, k, rules) for k, c in m._modules.items() if c is not None]
    return n
def slots(n, prefix=""):
    P, B = [], []
    def walk(n, prefix):
        for k, s, d in n.params: P.append((prefix + k, list(s), d.rstrip("!")))
        for k, s, d, p in n.bufs: B.append((prefix + k, list(s), d, p))
        for c in n.kids: walk(c, prefix + c.name + ".")
    walk(n, ""); return P, B

def prepare(config):
    """A config to build from, its fields named, and the plain values by path."""
    config = copy.deepcopy(config); return config, symbolic(config)
def start(): T.on, T.stack, T.loops, T.bases, T.quiet, T.over = True, [], [], [], 0, {}

def build(cls, config, steps=True):
    """(tree, plain config by path, ties, model) of a class under a config, traced."""
    config, flat = prepare(config); start()
    try:
        with torch.device("meta"): m = cls._from_config(config, dtype=torch.float32) if hasattr(cls, "_from_config") else cls(config)
    finally: T.on = False
    rules = initializations(m) if steps else {}
    return tree(m, rules=rules), flat, ties_of(m), m
def ties_of(m):
    owners, ties = {}, {str(k): str(v) for k, v in (getattr(m, "all_tied_weights_keys", {}) or {}).items() if str(k) != str(v)}
    for n, p in m.named_parameters(remove_duplicate=False):
        o = owners.setdefault(id(p), n)
        if o != n and n not in ties: ties[n] = o
    return ties
def untraced(cls, config, steps=False):
    config, before = copy.deepcopy(config), torch.get_rng_state()
    with torch.device("meta"): m = cls._from_config(config, dtype=torch.float32)
    drew = not torch.equal(before, torch.get_rng_state())
    root = tree(m, rules=initializations(m) if steps else {}); root.drew = drew
    return root, ties_of(m), m

EVENTS = []
def recorder(name, f):
    import inspect
    sig = inspect.signature(f)
    def g(t, *a, **kw):
        if not isinstance(t, torch.Tensor) or getattr(t, "_is_hf_initialized", False): return t
        b = sig.bind(t, *a, **kw); b.apply_defaults()
        args = {k: v for k, v in list(b.arguments.items())[1:] if k != "generator"}
        EVENTS.append((t, name, {k: v for k, v in args.items() if isinstance(v, (int, float, str))} if name != "copy_" else {}))
        return t
    return g
def initializations(m):
    """What the model's own initialisation does in each module: {module: [(slot below it, primitive, {argument: (expression, value)}, part)]}, or None if it fails."""
    import transformers
    from transformers import initialization as I
    names = [n for n, f in vars(I).items() if n.endswith("_") and not n.startswith("_") and callable(f)]; saved = {n: getattr(I, n) for n in names}
    out, base = {}, transformers.PreTrainedModel; original = base._initialize_weights
    def where(module, t):
        for n, p in list(module.named_parameters(remove_duplicate=False)) + list(module.named_buffers(remove_duplicate=False)):
            if p is t: return n, None
        for n, p in list(module.named_parameters(remove_duplicate=False)) + list(module.named_buffers(remove_duplicate=False)):
            if p.untyped_storage()._cdata == t.untyped_storage()._cdata:
                if p.numel() == t.numel(): return n, None
                if p.dim() == t.dim() + 1 and tuple(p.shape[1:]) == tuple(t.shape): return n, int(t.storage_offset()) // max(1, p[0].numel())
                return n, "?"
        # A weight that is computed from others: the numbers drawn for it are thrown away, but they are drawn.
        for n, p in module.named_parameters(remove_duplicate=False):
            if "parametrizations." in n and tuple(p.shape) == tuple(t.shape): return n, None
        return None, None
    def noted(self, module, *a, **kw):
        EVENTS.clear(); fault = False; sc = module.__dict__.get("_sc")
        T.stack[:] = [sc] if sc else []; T.on = bool(sc); T.loops, T.bases = [], [0]
        mark = len(sc.log) if sc else 0
        try: original(self, module, *a, **kw)
        except Exception: fault = True
        finally: T.on = False
        if sc: sc.log[mark:] = [("init/" + str(p), e, o, l) for p, e, o, l in sc.log[mark:]]
        steps = []
        for t, name, args in EVENTS:
            n, part = where(module, t)
            if n is None: continue
            steps.append((n, name, {k: (norm(ex(v)), v if isinstance(v, str) else float(v)) for k, v in args.items()}, part))
        if fault: out[id(module)] = None
        elif steps: out[id(module)] = steps
    for n in names: setattr(I, n, recorder(n, saved[n]))
    base._initialize_weights = noted
    try:
        with torch.device("meta"), torch.no_grad(): m.initialize_weights()
    except Exception: out = None
    finally:
        base._initialize_weights = original; T.on = False
        for n in names: setattr(I, n, saved[n])
    return out
