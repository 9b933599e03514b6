#!/usr/bin/env python3
"""Makes the atlas: one document a model type, in OUT/<type>.json, of the classes that passed every check, and OUT/left-out/<type>.json with reasons.

usage: generate.py OUT [--seconds N] [--fresh N] TYPE…

Types whose file is there are skipped, so that a run that was stopped goes on where it was.
"""
import argparse
import copy
import gc
import importlib
import inspect
import json
import os
import pickle
import random
import signal
import sys
import time
import traceback
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tracing as A  # before transformers
import merging as M
import torch
import transformers

torch.set_num_threads(1)
gc.set_threshold(200_000, 20, 20)
transformers.logging.set_verbosity(transformers.logging.CRITICAL)
A.hook_configs()
import deriving
import documents
import evaluating
import sampling
import spellings
import turning
from transformers import PreTrainedModel
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

signal.signal(signal.SIGPROF, sampling.alarm)


def classes_of(cfg_cls):
    mod = importlib.import_module(cfg_cls.__module__.replace("configuration_", "modeling_"))
    out = []
    for n, c in vars(mod).items():
        if inspect.isclass(c) and issubclass(c, PreTrainedModel) and c.__module__ == mod.__name__ and not n.endswith("PreTrainedModel"):
            config = getattr(c, "config_class", None)
            if config is not None and issubclass(cfg_cls, config) and config is not transformers.PreTrainedConfig:
                out.append((n, c))
    return out


def richness(x):
    n = x[0]
    heads = ("ForCausalLM", "ForConditionalGeneration", "ForObjectDetection", "ForImageClassification", "LMHeadModel", "ForCTC", "ForPreTraining", "ForSequenceClassification")
    return (not n.endswith(heads), not n.endswith("Model"), len(n))


def compare(want, got):
    for kind, w, g in zip(("parameters", "buffers"), want, got):
        w, g = [json.dumps(x) for x in w], [json.dumps(x) for x in g]
        if w != g:
            d = next(((a, b) for a, b in zip(g + [None] * len(w), w + [None] * len(g)) if a != b), None)
            return f"{kind}: {d}"
    return None if want[2] == got[2] else f"ties: {list(set(want[2].items()) ^ set(got[2].items()))[:2]}"


def unlike(tree, got):
    """Names, with # for numbers, of slots that a document initialises otherwise than the reference."""
    want, failed = [], set()
    buffers = {name for name, *_ in A.slots(tree)[1]}

    def walk(n, prefix):
        for c in n.kids:
            walk(c, prefix + c.name + ".")
        if n.steps is None:
            failed.update(name for part in A.slots(n, prefix) for name, *_ in part)
            return
        for slot, primitive, args, part in n.steps:
            try:
                said = documents.rule(primitive, {k: v for k, (_, v) in args.items()})
            except documents.Unwritable:
                said = None
            want.append((prefix + slot, said and {k: v if isinstance(v, str) else float(v) for k, v in said.items()}, part))

    walk(tree, "")
    # What is copied into buffers is told by their values.
    want, got = ([s for s in x if not (s[1] == {"rule": "value"} and s[0] in buffers)] for x in (want, got))
    of_want, of_got = {}, {}
    for steps, of in ((want, of_want), (got, of_got)):
        for name, said, part in steps:
            of.setdefault(name, []).append((said, part))
    bad = failed | {n for n in of_want.keys() | of_got.keys() if of_want.get(n) != of_got.get(n)}
    # A constructor that draws although nothing is there to be drawn for moves everybody's numbers.
    if tree.drew or not bad and want != got:
        bad |= {n for n, steps in of_want.items() if any(r is None or r["rule"] not in CONSTANT for r, _ in steps)}
    return {documents.digits(n) for n in bad}


CONSTANT = {"zeros", "ones", "constant", "eye", "value"}
INITIALISED = 7  # so many configs are held to the reference's initialisation, too


def kids(tree):
    """All modules below one."""
    for c in tree.kids:
        yield c
        yield from kids(c)


class Type:
    """One model type, from its config class to its document."""

    def __init__(self, mt, fresh):
        self.mt, self.cfg_cls, self.fresh_count = mt, CONFIG_MAPPING[mt], fresh
        self.classes = sorted(classes_of(self.cfg_cls), key=richness)
        self.left, self.said, self.traced, self.unknown, self.counter = {}, {}, {}, {}, {}

    def samples(self, end):
        builds = [c for _, c in self.classes]
        probe = builds[0]
        for candidate in builds:
            try:
                sampling.build_limit(candidate, self.cfg_cls())
                probe = candidate
                break
            except Exception:
                continue
        self.probe = probe
        need = 9 + self.fresh_count
        kws = self.found(1000, need, end, [])
        n = max(1, len(kws) * 9 // need)
        self.fresh = kws[n:]
        train = kws[:n]
        # Parts that a config has not by default are models of their own choice.
        usual = self.parts({})
        self.train = [kw for kw in train + turning.flips(self.cfg_cls, probe, train) if self.parts(kw) == usual]

    def parts(self, kw):
        try:
            return set(deriving.shape_of(self.cfg_cls, self.cfg_cls(**copy.deepcopy(kw))))
        except Exception:
            return None

    def found(self, first, count, end, known):
        """Random configs that are not known yet."""
        kws = []
        for seed in range(first, first + count * 2):
            if len(kws) >= count or time.process_time() > end:
                break
            try:
                kw = sampling.find(self.mt, seed, [self.probe], 14, decoupled=seed > first)[0]
            except Exception:
                continue
            if kw and kw not in kws and kw not in known:
                kws.append(kw)
        return kws

    def trace(self, name, cls, end, whole):
        """What a class is; `whole`: by its own traces alone, else by few of them around a class that is described already."""
        runs, why, described = [], [], {}
        train = self.train if cls is self.probe else self.train[:48]
        if not whole:
            described = {n: d for n, (d, _) in self.traced.items()}
            train = turning.diverse(self.train, 16)
        for kw in train:
            if time.process_time() > end:
                break
            try:
                tree, flat, ties, m = A.build(cls, self.cfg_cls(**copy.deepcopy(kw)))
                runs.append((tree, flat, ties, m))
                if len(runs) == 3 and described and not any(n.cls in described for n in kids(runs[0][0])):
                    return self.trace(name, cls, end, True)
            except (sampling.Late, KeyboardInterrupt):
                raise
            except Exception as e:
                why.append(f"{type(e).__name__}: {str(e)[:160]}")
        for path, to in [] if whole else turning.one_way([(t, f) for t, f, _, _ in runs], described):
            for kw in train[:2]:
                try:
                    tree, flat, ties, m = A.build(cls, self.cfg_cls(**turning.setpath(kw, path, to, self.cfg_cls())))
                    runs.append((tree, flat, ties, m))
                except sampling.Late:
                    raise
                except Exception:
                    pass
        if len(runs) < 4:
            raise M.Unfit("too few configs build: " + (why[0] if why else f"{len(runs)}"))
        desc = M.merge([(t, f) for t, f, _, _ in runs], described)
        ties = M.merge_ties([(x, f) for _, f, x, _ in runs])
        return desc, ties, runs[0][3]

    def write(self, name, desc, ties, m):
        w = documents.Writer()
        root = w.block(desc, {})
        said = {"root": root, "prefix": m.base_model_prefix or ""}
        for key, attribute in (("keepInFp32", "_keep_in_fp32_modules"), ("keepInFp32Strict", "_keep_in_fp32_modules_strict"), ("ignoreMissing", "_keys_to_ignore_on_load_missing"),
                               ("ignoreUnexpected", "_keys_to_ignore_on_load_unexpected"), ("ignoreOnSave", "_keys_to_ignore_on_save")):
            if v := sorted(getattr(m, attribute, None) or ()):
                said[key] = v
        if ties:
            said["ties"] = documents.ties(ties)
        spelling = spellings.Spellings(m)
        if spelling.renamings:
            said["renamings"] = spelling.renamings
        if spelling.conversions:
            said["conversions"] = spelling.conversions
        if w.absent:
            said["absent"] = sorted(w.absent)
        return said

    def assemble(self, names):
        """The document of these classes, and the fields nobody can say."""
        roots, blocks = documents.share({n: self.said[n]["root"] for n in names})
        doc = {"format": "tenon-atlas", "version": 3, "modelType": self.mt, "config": {},
               "classes": {n: {**{k: v for k, v in self.said[n].items() if k != "absent"}, "root": roots[n]} for n in names}, "blocks": blocks}
        if inits := documents.named_inits(doc):
            doc["inits"] = inits
        used = documents.fields(doc)
        doc["config"], lost = self.deriver.learn(used | self.deriver.rotary())
        if absent := sorted({a for n in names for a in self.said[n].get("absent", ())} - used - self.deriver.modelled()):
            doc["config"]["absent"] = absent
        doc["config"] = {k: v for k, v in doc["config"].items() if v}
        return doc, lost

    def check(self, doc, names, end):
        """Holds a document to the reference; what differs is left out."""
        rnd = random.Random(self.mt)
        kept = list(names)
        passed = {n: 0 for n in names}
        refused = {n: [] for n in names}
        for at, plain in enumerate([{}] + self.fresh):
            turned = deriving.perturbed(self.cfg_cls, plain, at) if 0 < at < INITIALISED else plain
            for name, cls in self.classes:
                if name not in kept:
                    continue
                if time.process_time() > end:
                    raise sampling.Late()
                try:
                    kw = turned
                    try:
                        tree, ties, _ = A.untraced(cls, self.cfg_cls(**copy.deepcopy(kw)), steps=at < INITIALISED)
                    except Exception:
                        if turned is plain:
                            raise
                        kw = plain
                        tree, ties, _ = A.untraced(cls, self.cfg_cls(**copy.deepcopy(kw)), steps=True)
                except sampling.Late:
                    raise
                except Exception:
                    continue
                want = (*A.slots(tree), ties)
                want = ([[a, b, c] for a, b, c in want[0]], [[a, b, c, d] for a, b, c, d in want[1]], ties)
                raws = deriving.variants(self.cfg_cls, kw, self.mt, rnd)[:2]
                for raw in raws + deriving.older(self.cfg_cls, raws[-1]):
                    try:
                        got = evaluating.skeleton(doc, name, raw)
                        fault = compare(want, ([list(x) for x in got[0]], [list(x) for x in got[1]], got[2]))
                    except evaluating.Refused as e:
                        refused[name].append(str(e))
                        continue
                    except Exception as e:
                        fault = f"{type(e).__name__}: {e}"
                    if fault:
                        self.counter.setdefault(name, kw)
                        self.left[name] = f"differs{' in the default' if not kw else ''}: {fault[:300]}"
                        kept.remove(name)
                        break
                    passed[name] += 1
                    if at < INITIALISED:
                        self.unknown.setdefault(name, set()).update(unlike(tree, got[3]))
        for n in list(kept):
            if passed[n] < self.fresh_count:  # two forms each
                self.left[n] = f"only {passed[n]} of {2 * len(self.fresh) + 2} agree, others refused: {sorted(set(refused[n]))[:4]}"
                kept.remove(n)
        self.refused = {n: sorted(set(refused[n])) for n in kept if refused[n]}
        return kept

    def learn(self):
        """Raw configs, and what the config's class makes of them."""
        rnd = random.Random("raw" + self.mt)
        raws = [{"model_type": self.mt}]
        for kw in self.train[:24]:
            raws += deriving.variants(self.cfg_cls, kw, self.mt, rnd)
        for kw in self.train[:6]:
            raws += deriving.deeper(self.cfg_cls, kw, self.mt)
        for kw in self.train[:3]:
            raws += deriving.contradicted(self.cfg_cls, kw, self.mt)
        for kw in [{}] + self.train[:6]:
            raws += deriving.older(self.cfg_cls, deriving.variants(self.cfg_cls, kw, self.mt, rnd)[-1 if kw else 0])
        self.deriver = deriving.Deriver(self.mt, self.cfg_cls, raws)

    def again(self, kept, seconds):
        """A document anew from traces that were kept, held to fewer configs: the first one was held to all."""
        self.train, self.fresh, self.traced = kept["train"], kept["fresh"][:INITIALISED - 1], kept["traced"]
        self.fresh_count = len(self.fresh)
        self.learn()
        for name, cls in self.classes:
            if name in self.traced:
                m = A.untraced(cls, self.cfg_cls(**copy.deepcopy(self.train[0])))[2]
                self.said[name] = self.write(name, *self.traced[name][:2], m)
        return self.document(time.process_time() + seconds)

    def run(self, seconds):
        end = time.process_time() + seconds
        if not self.classes:
            return None
        self.samples(time.process_time() + seconds * 0.45)
        if not self.train:
            for n, _ in self.classes:
                self.left[n] = "no config was found under which it builds"
            return None
        signal.setitimer(signal.ITIMER_PROF, seconds, 1)
        self.learn()
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.describe(self.classes, end, seconds)
        doc = self.document(end + seconds)
        for again in range(4):
            # What a config taught that was not known: the classes it refuted are made anew with it, and held to others.
            names = [n for n, _ in self.classes if n in self.counter and n in self.left]
            if not names or time.process_time() > end - seconds / 3:
                break
            taught = [kw for at, kw in enumerate(self.counter[n] for n in names) if kw not in [self.counter[m] for m in names[:at]]]
            self.train = taught + self.train
            self.fresh = [kw for kw in self.fresh if kw not in taught]
            self.fresh += self.found(5000 + 100 * again, self.fresh_count - len(self.fresh), end, self.fresh + self.train)
            before = {n: self.left.pop(n) for n in names}
            self.counter.clear()
            self.said = {n: said for n, said in self.said.items() if doc and n in doc["classes"]}
            self.describe([(n, c) for n, c in self.classes if n in names], end, seconds, True)
            if not any(n in self.said for n in names):
                self.left = {**before, **self.left}
                break
            doc = self.document(end + seconds, names)
        return doc

    def describe(self, classes, end, seconds, whole=False):
        # What stands whole in others first.
        for name, cls in sorted(classes, key=lambda x: (x[1] is not self.probe, not x[0].endswith("Model"), len(x[0]) if x[0].endswith("Model") else 0)):
            try:
                if time.process_time() > end:
                    raise sampling.Late()
                # Again and again, for what tries expressions takes any exception for a no.
                signal.setitimer(signal.ITIMER_PROF, max(5, seconds / 3), 1)
                desc, ties, m = self.trace(name, cls, end, cls is self.probe or whole or not self.traced)
                self.traced[name] = (desc, ties)
                self.said[name] = self.write(name, desc, ties, m)
            except sampling.Late:
                self.left[name] = "takes too long"
            except Exception as e:
                self.left[name] = f"{type(e).__name__}: {str(e)[:300]}"
                if os.environ.get("TB"):
                    traceback.print_exc()
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
                A.T.on = False

    def document(self, end, only=None):
        """The document of the classes that were described and pass; those in `only` are held to the reference, the others were before."""
        names = list(self.said)
        while names:
            doc, lost = self.assemble(names)
            blamed = [n for n in names if lost and documents.fields(self.assemble_one(n)) & set(lost)] if lost else []
            if blamed:
                for n in blamed:
                    self.left[n] = f"how the config gets these fields is not known: {lost}"
                names = [n for n in names if n not in blamed]
                continue
            held = [n for n in names if only is None or n in only]
            for n in held:
                self.unknown.pop(n, None)
            passed = self.check(doc, held, end)
            kept = [n for n in names if n in passed or n not in held]
            if kept == names:
                for n in names:
                    if unknown := self.unknown.get(n):
                        doc["classes"][n]["unknown"] = sorted(unknown)
                return doc
            names = kept
        return None

    def assemble_one(self, n):
        return {"classes": {n: self.said[n]}, "blocks": {}}


def kept_values(doc, path):
    """What is known of buffers' values stays."""
    if doc is not None and os.path.exists(path):
        before = json.load(open(path))
        for name, c in doc["classes"].items():
            c.update({k: v for k, v in before["classes"].get(name, {}).items() if k in ("values", "fixed")})
        if before.get("valued") and doc["classes"].keys() <= before["classes"].keys():
            doc["valued"] = True


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out")
    p.add_argument("types", nargs="*")
    p.add_argument("--seconds", type=float, default=120)
    p.add_argument("--fresh", type=int, default=20)
    p.add_argument("--again", action="store_true", help="write documents that are there anew, from the traces that were kept")
    a = p.parse_args()
    os.makedirs(os.path.join(a.out, "left-out"), exist_ok=True)
    for mt in a.types or list(CONFIG_MAPPING.keys()):
        path, left = os.path.join(a.out, mt + ".json"), os.path.join(a.out, "left-out", mt + ".json")
        pickled = os.path.join(a.out, "left-out", mt + ".pickle")
        if a.again != os.path.exists(pickled) or not a.again and os.path.exists(left):
            continue
        t = time.process_time()
        try:
            one = Type(mt, a.fresh)
            if a.again:
                with open(pickled, "rb") as f:
                    doc = one.again(pickle.load(f), a.seconds)
                one.left = {**(json.load(open(left)) if os.path.exists(left) else {}), **one.left}
                kept_values(doc, path)
            else:
                doc = one.run(a.seconds)
            why = one.left
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            doc, why = None, {"": f"{type(e).__name__}: {str(e)[:300]}"}
            if os.environ.get("TB"):
                traceback.print_exc()
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if doc is not None:
            if not a.again:
                with open(pickled, "wb") as f:
                    pickle.dump({"traced": one.traced, "train": one.train, "fresh": one.fresh}, f)
            doc["olders"] = sorted(one.deriver.older)
            with open(path, "w") as f:
                json.dump(doc, f, indent=1)
        if why or doc is None:
            with open(left, "w") as f:
                json.dump(why, f, indent=1)
        print(f"{mt}: {len(doc['classes']) if doc else 0} classes, {len(why)} left out, {time.process_time() - t:.0f} s", flush=True)
        for n, r in why.items():
            print("   ", n, r[:200], flush=True)


if __name__ == "__main__":
    main()
