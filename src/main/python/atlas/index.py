#!/usr/bin/env python3
"""Copies documents into the resources, compact, and writes the index: which class is described where, and which is not, and why.

usage: index.py GENERATED RESOURCES

Documents of types that were not made anew, and documents that describe more classes than those made anew, stay as they are.
"""
import glob
import json
import os
import sys


def statement_lines(statements, indent):
    return "[\n" + ",\n".join(" " * indent + json.dumps(s, separators=(",", ":")) for s in statements) + "]"


def text(doc):
    """One line a field, a class and a statement of a block: small, and changes can be read."""
    out = ['{"format":"tenon-atlas","version":3,"modelType":%s,"config":{' % json.dumps(doc["modelType"])]
    out.append(",\n".join(f" {json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in doc["config"].items()))
    out.append('},"classes":{')
    out.append(",\n".join(f" {json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in doc["classes"].items()))
    out.append('},"blocks":{')
    out.append(",\n".join(f"{json.dumps(k)}:{statement_lines(v, 1)}" for k, v in doc["blocks"].items()))
    if "inits" in doc:
        out.append('},"inits":{')
        out.append(",\n".join(f" {json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in doc["inits"].items()))
    out.append("}}\n")
    return "\n".join(out)


def main(made, resources):
    classes, left = {}, {}
    before = {os.path.basename(p): open(p).read() for p in glob.glob(os.path.join(resources, "*.json"))}
    os.makedirs(os.path.join(resources, "index"), exist_ok=True)
    for path in sorted(glob.glob(os.path.join(made, "*.json"))):
        doc = json.load(open(path))
        if not doc.pop("valued", False):  # values.py has not seen it yet
            continue
        doc.pop("olders", None)
        kept = before.get(os.path.basename(path))
        if kept is not None and not json.loads(kept)["classes"].keys() <= doc["classes"].keys():
            continue
        with open(os.path.join(resources, os.path.basename(path)), "w") as f:
            f.write(text(doc))
    for path in sorted(glob.glob(os.path.join(resources, "*.json"))):
        doc = json.load(open(path))
        for name in doc["classes"]:
            classes.setdefault(name, doc["modelType"])
    reasons = [os.path.join(resources, "index", "leftOut.json"), *sorted(glob.glob(os.path.join(made, "left-out", "*.json")))]
    for path in filter(os.path.exists, reasons):
        for name, why in json.load(open(path)).items():
            if name and name not in classes:
                left[name] = why.split("\n")[0][:120]
    for name, what in (("classes", classes), ("leftOut", left)):
        with open(os.path.join(resources, "index", name + ".json"), "w") as f:
            f.write("{\n" + ",\n".join(f"{json.dumps(k)}:{json.dumps(v)}" for k, v in sorted(what.items())) + "\n}\n")
    print(f"{len(classes)} classes described, {len(left)} left out")
    now = {os.path.basename(p): open(p).read() for p in glob.glob(os.path.join(resources, "*.json"))}
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            print(f"{'new' if name not in before else 'gone' if name not in now else 'changed'}: {name[:-5]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
