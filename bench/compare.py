"""Runs the cases, Tenon and the reference in turn, and writes a Markdown table and a plot. See compare."""
import argparse
import contextlib
import datetime
import glob
import mmap
import os
import platform
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

import experts
import packed

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
JAVA = str(Path(os.environ["JAVA_HOME"], "bin", "java")) if "JAVA_HOME" in os.environ else "java"
JAR = str(ROOT / "target" / "tenon.jar")
BENCHMARKS = str(ROOT / "bench" / "target" / "benchmarks.jar")
POPULATE = ["--residency", "populate", "--quiet"]

# Label, how Tenon is timed, how the reference is, which checkpoint, wanted ratio.
CASES = {
    "process": ("process start to all pages in, plain JDK", "process", "process", "tied", 6),
    "aot": ("process start to all pages in, JDK 25, AOT cache, no C2", "aot", "process", "tied", 10),
    "warm": ("load call, warm, tied", "load", "load", "tied", 20),
    "populate": ("load call, warm, every page in", "populate", "populate", "tied", 10),
    "first": ("load call, the first in its process", "first", "load0", "tied", 5),
    "firstaot": ("load call, the first in its process, JDK 25, AOT cache, no C2", "firstaot", "load0", "tied", 5),
    "rehearsed": ("load call, the first in its process but for Tenon.rehearse()", "rehearsed", "load0", "tied", 5),
    "philox": ("head missing, philox", "load", "load", "untied", 10),
    "torch": ("head missing, torch engine", "torch", "load", "untied", 1),
    "float32": ("bfloat16 file into float32", "float32", "float32", "tied", 4),
    "fresh": ("of that, touching its memory", "fresh", None, "tied", None),
    "cold": ("file not cached, against dd", "cold", "dd", "tied", 1 / 1.15),
    "coldaot": ("file not cached, against dd, JDK 25, AOT cache, no C2", "coldaot", "dd", "tied", 1 / 1.15),
    "verify": ("verify --data, file not cached, against dd", "verify", "dd", "tied", 1 / 1.15),
    "experts": ("experts stored one by one, warm, mapped where they can be", "load", "load", "experts", 5),
    "expertscopy": ("experts stored one by one, warm, copied", "copy", "load", "experts", 4),
    "expertsalone": ("experts stored one by one, the first load of its process, memory as it comes", "alone", "alone", "experts", 1),
    "fp8": ("fp8 in blocks into bfloat16, warm", "load", "load", "fp8", 8),
    "gguf": ("GGUF Q4_K_M into bfloat16, warm", "bfloat16", "bfloat16", "gguf", 20),
    "gptq": ("GPTQ int4 into float16, against memcpy of input plus output", "load", "memcpy", "gptq", 0.5),
    "columns": ("the later half of the columns of each matrix, against the half of the rows", "columns", "rows", "tied", 0.5),
    "normal": ("normal_ kernel, 256000 × 2304 bfloat16", "normal", "normal", None, 12),
    "libtorch": ("normal_ kernel, against libtorch's", "normal", "libtorch_normal", None, 40),
    "trunc": ("trunc_normal_ kernel, the reference not warmed", "trunc_normal", "trunc_normal", None, 50),
    "small": ("10,000 parameters of 16 elements (10 ms wanted)", "small", None, None, None),
    "plan92k": ("plan of 92,000 slots (150 ms wanted)", "plan92000", None, None, None),
    "plan1m": ("plan of 1,000,000 slots (2,000 ms wanted)", "plan1000000", None, None, None),
}
# Runs before the first turn: a warm JVM has compiled what it runs. The reference gets one, which is enough for it.
WARMUPS = {"warm": 400, "populate": 400, "experts": 3, "expertscopy": 3, "fp8": 2, "gguf": 2, "gptq": 3, "columns": 2, "philox": 20, "small": 400, "normal": 2, "libtorch": 2, "plan92k": 20, "plan1m": 5}
# At most so many runs of what takes a minute.
MOST_RUNS = {"trunc": 2}
# What a program that ends in a second is started with: bench/README.md.
SHORT = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
# Seconds a turn lasts after its first run, see awake.
AWAKE = 0.5
REPORTING = Path("/sys/module/page_reporting/parameters/page_reporting_order")


def output(command):
    pipe = subprocess.PIPE
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(f"{shlex.join(command)}\n{done.stderr}")
    return done.stdout


def timed(command):
    start = time.perf_counter()
    output(command)
    return 1000 * (time.perf_counter() - start)


def awake(run):
    """
    A turn: a run, then runs for AWAKE seconds, one at least, and the median of these: while the other side runs, this
    one sleeps, and a virtual machine may take away caches and page tables of what sleeps.
    """

    def turn():
        run()
        end = time.perf_counter() + AWAKE
        times = [run()]
        while time.perf_counter() < end:
            times.append(run())
        return statistics.median(times)

    return turn


class Turns:
    """A process that runs its case once for each line it is sent."""

    def __init__(self, command, rehearsed=True):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.turn = awake(self.run) if rehearsed else self.run

    def __call__(self):
        return self.turn()

    def run(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line = "["
        while line.startswith("["):  # what the JVM itself has to say
            line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{shlex.join(self.process.args)} ended")
        return float(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def alone(command):
    """A case that is timed within a process of its own each time."""

    def run():
        turns = Turns(command, rehearsed=False)
        try:
            return turns()
        finally:
            turns.close()

    return run


def once(command):
    """The same, awake."""
    return awake(alone(command))


def weights(path):
    return sorted(file for ending in ("safetensors", "gguf") for file in Path(path).glob(f"*.{ending}"))


def evict(path):
    for file in weights(path):
        fd = os.open(file, os.O_RDONLY)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def read(path):
    return sum(timed(["dd", f"if={file}", "of=/dev/null", "bs=16M"]) for file in weights(path))


def cache(path):
    """Both sides find the file as a sequential read of it leaves it: in large folios, where the kernel has them."""
    evict(path)
    read(path)


def touched():
    """Bytes touched before each case: as much as any side takes, and no more than there is."""
    available = next(int(line.split()[1]) << 10 for line in open("/proc/meminfo") if line.startswith("MemAvailable"))
    return min(13 << 30, available * 9 // 10)


def touch_memory():
    """Both sides find memory that the machine has, where a hypervisor hands it out only as it is first touched."""
    with mmap.mmap(-1, touched(), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        try:
            memory.madvise(mmap.MADV_HUGEPAGE)
        except OSError:
            pass  # a kernel without huge pages
        for at in range(0, len(memory), mmap.PAGESIZE):
            memory[at] = 1


@contextlib.contextmanager
def keeping_memory():
    """Has the kernel give no free memory back to the hypervisor meanwhile, if it does so and root asks."""
    try:
        before = REPORTING.read_text()
        REPORTING.write_text("11")  # no free block is as large; kernels that know no such order refuse
    except OSError:
        yield
        return
    try:
        yield
    finally:
        REPORTING.write_text(before)


def java25():
    homes = [os.environ["JAVA_HOME_25"]] if "JAVA_HOME_25" in os.environ else glob.glob("/usr/lib/jvm/*25*")
    return str(Path(homes[0], "bin", "java")) if homes else None


def recorded(name, command):
    """A JDK 25 with the AOT cache that a run of this command has recorded."""
    cache = ROOT / "bench" / "target" / f"{name}.aot"
    output([java25(), *SHORT, f"-XX:AOTCacheOutput={cache}", *command])
    return [java25(), *SHORT, f"-XX:AOTCache={cache}", "-XX:AOTMode=on"]


def tenon(how, path, warmups=0):
    """What gives one time in milliseconds each time it is called."""
    load = ["-jar", JAR, "load", path, *POPULATE]
    if how == "process":
        return awake(lambda: timed([JAVA, *load]))
    if how == "cold":
        return lambda: evict(path) or timed([JAVA, *load])
    if how == "verify":
        return lambda: evict(path) or timed([JAVA, "-jar", JAR, "verify", path, "--data", "--quiet"])
    if how == "aot":
        java = recorded("load", load)
        return awake(lambda: timed([*java, *load]))
    if how == "coldaot":
        java = recorded("load", load)
        return lambda: evict(path) or timed([*java, *load])
    case = ["-cp", BENCHMARKS, "dev.tenon.bench.Cases"]
    if how == "firstaot":
        case += ["first", path]
        return once([*recorded("first", [*case, "1"]), *case, "0"])
    if how == "alone":
        return alone([JAVA, *case, "first", path, "0"])
    case = [JAVA, *case, how, path or "."]
    return once([*case, "0"]) if how in ("first", "rehearsed") else Turns([*case, str(warmups)])


def reference(how, path):
    script = [sys.executable, str(ROOT / "bench" / "reference.py")]
    if how == "dd":
        return lambda: evict(path) or read(path)
    if how in ("libtorch_normal", "rows", "memcpy"):
        return tenon(how, path, 2)
    if how == "process":
        return awake(lambda: timed([*script, how, path, "1"]))
    if how == "alone":
        return alone([*script, "load", path, "0"])
    if how == "load0":
        return once([*script, "load", path, "0"])
    rehearsed = how != "trunc_normal"
    return Turns([*script, how, path or ".", "1" if rehearsed else "0"], rehearsed)


def measure(ours, theirs, runs):
    """Medians of both, in turn; the second may be nobody."""
    try:
        pairs = [(ours(), theirs() if theirs else 0) for _ in range(runs)]
    finally:
        for side in (ours, theirs):
            if isinstance(side, Turns):
                side.close()
    return [statistics.median(times) for times in zip(*pairs)]


def checkpoints(directory, wanted):
    """The tied checkpoint, the one over the same files that lacks its head, one of experts, and packed ones."""
    tied = directory / "gemma-2-2b"
    if wanted & {"tied", "untied"} and not (directory / "gemma-2-2b.finished").exists():
        print(f"making {tied}", file=sys.stderr)
        output([JAVA, "-jar", JAR, "demo", "--full", "--quiet", "--dir", str(directory)])
    mixtral = directory / "mixtral"
    if "experts" in wanted and not (mixtral / "config.json").exists():
        print(f"making {mixtral}", file=sys.stderr)
        experts.make(mixtral)
    paths = {"tied": str(tied), "untied": str(directory / "gemma-2-2b-untied"), "experts": str(mixtral), None: None}
    for kind in packed.SHAPES:
        paths[kind] = str(directory / kind)
        if kind in wanted and not (directory / kind / "finished").exists():
            print(f"making {directory / kind}", file=sys.stderr)
            packed.make(kind, directory / kind)
    return paths


def plot(rows, file):
    """Bars of how many times as fast, on a scale of powers of ten, with the wanted ratio as a line."""
    import math

    rows = [row for row in rows if row[3]]
    width, left, height = 900, 400, 26
    x = lambda ratio: left + max(0, math.log10(max(ratio, 0.1)) + 1) * (width - left - 70) / 4
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{len(rows) * height + 40}" '
        'font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="white"/>'
    ]
    for i, (label, _, _, ratio, wanted) in enumerate(rows):
        y = 10 + i * height
        svg.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{label}</text>')
        svg.append(f'<rect x="{x(0.1)}" y="{y + 2}" width="{x(ratio) - x(0.1):.0f}" height="18" fill="#4a7"/>')
        svg.append(f'<line x1="{x(wanted):.0f}" x2="{x(wanted):.0f}" y1="{y}" y2="{y + 22}" stroke="#c33" stroke-width="2"/>')
        svg.append(f'<text x="{x(ratio) + 6:.0f}" y="{y + 15}">{ratio:.3g}×</text>')
    y = 10 + len(rows) * height
    for power in (0.1, 1, 10, 100, 1000):
        svg.append(f'<text x="{x(power):.0f}" y="{y + 16}" text-anchor="middle" fill="#666">{power:g}×</text>')
    svg.append("</svg>\n")
    file.write_text("\n".join(svg))


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    version = subprocess.run([JAVA, "-version"], stderr=subprocess.PIPE, text=True).stderr.splitlines()[0]
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()}; {version}"


def write(rows, options, load_before):
    lines = [
        f"{datetime.date.today()}, {machine()}. Load average {load_before:.1f} before and "
        f"{os.getloadavg()[0]:.1f} after. Tenon and the reference in turn, medians of {options.runs}, of fewer where "
        "a label says so. Where the file is cached, a turn is the median of runs for half a second after one that does not "
        f"count; a JVM that is called warm, and `small`, has run {WARMUPS['warm']} times before. Before each case memory is touched, and "
        "the file read from the disk once, in order.",
        "",
        f"    bench/compare --runs {options.runs} --only {options.only}",
        "",
        "| case | Tenon ms | reference ms | ratio | wanted |",
        "| --- | --- | --- | --- | --- |",
    ]
    for label, mine, other, ratio, wanted in rows:
        cells = (f"{other:,.1f}", f"{ratio:.3g}×", f"{wanted:.2g}×") if other else ("–", "–", "–")
        lines.append(f"| {label} | {mine:,.1f} | {' | '.join(cells)} |")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{options.name}.md").write_text("\n".join(lines) + "\n")
    plot(rows, RESULTS / f"{options.name}.svg")


def main():
    parser = argparse.ArgumentParser(prog="bench/compare")
    parser.add_argument("directory", nargs="?", type=Path, default=ROOT / "target" / "demo")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default=",".join(CASES), help="cases, with commas between them")
    parser.add_argument("--name", default="compare", help="of the files under bench/results")
    options = parser.parse_args()
    paths = checkpoints(options.directory.resolve(), {CASES[case][3] for case in options.only.split(",")})
    load_before = os.getloadavg()[0]
    rows = []
    for case in options.only.split(","):
        label, ours, theirs, which, wanted = CASES[case]
        if ours.endswith("aot") and not java25():
            continue
        runs = min(options.runs, MOST_RUNS.get(case, options.runs))
        if runs < options.runs:
            label += f" (of {runs})"
        path = paths[which]
        try:
            if theirs != "alone":  # that one is about memory nobody has touched
                touch_memory()
            if path and theirs != "dd":
                cache(path)
            ours = tenon(ours, path, WARMUPS.get(case, 1))
            mine, other = measure(ours, theirs and reference(theirs, path), runs)
        except Exception as failure:  # the other cases still count
            print(f"compare: {case}: {failure}", file=sys.stderr)
            continue
        rows.append((label, mine, other, other / mine, wanted))
        write(rows, options, load_before)
        print(f"{datetime.datetime.now():%H:%M:%S}", rows[-1], file=sys.stderr)


with keeping_memory():
    main()
