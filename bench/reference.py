"""What compare.py sets beside Tenon: CASE PATH WARMUPS runs once for each line it reads and prints the milliseconds.

`process` is one load and a read of each page; its time is that of the whole process, which the caller takes.
"""
import os
import sys
import time

os.environ["TQDM_DISABLE"] = "1"
import torch

HEAD = (256_000, 2304)


def touch(model):
    """Read a byte of each page of each storage."""
    seen = set()
    for parameter in model.parameters():
        if parameter.data_ptr() not in seen:
            seen.add(parameter.data_ptr())
            parameter.detach().view(-1).view(torch.uint8)[::4096].sum()


def loader(path, dtype):
    import transformers

    single = next((file for file in os.listdir(path) if file.endswith(".gguf")), None)
    how = {"gguf_file": single} if single else {}
    config = transformers.AutoConfig.from_pretrained(path, **how)
    cls = getattr(transformers, (config.architectures or ["AutoModelForCausalLM"])[0])
    return lambda: cls.from_pretrained(path, dtype=dtype, **how)


def work(case, path):
    if case in ("normal", "trunc_normal"):
        head = torch.zeros(HEAD, dtype=torch.bfloat16)
        if case == "normal":
            return lambda: head.normal_(0, 0.02)
        return lambda: torch.nn.init.trunc_normal_(head, 0, 0.02, -0.04, 0.04)
    load = loader(path, getattr(torch, case) if case in ("float32", "bfloat16") else "auto")
    return (lambda: touch(load())) if case in ("populate", "process") else load


def main(case, path, warmups):
    run = work(case, path)
    for _ in range(int(warmups)):
        run()
    for _ in sys.stdin:
        start = time.perf_counter()
        run()
        print(1000 * (time.perf_counter() - start), flush=True)


main(*sys.argv[1:])
