#!/usr/bin/env python3
"""Writes skeleton.json: what a model of transformers, or of remote code, must have, for Tenon to load it.

usage: export_skeleton.py CHECKPOINT_OR_CONFIG [--class NAME] [-o FILE] [--trust-remote-code]

The file is skeleton.json beside the weights, where a load finds it, and its path is printed.

Needs transformers (5.x) and torch alone. The model is built on the meta device, so it costs no memory, and
its own initialisation is run there and recorded: which primitive fills which tensor, in which order. Values
of buffers are computed by running the recorded operations that lead to them, and nothing else, on the CPU.
What cannot be recorded is said on stderr and in the file's "notes". docs/skeleton-json.md has the format.
"""
import argparse
import base64
import contextlib
import copy
import functools
import json
import math
import os
import re
import sys
import zlib

import torch
import transformers
import torch.utils._device
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import initialization, modeling_utils
from transformers.conversion_mapping import get_model_conversion_mapping
from transformers.core_model_loading import WeightRenaming

EMPTY = {"aten::empty", "aten::empty_like", "aten::new_empty", "aten::empty_strided", "aten::new_empty_strided"}
LARGEST_VALUE = 1 << 30
LARGEST_REPEATED = 1 << 26
LARGEST_DRAW = 1 << 20
FAN_RULES = {"xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal"}
SHAPED_RULES = {"eye", "dirac", "orthogonal", "sparse"}


# torch looks its factories up once, which must be before any of them is replaced here.
torch.utils._device._device_constructors()


class Unrecordable(Exception):
    """A value or a write that no rule of the format says."""


def key(tensor):
    """What two views of one tensor have in common."""
    return tensor.untyped_storage()._cdata


def tensors(values):
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from tensors(value)


class Geometry:
    """Where a view lies in its storage."""

    def __init__(self, tensor):
        self.key, self.dtype, self.offset = key(tensor), tensor.dtype, tensor.storage_offset()
        self.shape, self.strides = tuple(tensor.shape), tuple(tensor.stride())
        self.contiguous = tensor.is_contiguous()

    def count(self):
        return math.prod(self.shape)

    def box(self, base):
        """The part of a contiguous tensor this is, as (dim, start, length) of each dimension cut; None if it is no box."""
        if self.offset == base.offset and self.count() == base.count():
            if self.contiguous and base.contiguous or self.strides == base.strides:
                return []
        if not base.contiguous or self.offset < base.offset:
            return None
        offset, cuts, count, sizes = self.offset - base.offset, [], 1, dict(zip(self.strides, self.shape))
        for dim, (size, stride) in enumerate(zip(base.shape, base.strides)):
            start, offset = divmod(offset, stride)
            length = sizes.get(stride, 1) if size > 1 else 1
            if start + length > size:
                return None
            if length != size:
                cuts.append((dim, start, length))
            count *= length
        return cuts if offset == 0 and count == self.count() else None


class Entry:
    """One operation of the log."""

    __slots__ = ("run", "args", "kwargs", "outs", "reads", "random", "name")

    def __init__(self, run, args, kwargs, outs, random, name):
        self.run, self.args, self.kwargs, self.outs, self.random, self.name = run, args, kwargs, outs, random, name
        self.reads = [key(t) for t in tensors((*args, *kwargs.values()))]


class Log(TorchDispatchMode):
    """All operations on tensors, meta or not, in order; and the writes that initialise slots, as events."""

    def __init__(self):
        super().__init__()
        self.entries, self.writers, self.events, self.quiet, self.used = [], {}, [], 0, set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        schema = func._schema
        written = [a for a, s in zip(args, schema.arguments) if s.alias_info is not None and s.alias_info.is_write]
        outs = list(tensors(out if isinstance(out, (list, tuple)) else [out]))
        known = {key(t) for t in tensors((*args, *kwargs.values()))}
        made = [t for t in outs if key(t) not in known]
        if made or written:
            random = torch.Tag.nondeterministic_seeded in func.tags and schema.name not in EMPTY
            self.add(Entry(func, args, kwargs, outs, random, schema.name), [*made, *tensors(written)])
            if not self.quiet:
                for tensor in tensors(written):
                    self.events.append((Geometry(tensor), self.rule_of(func, args, kwargs), len(self.entries)))
        return out

    def add(self, entry, written):
        for tensor in written:
            self.writers.setdefault(key(tensor), []).append(len(self.entries))
        self.entries.append(entry)

    def rule_of(self, func, args, kwargs):
        """What an in-place operation of aten does to a slot, if the format can say it."""
        given = dict(zip((a.name for a in func._schema.arguments), args)) | kwargs
        name = func._schema.name
        if name == "aten::normal_":
            return rule("normal", mean=given.get("mean", 0), std=given.get("std", 1))
        if name == "aten::uniform_":
            return rule("uniform", low=given.get("from", 0), high=given.get("to", 1))
        if name == "aten::zero_":
            return rule("constant", value=0)
        if name == "aten::fill_" and not isinstance(given["value"], torch.Tensor):
            return rule("constant", value=given["value"])
        if name in ("aten::fill_", "aten::copy_"):
            source = given["value" if name == "aten::fill_" else "src"]
            return self.snapshot(source)
        return Unrecordable(name)

    def snapshot(self, source):
        """A tensor as it is now: one with data is copied, for a later operation may change it."""
        if source.device.type != "meta" and not self.is_random(source, len(self.entries)):
            return ("value", source.detach().clone(), None)
        return ("value", source, len(self.entries))

    def is_random(self, tensor, limit):
        return any(self.entries[i].random for i in self.needed([key(tensor)], limit))

    def needed(self, keys, limit):
        """Indices of the operations that lead to the values of these storages before `limit`."""
        chosen, asked = set(), [(k, limit) for k in keys]
        while asked:
            storage, before = asked.pop()
            for i in self.writers.get(storage, ()):
                if i < before and i not in chosen:
                    chosen.add(i)
                    asked.extend((read, i) for read in self.entries[i].reads)
        return sorted(chosen)

    def draw(self, tensor, limit):
        """The rule of a tensor that is computed element by element from one draw; None if it is not."""
        found = self.drawing(tensor, limit)
        return found and found[1]

    def drawing(self, tensor, limit):
        """As draw, and which operation of the log draws."""
        try:
            found = {}
            value = self.expression(tensor, limit, found)
            if len(found) != 1:
                return None
            (at, drawn), = found.items()
            self.used.add(at)
            return at, fold(drawn, value)
        except Unrecordable:
            return None

    def expression(self, tensor, limit, found):
        """A tensor as a value of the format; draws it comes from are put into `found`."""
        writers = [i for i in self.writers.get(key(tensor), ()) if i < limit]
        if not writers or not any(self.entries[i].random for i in self.needed([key(tensor)], limit)):
            value = self.value(tensor, limit)
            return value.item() if value.numel() == 1 else compact(value)
        at, elements = writers[-1], tensor.untyped_storage().nbytes() // tensor.element_size()
        entry = self.entries[at]
        if tensor.numel() != elements or entry.outs and entry.outs[0].numel() != elements:
            raise Unrecordable("a part of a draw")
        given = [*entry.args, *entry.kwargs.values()]
        name = entry.name.rstrip("_").removeprefix("aten::")
        if entry.random:
            found[at] = self.drawn(entry, name)
            return {"kind": "input"}
        if name in ("_to_copy", "clone", "copy", "detach"):
            return self.expression(entry.args[1 if name == "copy" else 0], at, found)
        operands = [self.expression(x, at, found) if isinstance(x, torch.Tensor) else x for x in given]
        if name not in EXPRESSIONS or any(torch.is_tensor(x) and x.numel() not in (1, elements) for x in given):
            raise Unrecordable(name)
        return EXPRESSIONS[name](*operands)

    @staticmethod
    def drawn(entry, name):
        if isinstance(entry.run, Primitive):
            return entry.run.said
        numbers = [x for x in entry.args[1:] if scalar(x)]
        if name in ("randn", "randn_like"):
            return rule("normal", mean=0, std=1)
        if name in ("rand", "rand_like"):
            return rule("uniform", low=0, high=1)
        if name in ("normal", "uniform") and entry.name.endswith("_"):
            first, second = (*numbers, 0, 1)[:2] if not numbers else (*numbers, 1)[:2]
            return rule(name, **dict(zip(("mean", "std") if name == "normal" else ("low", "high"), (first, second))))
        raise Unrecordable(entry.name)

    def value(self, tensor, limit, one_draw=False):
        """The values of a tensor as they were before operation `limit`, computed on the CPU.

        Where random numbers are drawn on the way, two seeds must give the same, or one draw must be wanted.
        """
        if limit is None:
            return tensor
        chosen = self.needed([key(tensor)], limit)
        if not chosen and tensor.device.type != "meta":
            return tensor.detach()
        size = tensor.untyped_storage().nbytes()
        if not any(self.entries[i].random for i in chosen):
            if size > LARGEST_VALUE:
                raise Unrecordable("it is too large to be computed here")
            return self.run(chosen, tensor, 0)
        if size > (LARGEST_DRAW if one_draw else LARGEST_REPEATED):
            raise Unrecordable("it depends on random numbers")
        value = self.run(chosen, tensor, 0)
        if not one_draw and not torch.equal(value, self.run(chosen, tensor, 1)):
            raise Unrecordable("it depends on random numbers")
        return value

    def run(self, chosen, tensor, seed):
        real = {}

        def storage(of):
            if key(of) not in real:
                if of.device.type == "meta" or of.untyped_storage().nbytes() > LARGEST_VALUE:
                    raise Unrecordable("where its values come from is not known")
                real[key(of)] = of.detach().clone(memory_format=torch.preserve_format).untyped_storage()
            return real[key(of)]

        def here(x):
            if isinstance(x, torch.Tensor):
                view = torch.empty(0, dtype=x.dtype)
                return view.set_(storage(x), x.storage_offset(), x.shape, x.stride())
            if isinstance(x, (list, tuple)):
                return type(x)(here(y) for y in x)
            return torch.device("cpu") if isinstance(x, torch.device) else x

        with torch.no_grad(), torch.random.fork_rng(devices=[]), torch.device("cpu"):
            torch.manual_seed(seed)
            for i in chosen:
                entry = self.entries[i]
                out = entry.run(*here(entry.args), **{k: here(v) for k, v in entry.kwargs.items()})
                outs = list(tensors(out if isinstance(out, (list, tuple)) else [out]))
                for wanted, got in zip(entry.outs, outs):
                    if key(wanted) not in real:
                        if wanted.stride() != got.stride():
                            got = torch.empty_strided(wanted.shape, wanted.stride(), dtype=got.dtype).copy_(got)
                        real[key(wanted)] = got.untyped_storage()
            return here(tensor).clone()


def call(op, *operands, numbers=()):
    """An operation of the format; plain numbers stand after the inputs."""
    inputs = [x for x in operands if isinstance(x, dict)]
    plain = [x for x in operands if scalar(x)] + list(numbers)
    if len(inputs) + len(plain) != len(operands) + len(numbers) or not isinstance(operands[0], dict):
        raise Unrecordable(op)
    return {"kind": "call", "op": op, "inputs": inputs, **({"numbers": plain} if plain else {})}


def either(op):
    # Of a sum or product the format has the number last.
    return lambda a, b: call(op, a, b) if isinstance(a, dict) else call(op, b, a)


EXPRESSIONS = {
    "mul": either("mul"), "add": either("add"), "div": lambda a, b: call("div", a, b),
    "sub": lambda a, b: call("add", a, -b if scalar(b) else call("mul", b, -1)),
    "neg": lambda a: call("mul", a, -1), "reciprocal": lambda a: call("reciprocal", a),
    "pow": lambda a, b: call("power_of", b, a),
    "clamp": lambda a, low=None, high=None: call("clamp", a, numbers=[
        -math.inf if low is None else low, math.inf if high is None else high]),
    "clamp_min": lambda a, low: call("clamp", a, numbers=[low, math.inf]),
    **{name: functools.partial(call, name) for name in ("exp", "log", "expm1", "sin", "cos", "abs")},
}


def fold(drawn, value):
    """A draw and what is computed from it; a normal or uniform draw that is scaled or shifted is another such draw."""
    if value == {"kind": "input"}:
        return drawn
    if value["kind"] == "call" and value["op"] in ("mul", "div", "add") and value.get("numbers"):
        inner = fold(drawn, value["inputs"][0])
        x = value["numbers"][0]
        scale, shift = {"mul": (x, 0), "div": (1 / x, 0), "add": (1, x)}[value["op"]]
        if folded := affine(inner, scale, shift):
            return folded
    return {"rule": "drawn", "draw": drawn, "value": value}


def scalar(x):
    return isinstance(x, (int, float)) and not isinstance(x, bool)


def rule(name, **arguments):
    return {"rule": name, **{k: v if isinstance(v, (str, dict)) else number(v) for k, v in arguments.items()}}


def number(x):
    x = x.item() if hasattr(x, "item") else x
    return int(x) if isinstance(x, bool) else x


def affine(drawn, scale, shift):
    """A draw times `scale` plus `shift`."""
    if drawn["rule"] == "normal":
        return rule("normal", mean=drawn["mean"] * scale + shift, std=abs(drawn["std"] * scale))
    if drawn["rule"] == "uniform" and scale > 0:
        return rule("uniform", low=drawn["low"] * scale + shift, high=drawn["high"] * scale + shift)
    return None


def fans(shape):
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def plain(said, shape):
    """A rule that counts fans as the draw it comes down to for this shape."""
    if said["rule"] not in FAN_RULES:
        return said
    fan_in, fan_out = fans(shape)
    if said["rule"].startswith("xavier"):
        std = said["gain"] * math.sqrt(2 / (fan_in + fan_out))
    else:
        std = said["gain"] / math.sqrt(fan_in if said["mode"] == "fan_in" else fan_out)
    if said["rule"].endswith("normal"):
        return rule("normal", mean=0, std=std)
    return rule("uniform", low=-math.sqrt(3) * std, high=math.sqrt(3) * std)


class Primitive:
    """A primitive of torch.nn.init that fills a tensor: logged as one operation."""

    def __init__(self, function, said):
        self.function, self.said = function, said

    def __call__(self, tensor):
        return self.function(tensor)


def recording_primitives(log):
    """Replacements for the primitives that say what they do instead of doing it."""
    gain_of = torch.nn.init.calculate_gain
    said = {
        "uniform_": lambda a=0.0, b=1.0: rule("uniform", low=a, high=b),
        "normal_": lambda mean=0.0, std=1.0: rule("normal", mean=mean, std=std),
        "constant_": lambda val: rule("constant", value=val),
        "ones_": lambda: rule("constant", value=1),
        "zeros_": lambda: rule("constant", value=0),
        "eye_": lambda: rule("eye"),
        "dirac_": lambda groups=1: rule("dirac", groups=groups),
        "xavier_uniform_": lambda gain=1.0: rule("xavier_uniform", gain=gain),
        "xavier_normal_": lambda gain=1.0: rule("xavier_normal", gain=gain),
        "kaiming_uniform_": lambda a=0, mode="fan_in", nonlinearity="leaky_relu": rule(
            "kaiming_uniform", gain=gain_of(nonlinearity, a), mode=mode),
        "kaiming_normal_": lambda a=0, mode="fan_in", nonlinearity="leaky_relu": rule(
            "kaiming_normal", gain=gain_of(nonlinearity, a), mode=mode),
        "trunc_normal_": lambda mean=0.0, std=1.0, a=-2.0, b=2.0: rule(
            "truncated_normal", mean=mean, std=std, low=a, high=b),
        "orthogonal_": lambda gain=1: rule("orthogonal", gain=gain),
        "sparse_": lambda sparsity, std=0.01: rule("sparse", sparsity=sparsity, std=std),
    }
    originals = dict(initialization.TORCH_INIT_FUNCTIONS)

    def replacement(name):
        def record(tensor, *args, generator=None, **kwargs):
            with torch.no_grad():
                what = said[name](*args, **kwargs)
                if tensor.numel() == 0:
                    return tensor
                fill = Primitive(lambda t: originals[name](t, *args, **kwargs), what)
                random = name not in ("constant_", "ones_", "zeros_", "eye_", "dirac_")
                log.add(Entry(fill, (tensor,), {}, [tensor], random, "init." + name), [tensor])
                log.events.append((Geometry(tensor), what, len(log.entries)))
                if tensor.device.type != "meta":
                    log.quiet += 1
                    originals[name](tensor, *args, **kwargs)
                    log.quiet -= 1
            return tensor

        return functools.wraps(originals[name])(record)

    return {name: replacement(name) for name in originals if name in said}


@contextlib.contextmanager
def recorded(log):
    """Runs what is inside with the log on and the primitives replaced."""
    replacements, saved = recording_primitives(log), []

    def put(owner, name, value):
        saved.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    table = dict(initialization.TORCH_INIT_FUNCTIONS)
    initialization.TORCH_INIT_FUNCTIONS.update(replacements)
    for module in initialization.TORCH_MODULES_TO_PATCH:
        for name, value in replacements.items():
            if module in sys.modules and hasattr(sys.modules[module], name):
                put(sys.modules[module], name, value)

    def from_data(original):
        # A tensor made from Python's numbers on the meta device leaves no trace of them in the log.
        def make(*args, **kwargs):
            tensor = original(*args, **kwargs)
            if tensor.device.type == "meta":
                with torch.device("cpu"):
                    known = original(*args, **{**kwargs, "device": "cpu"})
                if known.device.type == "cpu":
                    log.add(Entry(lambda: known.clone(), (), {}, [tensor], False, "data"), [tensor])
            return tensor

        return make

    put(torch, "tensor", from_data(torch.tensor))
    put(torch, "as_tensor", from_data(torch.as_tensor))
    put(torch.nn.init, "_no_grad_trunc_normal_", lambda tensor, mean, std, a, b, generator=None: replacements[
        "trunc_normal_"](tensor, mean, std, a, b))
    try:
        with log:
            yield
    finally:
        for owner, name, value in reversed(saved):
            setattr(owner, name, value)
        initialization.TORCH_INIT_FUNCTIONS.update(table)


def set_dtype(config, dtype):
    config.dtype = dtype
    for name in getattr(config, "sub_configs", None) or ():
        part = getattr(config, name, None)
        if isinstance(part, transformers.PretrainedConfig):
            set_dtype(part, dtype)


@contextlib.contextmanager
def on_meta(config, dtype):
    """The reference's own surroundings of a model that is about to be loaded."""
    set_dtype(config, dtype)
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device("meta"), initialization.no_tie_weights(), initialization.meta_device_safe_creation_ops():
            yield
    finally:
        torch.set_default_dtype(before)


class Exporter:
    """Builds one model and says what it must have."""

    def __init__(self, model_class, config):
        self.notes, self.log = [], Log()
        with recorded(self.log), on_meta(config, torch.float32):
            self.model = model_class(config)
        self.built, self.built_entries = len(self.log.events), len(self.log.entries)
        self.slots = self.named(self.model)
        with on_meta(narrow := copy.deepcopy(config), torch.bfloat16):
            self.narrow = {name: t.dtype for name, t, *_ in self.named(model_class(narrow))}
        self.token_slots = self.resized(model_class, copy.deepcopy(config))
        self.initialize()
        self.rules, self.values, self.known_rules, self.known_values = [], [], {}, {}

    @staticmethod
    def named(model):
        slots = [(n, p, "parameter", True) for n, p in model.named_parameters(remove_duplicate=False)]
        for prefix, module in model.named_modules(remove_duplicate=False):
            for name, buffer in module._buffers.items():
                if buffer is not None:
                    full = f"{prefix}.{name}" if prefix else name
                    slots.append((full, buffer, "buffer", name not in module._non_persistent_buffers_set))
        return slots

    def resized(self, model_class, config):
        """[slot, dimension] pairs: what the class itself gives another row for another token."""
        try:
            with torch.device("meta"):
                model = model_class(config)
            tokens = model.get_input_embeddings().weight.shape[0]
            model.resize_token_embeddings(tokens + 1, mean_resizing=False)
        except Exception:  # Classes without tokens fail in ways of their own.
            return []
        index = {name: i for i, (name, *_) in enumerate(self.slots)}
        pairs = []
        for name, tensor, *_ in self.named(model):
            before = self.slots[index[name]][1].shape if name in index else tensor.shape
            pairs += [[index[name], d] for d in range(tensor.dim()) if tensor.shape[d] != before[d]]
        return sorted(pairs)

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def initialize(self):
        """Runs the model's own initialisation, module by module; one that fails is noted and left out."""
        log, original, notes = self.log, modeling_utils.PreTrainedModel._initialize_weights, self.note
        names = {id(module): name for name, module in self.model.named_modules()}

        def guarded(model, module, *args, **kwargs):
            events = len(log.events)
            for context in (contextlib.nullcontext(), torch.device("meta")):
                try:
                    with context:
                        return original(model, module, *args, **kwargs)
                except Exception as e:
                    del log.events[events:]
                    fault = f"{type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''}"
            notes(f"{names.get(id(module), '')}: its initialisation does not run without data ({fault})")

        modeling_utils.PreTrainedModel._initialize_weights = guarded
        try:
            with recorded(log), torch.no_grad():
                self.model.initialize_weights()
        finally:
            modeling_utils.PreTrainedModel._initialize_weights = original

    def export(self):
        names = {name for name, *_ in self.slots}
        conversions, renamings = [], []
        self.spellings(renamings, conversions)
        model = self.model

        def patterns(name):
            return sorted(getattr(model, name, None) or ())

        ties = self.ties(names)
        init = self.steps()
        return {
            "format": "tenon-skeleton",
            "version": 1,
            "producer": f"transformers {transformers.__version__}, torch {torch.__version__}",
            "class": type(model).__name__,
            "modelType": getattr(model.config, "model_type", None) or "",
            "baseModelPrefix": model.base_model_prefix or "",
            "slots": [self.slot(*slot) for slot in self.slots],
            "ties": ties,
            "values": self.values,
            "rules": self.rules,
            "init": init,
            "ignoreMissing": patterns("_keys_to_ignore_on_load_missing"),
            "ignoreUnexpected": patterns("_keys_to_ignore_on_load_unexpected"),
            "ignoreOnSave": ["^" + re.escape(name) + "$" for name in patterns("_keys_to_ignore_on_save")],
            "keepInFp32": patterns("_keep_in_fp32_modules"),
            "keepInFp32Strict": patterns("_keep_in_fp32_modules_strict"),
            "renamings": renamings,
            "conversions": conversions,
            "tokenSlots": self.token_slots,
            "notes": self.notes,
        }

    def slot(self, name, tensor, kind, persistent):
        slot = {"name": name, "shape": list(tensor.shape), "kind": kind}
        dtype = str(tensor.dtype).removeprefix("torch.")
        if dtype != "float32":
            slot["dtype"] = dtype
        if kind == "buffer" and not persistent:
            slot["persistent"] = False
        if tensor.dtype.is_floating_point and self.narrow.get(name) == tensor.dtype:
            slot["fixedDtype"] = True
        if kind == "parameter" and not tensor.requires_grad:
            slot["trainable"] = False
        return slot

    def ties(self, names):
        """Declared ties, and parameters that are one object under two names."""
        ties = {}
        for target, source in (getattr(self.model, "all_tied_weights_keys", None) or {}).items():
            if target in names and source in names and target != source:
                ties[target] = source
            elif target != source:
                self.note(f"{target} is declared tied to {source}, but there are no such slots")
        owners = {}
        for name, tensor, kind, _ in self.slots:
            owner = owners.setdefault(id(tensor), name)
            if kind == "parameter" and owner != name and name not in ties:
                ties[name] = owner
        return [[target, source] for target, source in ties.items()]

    def steps(self):
        """[slot, rule] pairs: what was recorded, then the constructor's values of slots no rule wrote."""
        init, places, whole, partial, broken, drawn = [], {}, set(), {}, {}, {}
        geometries = [Geometry(tensor) for _, tensor, *_ in self.slots]
        for i, geometry in enumerate(geometries):
            places.setdefault(geometry.key, []).append(i)
        for view, what, limit in self.log.events[self.built:]:
            written = places.get(view.key)
            for i in written or self.discarded(view, what, limit, places, geometries):
                self.log.used.add(limit - 1)
                try:
                    said = self.say(what, view, geometries[i], limit)
                except Unrecordable as e:
                    # A draw that is changed in place is another rule where it was drawn.
                    changed = i not in broken and view.box(geometries[i]) == [] and self.log.drawing(self.slots[i][1], limit)
                    if changed and (i, changed[0]) in drawn:
                        init[drawn[i, changed[0]]] = [i, self.rule(changed[1])]
                    else:
                        broken[i] = str(e)
                    continue
                drawn[i, limit - 1] = len(init)
                # What is thrown away is drawn whether the slot is loaded or not.
                init.append([i, self.rule(said)] if written else [i, self.rule(said), True])
                if said["rule"] == "part":
                    partial.setdefault(i, len(init) - 1)
                else:
                    whole.add(i)
                    broken.pop(i, None)
        lost = [e for e in range(self.built_entries, len(self.log.entries))
                if self.log.entries[e].random and e not in self.log.used]
        if lost:
            names = sorted({self.log.entries[e].name for e in lost})
            self.note(f"{len(lost)} draws are not in the file ({', '.join(names)}): later ones differ from the reference's")
        late = []
        for i, (name, tensor, *_) in enumerate(self.slots):
            if i in broken:
                late.append([i, self.rule(self.final(i, geometries[i], broken[i]))])
            elif i not in whole:
                step = [i, self.rule(self.constructed(i, geometries[i]))]
                late.append(step) if i not in partial else init.insert(self.before(init, i), step)
        return init + late

    def discarded(self, view, what, limit, places, geometries):
        """The slot for a draw into a tensor that is thrown away, such as a weight that is computed from two others.

        The numbers are drawn all the same, so they must be for the file's later ones to be the reference's.
        """
        if not self.log.entries[limit - 1].random:
            return
        for entry in map(self.log.entries.__getitem__, reversed(self.log.needed([view.key], limit))):
            for i in (i for read in entry.reads for i in places.get(read, ())):
                if geometries[i].shape == view.shape:
                    self.log.used.add(limit - 1)
                    yield i
                    return

    @staticmethod
    def before(init, slot):
        return next(at for at, step in enumerate(init) if step[0] == slot)

    def say(self, what, view, base, limit):
        """An event as a rule for a whole slot."""
        if isinstance(what, Unrecordable):
            raise what
        cuts = view.box(base) if view.key == base.key else []
        if cuts is None:
            raise Unrecordable("a part that is no box is written")
        if isinstance(what, tuple):
            said = self.copied(*what[1:], view.shape, view.dtype)
        else:
            said = what
        if cuts or view.shape != base.shape:
            if said["rule"] in SHAPED_RULES:
                raise Unrecordable(f"{said['rule']} of a view")
            said = plain(said, view.shape)
        shape = list(base.shape)
        if cuts and said["rule"] == "computed":
            for dim, _, length in cuts:
                shape[dim] = length
            said = self.computed(said["tensor"].reshape(shape))
        for dim, start, length in reversed(cuts):
            said = {"rule": "part", "dim": dim, "start": start, "length": length, "of": said}
        return said

    def copied(self, source, limit, shape, dtype):
        if limit is not None and (drawn := self.log.draw(source, limit)):
            return drawn
        value = self.log.value(source, limit)
        return self.computed(value.to(dtype).expand(shape))

    @staticmethod
    def computed(tensor):
        first = tensor.reshape(-1)[0].item() if tensor.numel() else 0
        if not tensor.dtype.is_complex and (tensor.numel() == 0 or bool((tensor == first).all())):
            if tensor.dtype.is_floating_point or abs(first) < 2**53:
                return rule("constant", value=first)
        return {"rule": "computed", "tensor": tensor}

    def final(self, i, geometry, reason):
        """What a slot holds in the end, if the way there cannot be said."""
        name, tensor = self.slots[i][:2]
        limit = len(self.log.entries)
        try:
            return self.computed(self.log.value(tensor, limit))
        except Exception as fault:
            why = f"{reason}; {fault}"
        try:
            drawn = self.computed(self.log.value(tensor, limit, one_draw=True))
            self.note(f"{name}: no rule says its initialisation ({why}); the file holds one draw")
            return drawn
        except Exception:
            self.note(f"{name}: no rule says its initialisation ({why}); it gets what its constructor gives it")
            return self.constructed(i, geometry)

    def constructed(self, i, geometry):
        """What the constructor leaves in a slot."""
        name, tensor = self.slots[i][:2]
        limit = self.built_entries
        said = None
        for view, what, before in self.log.events[:self.built]:
            if view.key == geometry.key:
                try:
                    said = self.say(what, view, geometry, before)
                except Unrecordable:
                    said = None
        if said and said["rule"] != "part":
            return said
        if drawn := self.log.draw(tensor, limit):
            return drawn
        writers = [e for e in self.log.writers.get(geometry.key, ()) if e < limit]
        if writers and all(self.log.entries[e].name in EMPTY for e in writers) or not writers:
            return self.forgotten(name, tensor)
        for one_draw in (False, True):
            try:
                value = self.computed(self.log.value(tensor, limit, one_draw))
                if one_draw:
                    self.note(f"{name}: its constructor draws it in a way no rule says; the file holds one draw")
                return value
            except Exception:
                continue
        return self.forgotten(name, tensor)

    def forgotten(self, name, tensor):
        """Neither the constructor nor the initialisation writes it: in the reference it is raw memory."""
        if tensor.dtype.is_floating_point and tensor.dim() > 1:
            said = rule("normal", mean=0, std=getattr(self.model.config, "initializer_range", None) or 0.02)
        else:
            said = rule("constant", value=0)
        self.note(f"{name}: the reference writes no values; it gets {said}")
        return said

    def rule(self, said):
        """The index of a rule in the file."""
        said = self.with_value(said)
        return index(json.dumps(said), said, self.rules, self.known_rules)

    def with_value(self, said):
        if said["rule"] == "part":
            return {**said, "of": self.with_value(said["of"])}
        if said["rule"] == "computed":
            value = compact(said["tensor"])
            return {"rule": "computed", "value": index(json.dumps(value), value, self.values, self.known_values)}
        return said

    def spellings(self, renamings, conversions):
        """The reference's renamings and conversions, without those of old checkpoints of any model, which Tenon has."""
        try:
            transforms = get_model_conversion_mapping(self.model, add_legacy=False)
        except Exception as e:
            self.note(f"renamings are not known: {type(e).__name__}: {e}")
            return
        for t in transforms:
            scope = self.scope(t)
            targets = [replacement(target) for target in t.target_patterns]
            if hasattr(t, "operations"):
                try:
                    done = [self.operation(o, t, len(targets)) for o in t.operations]
                except Unrecordable as e:
                    self.note(f"checkpoints that store {t.source_patterns} are not converted: {e}")
                    continue
                conversions.append({
                    "scope": scope, "sources": list(t.source_patterns), "targets": targets, "operations": done})
                continue
            sources = [s.replace("*.", r".*\.") for s in t.source_patterns]
            grouped = type(t).__name__ == "GroupWeightRename"
            pairs = list(zip(sources, targets)) if grouped else [(s, targets[0]) for s in sources]
            if not grouped and len(pairs) > 1 and "$" not in targets[0]:
                pairs = [("|".join(f"(?:{s})" for s in sources), targets[0])]
            alone = zip(t._original_source_patterns, t._original_target_patterns)
            backs = [way_back(WeightRenaming(*pair)) for pair in alone] if grouped else [way_back(t)] * len(pairs)
            said = [{"scope": scope, "source": s, "target": target, "inverse": back} for (s, target), back in zip(pairs, backs)]
            if grouped:
                # The later names first: what one renaming makes, the next must not see.
                said = [r if i == 0 else {**r, "after": sources[0]} for i, r in enumerate(said)][::-1]
            renamings.extend(said)

    def operation(self, o, transform, count):
        """One operation of a conversion; `count` is how many targets the conversion has."""
        name = type(o).__name__
        if name == "MergeModulelist":
            return {"stack": o.dim}
        if name == "SplitModulelist":
            return {"unstack": o.dim}
        if name == "Concatenate":
            return {"concatenate": o.dim}
        if name == "Chunk":
            return {"chunk": o.dim}
        if name == "Transpose" and not getattr(o, "check_dims", False):
            return {"transpose": [o.dim0, o.dim1]}
        if name == "Interleave":
            return {"interleave" if o.inverse else "deinterleave": o.dim}
        if name == "PermuteForRope":
            config = getattr(self.model.config, o.subconfig_key or "", self.model.config)
            names = transform.target_patterns if count > 1 else transform.source_patterns
            return {"interleave" if o.inverse else "deinterleave": 0,
                    "groups": getattr(config, "num_attention_heads", 1),
                    "lanes": [i for i, n in enumerate(names) if any(p in n for p in o.permute_layer_names)]}
        raise Unrecordable("depends on sizes" if name == "Transpose" else name)

    def scope(self, transform):
        if transform.scope_prefix is None:
            return ""
        return transform.scope_prefix or transform.base_model_prefix


def replacement(target):
    """What stands instead of a match, as Java writes it."""
    return re.sub(r"\\(\d)", r"$\1", target.replace("$", "\\$"))


def way_back(renaming):
    """What leads from the model's name to the checkpoint's, which saving takes."""
    back = renaming.reverse_transform()
    return {"source": back.source_patterns[0], "target": replacement(back.target_patterns[0])}


def index(text, item, items, known):
    """Where an item stands in a list that holds each only once."""
    if text not in known:
        known[text] = len(items)
        items.append(item)
    return known[text]


def compact(tensor):
    """A tensor as JSON: counted up, or its bytes."""
    tensor = tensor.detach().contiguous()
    flat, shape, dtype = tensor.reshape(-1), list(tensor.shape), str(tensor.dtype).removeprefix("torch.")
    if not tensor.dtype.is_complex and tensor.dtype != torch.bool and flat.numel() > 1:
        start, step = flat[0].item(), (flat[1] - flat[0]).item() if not tensor.dtype.is_floating_point else 0
        count = torch.arange(flat.numel(), dtype=torch.int64)
        if step > 0 and torch.equal(flat.to(torch.int64), start + step * count):
            value = {"kind": "arange", "start": start, "end": start + step * (flat.numel() - 1) + 1, "step": step}
            if dtype != "int64":
                value = {"kind": "cast", "input": value, "dtype": dtype}
            return value if len(shape) == 1 else {"kind": "reshape", "input": value, "shape": shape}
    data = flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""
    return {"kind": "literal", "shape": shape, "dtype": dtype, "zlib": base64.b64encode(zlib.compress(data, 9)).decode()}


def find_class(config, name, source, trust):
    """The class of a name: in transformers, or in the code beside the checkpoint."""
    if not name:
        names = config.architectures or []
        if not names:
            sys.exit("The config names no class: give --class")
        name = names[0]
    for reference in (getattr(config, "auto_map", None) or {}).values():
        reference = reference[0] if isinstance(reference, (list, tuple)) else reference
        if reference and reference.rsplit(".", 1)[-1] == name:
            if not trust:
                sys.exit(f"{name} is the checkpoint's own code, which would run here: give --trust-remote-code")
            from transformers.dynamic_module_utils import get_class_from_dynamic_module
            return get_class_from_dynamic_module(reference, source)
    found = getattr(transformers, name, None)
    if found is None:
        sys.exit(f"transformers {transformers.__version__} has no class {name}")
    return found


def export(model_class, config):
    """The skeleton of a class under a config, as a dict that json can write."""
    return Exporter(model_class, config).export()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("source", help="a checkpoint's directory, a config.json, or a model's name in the cache")
    p.add_argument("--class", dest="name", help="the class (default: the first of the config's architectures)")
    p.add_argument("-o", "--output", metavar="FILE", help="where to (default: skeleton.json beside the weights)")
    p.add_argument("--trust-remote-code", action="store_true", help="run the model's code beside the checkpoint")
    a = p.parse_args()
    try:
        config = transformers.AutoConfig.from_pretrained(a.source, trust_remote_code=a.trust_remote_code)
    except (OSError, ValueError) as e:
        sys.exit(str(e).strip())
    directory = directory_of(a.source)
    skeleton = export(find_class(config, a.name, directory, a.trust_remote_code), config)
    for note in skeleton["notes"]:
        print("note:", note, file=sys.stderr)
    path = a.output or os.path.join(directory, "skeleton.json")
    try:
        write(skeleton, path)
    except OSError as e:
        sys.exit(f"The skeleton cannot be written: file={path}, reason={e.strerror}. -o FILE writes it elsewhere.")
    print(path)


def directory_of(source):
    """Where a checkpoint's weights are, given the directory, a file in it, or the name it has in the cache."""
    if os.path.isdir(source):
        return source
    config = source if os.path.exists(source) else transformers.utils.cached_file(source, "config.json")
    return os.path.dirname(os.path.abspath(config))


def write(skeleton, path):
    """One line a field, and one a slot, so that two files can be compared."""
    lines = []
    for name, value in skeleton.items():
        if isinstance(value, list) and value and name != "init":
            body = ",\n".join("  " + json.dumps(item, ensure_ascii=False) for item in value)
            lines.append(f'{json.dumps(name)}: [\n{body}\n]')
        else:
            separators = (",", ":") if name == "init" else None
            lines.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False, separators=separators)}")
    unfinished = f"{path}.{os.getpid()}.tmp"
    try:
        with open(unfinished, "w", encoding="utf-8") as file:
            file.write("{\n" + ",\n".join(lines) + "\n}\n")
        os.replace(unfinished, path)
    finally:
        if os.path.exists(unfinished):
            os.remove(unfinished)


if __name__ == "__main__":
    main()
