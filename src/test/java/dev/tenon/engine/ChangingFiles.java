package dev.tenon.engine;

import dev.tenon.Residency;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A process that copies models out of files that another thread cuts, overwrites, replaces or
 * deletes at random moments: weights, an index, or the config. It maps those that are replaced or
 * deleted, too. It ends with status 0 if each load gave the right model or one exception.
 * Arguments: a directory to work in, rounds, a seed.
 */
final class ChangingFiles {
  /** Long past, so that any write shows, whatever the clock of the file system. */
  private static final FileTime PRISTINE = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

  private static final Path VIEWS = Path.of("src/test/resources/scenarios/siglip-bin-views");
  private static final Path BIN = Path.of("src/test/resources/scenarios/bloom-sharded-bin");
  private static final List<DType> DTYPES = List.of(DType.F32, DType.BF16, DType.F16);

  private static final int REPLACE = 2;

  private final Random random;
  private final Path pristine;
  private final Path live;
  private final Map<String, Integer> outcomes = new TreeMap<>();

  private ChangingFiles(Path directory, long seed) {
    this.random = new Random(seed);
    this.pristine = directory.resolve("pristine");
    this.live = directory.resolve("live");
  }

  public static void main(String[] args) throws Exception {
    ChangingFiles test = new ChangingFiles(Path.of(args[0]), Long.parseLong(args[2]));
    test.write();
    int rounds = Integer.parseInt(args[1]);
    for (String model : List.of("experts", "views", "bin")) {
      test.run(model, rounds / 3);
    }
    System.out.println("seed=" + args[2] + ", outcomes=" + test.outcomes);
  }

  private void write() throws IOException {
    Experts.write(Files.createDirectories(pristine.resolve("experts")), 4000, random);
    copy(VIEWS, Files.createDirectories(pristine.resolve("views")));
    copy(BIN, Files.createDirectories(pristine.resolve("bin")));
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path file : files(from)) {
      Path copy = to.resolve(file.getFileName());
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      Files.setLastModifiedTime(copy, PRISTINE);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private void run(String model, int rounds) throws Exception {
    Path directory = Files.createDirectories(live.resolve(model));
    copy(pristine.resolve(model), directory);
    Map<String, List<String>> right = new TreeMap<>();
    List<Long> nanos = new ArrayList<>();
    for (int warm = 0; warm < 3; warm++) {
      for (DType dtype : DTYPES) {
        for (boolean core : new boolean[] {true, false}) {
          long start = System.nanoTime();
          right.put(dtype + "/" + core, load(directory, dtype, core, Residency.COPY, () -> {}));
          nanos.add(System.nanoTime() - start);
        }
      }
    }
    Collections.sort(nanos);
    long usual = nanos.get(nanos.size() / 3);
    for (int round = 0; round < rounds; round++) {
      DType dtype = DTYPES.get(random.nextInt(DTYPES.size()));
      boolean core = random.nextInt(3) > 0;
      round(model, directory, dtype, core, right.get(dtype + "/" + core), usual);
    }
  }

  private void round(
      String model, Path directory, DType dtype, boolean core, List<String> right, long usual)
      throws Exception {
    List<Path> all = files(directory);
    Path victim = all.get(random.nextInt(all.size()));
    long delay = (long) (random.nextDouble() * usual);
    int kind = random.nextInt(4);
    // Where a file keeps its bytes until nobody has it open, mapping it is as safe as a copy.
    boolean maps = kind >= REPLACE && random.nextBoolean();
    double where = random.nextDouble();
    CyclicBarrier start = new CyclicBarrier(2);
    List<Throwable> failures = new ArrayList<>();
    Thread other =
        new Thread(
            () -> {
              try {
                start.await();
                long until = System.nanoTime() + delay;
                while (System.nanoTime() < until) {
                  LockSupport.parkNanos(until - System.nanoTime());
                }
                change(victim, kind, where);
              } catch (Exception e) {
                failures.add(e);
              }
            });
    other.start();
    start.await();
    String outcome;
    AtomicBoolean late = new AtomicBoolean();
    try {
      List<String> digests =
          load(
              directory,
              dtype,
              core,
              maps ? Residency.MMAP : Residency.COPY,
              () -> late.set(modified(victim).equals(PRISTINE)));
      // What was there when a header, or the config, was read is what the load is to read.
      boolean wrong = late.get() && !victim.toString().endsWith(".json");
      outcome = digests.equals(right) ? "right" : wrong ? "WRONG" : "new";
    } catch (TenonException e) {
      outcome = "refused";
      requireOneLine(e);
    }
    other.join();
    outcomes.merge(
        outcome
            + (maps ? " mapped" : "")
            + " after "
            + List.of("cut", "write", "replace", "delete").get(kind),
        1,
        Integer::sum);
    if (outcome.equals("WRONG") || !failures.isEmpty()) {
      throw new AssertionError(outcome + ": file=" + victim + ", kind=" + kind + failures);
    }
    Path intact = pristine.resolve(model).resolve(victim.getFileName());
    Files.copy(intact, victim, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(victim, PRISTINE);
  }

  private static void requireOneLine(TenonException e) {
    boolean names = e.getMessage().contains("file=") || e.getMessage().contains("directory=");
    if (!names || e.getMessage().contains("\n")) {
      throw new AssertionError("Not one line that names a file or its directory", e);
    }
  }

  private static void change(Path file, int kind, double where) throws IOException {
    long size = Files.size(file);
    long at = (long) (where * size);
    switch (kind) {
      case 0 -> {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(at);
        }
      }
      case 1 -> {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.allocate((int) Math.min(size - at, 100_000)), at);
        }
      }
      case 2 -> {
        Path replacement = Files.write(file.resolveSibling("new.tmp"), new byte[(int) size]);
        Files.move(replacement, file, StandardCopyOption.ATOMIC_MOVE);
      }
      default -> Files.delete(file);
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException gone) {
      return FileTime.from(Instant.MAX);
    }
  }

  private static List<String> load(
      Path directory, DType dtype, boolean core, Residency residency, Runnable whenPlanned) {
    Checkpoint checkpoint = Checkpoint.open(directory, null);
    whenPlanned.run();
    Config config = Config.read(directory);
    LoadPlan plan =
        Planner.plan(
            checkpoint, Families.skeleton(null, config), config, new PlanOptions(dtype, false));
    EngineOptions options = EngineOptions.defaults().residing(residency);
    List<String> digests = new ArrayList<>();
    try (Loaded loaded =
        Engine.load(
            plan,
            checkpoint.shards(),
            options,
            LoadListener.NONE,
            core ? LazyCore.of(options.threads()) : LazyCore.none())) {
      for (int i = 0; i < plan.steps().size(); i++) {
        digests.add(Bytes.crc32(loaded.tensor(i)));
      }
    }
    return digests;
  }
}
