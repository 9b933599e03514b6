#!/usr/bin/env python3
"""Is what Tenon saves what the reference saves, and does the reference load it?

Two ways to ask, both with transformers, neither needed to build or test Tenon:

    check_save.py scenarios DIR OUT.jsonl.gz         what save_pretrained writes for each checkpoint of a directory
                                                     of NAME/ and NAME.expected.json: golden data of SavedScenariosTest
    check_save.py families OUT.jsonl.gz ROWS...      the same for models initialised from the small configs of golden
                                                     files, saved, and saved again after a load: SavedFamiliesTest
    check_save.py read DIR                           whether the reference loads every checkpoint under DIR that Tenon
                                                     saved, nothing missing, nothing unexpected, bit for bit; written by
                                                     mvn test -Dtest='Saved*Test' -Dtenon.saved=DIR
"""
import glob, gzip, importlib, json, os, sys, tempfile, zlib
import torch, transformers
from safetensors import safe_open
from transformers.conversion_mapping import get_model_conversion_mapping
from transformers.models.auto.configuration_auto import model_type_to_module_name

transformers.logging.set_verbosity_error()
SHARD = 20_000  # bytes: several files even for the small models of tests


def crc(data):
    return f"{zlib.crc32(data):08x}"


def crc_of(tensor):
    flat = tensor.detach().cpu().contiguous().reshape(-1)
    return crc(flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b"")


def written(model, **options):
    """What save_pretrained puts into a directory: of each file its checksum and its tensors' names."""
    with tempfile.TemporaryDirectory() as out:
        model.save_pretrained(out, **options)
        return contents(out), json.load(open(os.path.join(out, "config.json")))


def contents(directory):
    files = {}
    for path in sorted(glob.glob(os.path.join(directory, "model*"))):
        entry = {"crc32": crc(open(path, "rb").read())}
        if path.endswith(".safetensors"):
            with safe_open(path, "pt") as f:
                entry["tensors"] = sorted(f.keys())
        files[os.path.basename(path)] = entry
    return files


def golden(model):
    whole, config = written(model)
    shards, _ = written(model, max_shard_size=SHARD)
    kept = ("dtype", "architectures", "tie_word_embeddings", "model_type")
    return {"whole": whole, "shards": shards, "config": {k: config.get(k) for k in kept}}


def scenarios(root):
    for path in sorted(glob.glob(os.path.join(root, "*.expected.json"))):
        expected = json.load(open(path))
        if "error" in expected:
            continue
        torch.manual_seed(0)
        cls = getattr(transformers, expected["cls"])
        dtype = expected["dtype"] if expected["dtype"] == "auto" else getattr(torch, expected["dtype"])
        model = cls.from_pretrained(path.removesuffix(".expected.json"), dtype=dtype, **expected["options"])
        yield {"name": expected["name"], "cls": expected["cls"], **golden(model)}


def families(paths):
    """All small configs, and of those drawn at random the ones whose checkpoints are spelled in a way of their own."""
    number_of_row = -1
    for path in paths:
        for line in gzip.open(path, "rt"):
            number_of_row += 1
            row = json.loads(line, object_hook=number)
            if row["variant"] == "default":
                continue
            name = f"{row['model_type']}/{row['variant']}/{row['cls']}"
            try:
                found = family(row)
            except Exception as e:
                print(name, type(e).__name__, str(e)[:200], file=sys.stderr)
                continue
            if found:
                yield {"name": name, "row": number_of_row, "cls": row["cls"], **found}


def number(fields):
    """What JSON has no number for."""
    return float(fields["__float__"]) if "__float__" in fields else fields


def class_of(name, model_type=None):
    if hasattr(transformers, name):
        return getattr(transformers, name)
    for package in [model_type_to_module_name(model_type)] if model_type else os.listdir(transformers.models.__path__[0]):
        try:
            module = importlib.import_module(f"transformers.models.{package}.modeling_{package}")
        except ImportError:
            continue
        if hasattr(module, name):
            return getattr(module, name)
    raise AttributeError(f"transformers has no class {name}")


def family(row):
    cls = class_of(row["cls"], row["model_type"])
    config = cls.config_class.from_dict({k: v for k, v in row["config"].items() if k != "transformers_version"})
    torch.manual_seed(0)
    # As a load of which everything is missing: built by its constructor it would have drawn more random numbers.
    model = cls.from_pretrained(None, config=config, state_dict={})
    if row["variant"] != "small" and not get_model_conversion_mapping(model, add_legacy=False):
        return None
    del model._weight_conversions  # No checkpoint said how it is spelled.
    first = {k: v for k, v in golden(model).items() if k != "shards"}
    with tempfile.TemporaryDirectory() as out:
        model.save_pretrained(out)
        again, info = cls.from_pretrained(out, output_loading_info=True)
        second, _ = written(again)
        lost = sorted(set(map(str, info["missing_keys"])) | set(map(str, info["unexpected_keys"])))
        return {**first, "again": second if second != first["whole"] else None, "lost": lost}


def write(rows, out):
    with gzip.GzipFile(out, "wb", mtime=0) as f:
        for row in rows:
            f.write((json.dumps(row, separators=(",", ":")) + "\n").encode())


def read(root):
    """Loads what Tenon saved and compares it with the digests Tenon wrote beside it."""
    bad, count = 0, 0
    for path in sorted(glob.glob(os.path.join(root, "**", "digest.json"), recursive=True)):
        said = json.load(open(path))
        count += 1
        try:
            cls = class_of(said["class"])
            model, info = cls.from_pretrained(os.path.dirname(path), dtype="auto", output_loading_info=True)
            state = {**dict(model.named_parameters(remove_duplicate=False)), **model.state_dict()}
            faults = [f"{k} {sorted(info[k])[:4]}" for k in ("missing_keys", "unexpected_keys", "mismatched_keys") if info[k]]
            faults += [f"{n} differs" for n, c in said["tensors"].items() if n in state and crc_of(state[n]) != c]
            faults += [f"{n} is not there" for n in state if n not in said["tensors"]]
        except Exception as e:
            faults = [f"{type(e).__name__}: {str(e)[:200]}"]
        if faults:
            bad += 1
            print(os.path.dirname(path), said["class"], "; ".join(faults[:4]))
    print(f"{count - bad} of {count} checkpoints load in the reference with nothing missing or unexpected, bit for bit")
    return bad == 0 and count > 0


if __name__ == "__main__":
    what, *args = sys.argv[1:] or [""]
    if what == "scenarios":
        write(scenarios(args[0]), args[1])
    elif what == "families":
        write(families(args[1:]), args[0])
    elif what == "read":
        sys.exit(0 if read(args[0]) else 1)
    else:
        sys.exit(__doc__)
