#!/usr/bin/env python3
"""Exports every class of transformers that builds on the meta device from its default config, for Tenon to check.

usage: check_export.py DIRECTORY [--shard I/N] [--first N] [--only REGEX] [--seconds LIMIT] [--golden FILE]

DIRECTORY gets one skeleton a class and, in reference.I.jsonl, what a plain build of the class has: names, shapes,
dtypes, ties; or why there is none. Classes that are there already are left out, so that a run can go on where it
was stopped. `mvn test -Dtest=ExportedClassesTest -Dtenon.exports=DIRECTORY` then compares the two in one JVM.

With --golden the classes are those of a golden file and their configs, which `mvn test
-Dtest=ExportedFamiliesTest -Dtenon.families=DIRECTORY` compares to the families in Java and to the golden values.
"""
import argparse
import functools
import gzip
import importlib
import inspect
import json
import os
import pkgutil
import re
import signal

import torch
import transformers
from transformers import initialization, modeling_utils

import export_skeleton


def classes():
    """Every model class, named with its package, and what makes its default config."""
    for package in sorted(m.name for m in pkgutil.iter_modules(transformers.models.__path__) if m.ispkg):
        where = importlib.import_module(f"transformers.models.{package}")
        for module in sorted(m.name for m in pkgutil.iter_modules(where.__path__) if m.name.startswith("modeling_")):
            try:
                found = importlib.import_module(f"transformers.models.{package}.{module}")
            except Exception:
                continue
            for name, member in vars(found).items():
                if (inspect.isclass(member) and member.__module__ == found.__name__
                        and issubclass(member, modeling_utils.PreTrainedModel)
                        and member.config_class is not None and not name.endswith("PreTrainedModel")):
                    yield f"{package}.{name}", member, member.config_class


def golden(path):
    """The classes of a golden file with their configs; names are what the tests call the rows."""
    with gzip.open(path, "rt") as rows:
        for row in map(json.loads, rows):
            model_class = getattr(transformers, row["cls"], None) or found_by_name(row["cls"])
            config = functools.partial(model_class.config_class.from_dict, row["config"])
            yield f'{row["model_type"]}.{row["variant"]}.{row["cls"]}', model_class, config


@functools.cache
def by_name():
    return {name.split(".")[1]: model_class for name, model_class, _ in classes()}


def found_by_name(name):
    return by_name()[name]


def reference(model):
    """What a plain build has, told without the exporter."""
    def dtype(tensor):
        return str(tensor.dtype).removeprefix("torch.")

    persistent = set(model.state_dict(keep_vars=True))
    parameters = list(model.named_parameters(remove_duplicate=False))
    tied = {t: s for t, s in model.all_tied_weights_keys.items() if t != s}
    first = {}
    for name, parameter in parameters:
        if first.setdefault(id(parameter), name) != name:
            tied.setdefault(name, first[id(parameter)])
    return {
        "parameters": [[n, list(p.shape), dtype(p)] for n, p in parameters],
        "buffers": [[n, list(b.shape), dtype(b), n in persistent] for n, b in model.named_buffers(remove_duplicate=False)],
        "tied": tied,
    }


class Late(BaseException):
    """A class took too long."""


def late(signum, frame):
    raise Late


def check(model_class, config, path):
    row = {}
    try:
        with torch.device("meta"), initialization.no_tie_weights(), initialization.meta_device_safe_creation_ops():
            row = reference(model_class(config()))
    except Exception as e:
        return {"skipped": f"{type(e).__name__}: {str(e)[:200]}"}
    except Late:
        return {"skipped": "takes too long to build"}
    try:
        skeleton = export_skeleton.export(model_class, config())
        export_skeleton.write(skeleton, path)
        return {**row, "file": os.path.basename(path), "notes": skeleton["notes"]}
    except Exception as e:
        return {**row, "failed": f"{type(e).__name__}: {str(e)[:300]}"}
    except Late:
        return {**row, "failed": "takes too long"}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("directory")
    p.add_argument("--shard", default="0/1")
    p.add_argument("--first", type=int, default=0, help="leave out the classes before this one, counted from 0")
    p.add_argument("--only", default="")
    p.add_argument("--seconds", type=int, default=120, help="of the processor, for each class")
    p.add_argument("--golden", help="classes and configs of this file")
    a = p.parse_args()
    shard, shards = map(int, a.shard.split("/"))
    os.makedirs(a.directory, exist_ok=True)
    log = os.path.join(a.directory, f"reference.{shard}.jsonl")
    done = {json.loads(line)["class"] for line in open(log)} if os.path.exists(log) else set()
    signal.signal(signal.SIGPROF, late)
    torch.set_num_threads(1)
    with open(log, "a") as out:
        for i, (name, model_class, config) in enumerate(golden(a.golden) if a.golden else classes()):
            if i < a.first or i % shards != shard or name in done or not re.search(a.only, name):
                continue
            signal.setitimer(signal.ITIMER_PROF, a.seconds)
            row = check(model_class, config, os.path.join(a.directory, name + ".json"))
            signal.setitimer(signal.ITIMER_PROF, 0)
            out.write(json.dumps({"class": name, **row}) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
