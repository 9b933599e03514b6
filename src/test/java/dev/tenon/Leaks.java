package dev.tenon;

import dev.tenon.engine.Resources;
import dev.tenon.tensor.DType;
import dev.tenon.watch.ModelRef;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A process that loads and closes, every second time with a fault, and ends with status 0 if
 * nothing was left behind by any of it. Arguments: a directory with copies of scenarios, how many
 * loads, a seed.
 */
final class Leaks {
  private static final int WARM_UP = 200;
  private static final List<String> GOOD =
      List.of("gemma2-tied-source-only", "siglip-bin-views", "bloom-sharded-bin");
  private static final String INCOMPLETE = "gemma2-some-missing";

  /** Memory of the compiler, of classes and of malloc's own that comes and goes, in kB. */
  private static final long NOISE = 32 << 10;

  private final Path directory;
  private final Random random;
  private final Map<String, Integer> outcomes = new TreeMap<>();

  private Leaks(Path directory, long seed) {
    this.directory = directory;
    this.random = new Random(seed);
  }

  /** A load that cannot succeed. */
  private interface Fault {
    void load() throws IOException;
  }

  public static void main(String[] args) throws IOException {
    new Leaks(Path.of(args[0]), Long.parseLong(args[2])).run(Integer.parseInt(args[1]));
  }

  private void run(int loads) throws IOException {
    Map<String, Fault> faults = faults();
    List<String> names = List.copyOf(faults.keySet());
    for (int i = 0; i < WARM_UP; i++) {
      turn(i, faults, names);
    }
    System.gc();
    Resources before = Resources.now(directory);
    long memory = Resources.status("VmRSS");
    long threads = Resources.status("Threads");
    long mappings = Resources.allMappings();
    long descriptors = Resources.allDescriptors();
    outcomes.clear();
    for (int i = 0; i < loads; i++) {
      Resources once = Resources.now(directory);
      String what = turn(i, faults, names);
      Resources.now(directory).requireNoMoreThan(once, what);
    }
    Resources.now(directory).requireNoMoreThan(before, loads + " loads");
    String flat =
        "resident=%+d kB, threads=%+d, mappings=%+d, descriptors=%+d"
            .formatted(
                Resources.status("VmRSS") - memory,
                Resources.status("Threads") - threads,
                Resources.allMappings() - mappings,
                Resources.allDescriptors() - descriptors);
    System.out.println(outcomes);
    System.out.println("loads=" + loads + ", " + flat + ", JavaCPP " + before.counts());
    require(Resources.status("VmRSS") - memory < NOISE, flat);
    require(Resources.status("Threads") - threads <= 1, flat);
    // A heap of malloc's own may be mapped or gone.
    require(Resources.allMappings() - mappings <= 8, flat);
    require(Resources.allDescriptors() <= descriptors, flat);
  }

  private static void require(boolean held, String what) {
    if (!held) {
      throw new AssertionError("Not flat: " + what);
    }
  }

  private String turn(int number, Map<String, Fault> faults, List<String> names)
      throws IOException {
    if (number % 2 == 0) {
      good();
      outcomes.merge("good", 1, Integer::sum);
      return "a good load";
    }
    String name = names.get(random.nextInt(names.size()));
    try {
      faults.get(name).load();
      throw new AssertionError("No exception: " + name);
    } catch (TenonException expected) {
      outcomes.merge(name, 1, Integer::sum);
    }
    return name;
  }

  private void good() {
    Path model = directory.resolve(GOOD.get(random.nextInt(GOOD.size())));
    Residency residency = Residency.values()[random.nextInt(Residency.values().length)];
    DType dtype = random.nextBoolean() ? null : DType.BF16;
    LoadOptions options = LoadOptions.builder().residency(residency).dtype(dtype).build();
    try (ModelRef ref = new ModelRef(Tenon.load(model, options))) {
      ref.using(Model::digests);
      switch (random.nextInt(4)) {
        case 0 -> ref.reload(model, options);
        case 1 -> current(ref).to("cpu", DType.F64);
        case 2 -> {
          boolean tied = current(ref).tieWordEmbeddings();
          current(ref).tieWordEmbeddings(!tied);
          current(ref).tieWordEmbeddings(tied);
        }
        default -> current(ref).verify();
      }
    }
  }

  private static Model current(ModelRef ref) {
    return ref.using(model -> model);
  }

  private Map<String, Fault> faults() {
    Map<String, Fault> faults = new TreeMap<>();
    Path incomplete = directory.resolve(INCOMPLETE);
    faults.put(
        "an initialiser that fails",
        () -> load(incomplete, LoadOptions.builder().initializer(Leaks::fail)));
    faults.put(
        "an initialiser without heap",
        () -> load(incomplete, LoadOptions.builder().initializer(Leaks::exhaust)));
    faults.put(
        "an initialiser that resizes",
        () ->
            load(
                incomplete,
                LoadOptions.builder()
                    .initializer(
                        (slot, tensor) -> {
                          tensor.resize_(1 << 20);
                          return true;
                        })));
    faults.put(
        "a listener that fails",
        () ->
            load(
                incomplete,
                LoadOptions.copy().toBuilder()
                    .progress(
                        (phase, done, total) -> {
                          throw new IllegalStateException(phase);
                        })));
    faults.put("an interrupt", this::interrupted);
    faults.put(
        "a parted tie that is strict",
        () ->
            load(
                directory.resolve("gemma2-tied-both-different"),
                LoadOptions.builder().strict(true)));
    faults.put(
        "a wrong shape",
        () -> load(directory.resolve("gemma2-wrong-shape"), LoadOptions.builder()));
    faults.put(
        "a trace that cannot be written",
        () -> load(incomplete, LoadOptions.builder().trace(directory.resolve("no/trace.json"))));
    faults.put("a file that is cut meanwhile", this::cut);
    faults.put("no such file", () -> load(directory.resolve("nowhere"), LoadOptions.builder()));
    return faults;
  }

  private static boolean fail(Object slot, Object tensor) {
    throw new IllegalStateException("mine");
  }

  private static boolean exhaust(Object slot, Object tensor) {
    throw new OutOfMemoryError("Java heap space");
  }

  private static void load(Path model, LoadOptions.Builder options) {
    Tenon.load(model, options.build()).close();
  }

  /** In the middle of the load, by its own listener. */
  private void interrupted() {
    try {
      load(
          directory.resolve(INCOMPLETE),
          LoadOptions.copy().toBuilder()
              .progress((phase, done, total) -> Thread.currentThread().interrupt()));
    } finally {
      require(Thread.interrupted(), "the interrupt status");
    }
  }

  private void cut() throws IOException {
    Path model = directory.resolve(INCOMPLETE);
    Path file = model.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    FileTime time = Files.getLastModifiedTime(file);
    try {
      load(
          model, LoadOptions.copy().toBuilder().progress((phase, done, total) -> cut(phase, file)));
    } finally {
      Files.write(file, bytes);
      Files.setLastModifiedTime(file, time.equals(past()) ? FileTime.fromMillis(1) : past());
    }
  }

  private static FileTime past() {
    return FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
  }

  private static void cut(String phase, Path file) {
    if (phase.equals("read")) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() / 2);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
