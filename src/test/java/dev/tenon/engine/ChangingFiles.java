package dev.tenon.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.PlanOptions;
import dev.tenon.plan.Planner;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Families;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
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
 * deletes at random moments. It ends with status 0 if each load gave the right model or one
 * exception. Arguments: a directory to work in, rounds, a seed.
 */
final class ChangingFiles {
  /** Long past, so that any write shows, whatever the clock of the file system. */
  private static final FileTime PRISTINE = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

  private static final Path VIEWS = Path.of("src/test/resources/scenarios/siglip-bin-views");
  private static final List<DType> DTYPES = List.of(DType.F32, DType.BF16, DType.F16);

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
    for (String model : List.of("experts", "views")) {
      test.run(model, rounds / 2);
    }
    System.out.println("seed=" + args[2] + ", outcomes=" + test.outcomes);
  }

  private void write() throws IOException {
    Experts.write(Files.createDirectories(pristine.resolve("experts")), random);
    copy(VIEWS, Files.createDirectories(pristine.resolve("views")));
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
          right.put(dtype + "/" + core, load(directory, dtype, core, () -> {}));
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
    List<Path> shards =
        files(directory).stream().filter(file -> !file.toString().endsWith(".json")).toList();
    Path victim = shards.get(random.nextInt(shards.size()));
    long delay = (long) (random.nextDouble() * usual);
    int kind = random.nextInt(4);
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
          load(directory, dtype, core, () -> late.set(modified(victim).equals(PRISTINE)));
      // A change that came before the load is what the load is to read.
      outcome = digests.equals(right) ? "right" : late.get() ? "WRONG" : "new";
    } catch (TenonException e) {
      outcome = "refused";
      requireOneLine(e);
    }
    other.join();
    outcomes.merge(
        outcome + " after " + List.of("cut", "write", "replace", "delete").get(kind),
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
      Path directory, DType dtype, boolean core, Runnable whenPlanned) {
    Checkpoint checkpoint = Checkpoint.open(directory, null);
    whenPlanned.run();
    Config config = Config.read(checkpoint.config());
    LoadPlan plan =
        Planner.plan(
            checkpoint, Families.skeleton(null, config), config, new PlanOptions(dtype, false));
    EngineOptions options = EngineOptions.defaults().residing(Residency.COPY);
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

  /** A small model of experts, its tied head stored as well, in shards of a few MB. */
  private static final class Experts {
    private static final String CONFIG =
        """
        {"architectures":["Qwen3MoeForCausalLM"],"model_type":"qwen3_moe","dtype":"float32",\
        "hidden_size":128,"head_dim":16,"intermediate_size":256,"moe_intermediate_size":64,\
        "num_attention_heads":8,"num_key_value_heads":4,"num_hidden_layers":2,"num_experts":4,\
        "mlp_only_layers":[0],"vocab_size":4000,"tie_word_embeddings":true}
        """;

    private static final String LAYER = "model.layers.";

    private final StringBuilder header = new StringBuilder();
    private final ByteBuffer data = ByteBuffer.allocate(8 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final Random random;

    private Experts(Random random) {
      this.random = random;
    }

    static void write(Path directory, Random random) throws IOException {
      Files.writeString(directory.resolve("config.json"), CONFIG);
      long embedding = random.nextLong();
      Experts first = new Experts(new Random(embedding));
      first.add("model.embed_tokens.weight", 4000, 128);
      first.write(directory.resolve("model-00001-of-00003.safetensors"));
      Experts second = new Experts(random);
      for (int layer = 0; layer < 2; layer++) {
        second.layer(LAYER + layer + ".", layer > 0);
      }
      second.add("model.norm.weight", 128);
      second.write(directory.resolve("model-00002-of-00003.safetensors"));
      Experts third = new Experts(new Random(embedding));
      third.add("lm_head.weight", 4000, 128);
      third.write(directory.resolve("model-00003-of-00003.safetensors"));
      Files.writeString(
          directory.resolve("model.safetensors.index.json"),
          """
          {"weight_map":{"model.embed_tokens.weight":"model-00001-of-00003.safetensors",\
          "model.norm.weight":"model-00002-of-00003.safetensors",\
          "lm_head.weight":"model-00003-of-00003.safetensors"}}
          """);
    }

    private void layer(String name, boolean experts) {
      add(name + "input_layernorm.weight", 128);
      add(name + "post_attention_layernorm.weight", 128);
      add(name + "self_attn.q_proj.weight", 128, 128);
      add(name + "self_attn.k_proj.weight", 64, 128);
      add(name + "self_attn.v_proj.weight", 64, 128);
      add(name + "self_attn.o_proj.weight", 128, 128);
      add(name + "self_attn.q_norm.weight", 16);
      add(name + "self_attn.k_norm.weight", 16);
      if (experts) {
        add(name + "mlp.gate.weight", 4, 128);
        for (int i = 0; i < 4; i++) {
          mlp(name + "mlp.experts." + i + ".", 64);
        }
      } else {
        mlp(name + "mlp.", 256);
      }
    }

    private void mlp(String name, int width) {
      add(name + "gate_proj.weight", width, 128);
      add(name + "up_proj.weight", width, 128);
      add(name + "down_proj.weight", 128, width);
    }

    private void add(String name, int... shape) {
      int start = data.position();
      int elements = 1;
      for (int dim : shape) {
        elements *= dim;
      }
      for (int i = 0; i < elements; i++) {
        data.putFloat(random.nextFloat());
      }
      header.append(header.isEmpty() ? "{" : ",");
      header.append(
          "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(name, Arrays.toString(shape), start, data.position()));
    }

    private void write(Path file) throws IOException {
      byte[] json = header.append('}').toString().getBytes(UTF_8);
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.write(length.putLong(json.length).flip());
        channel.write(ByteBuffer.wrap(json));
        channel.write(data.flip());
      }
    }
  }
}
