package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that changes its model and saves it over the files it is mapped from, without end, is
 * killed, again and again, at any moment: the directory then holds the version it had last said was
 * saved, or the next, whole.
 */
class KilledModelSaveTest {
  /** More with {@code -Dtenon.kills=N}. */
  private static final int KILLS = Integer.getInteger("tenon.kills", 3);

  /** Whole numbers up to here are themselves in bfloat16. */
  private static final int VERSIONS = 256;

  private static final double LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(60);
  private static final Path FIRST = Path.of("src/test/resources/scenarios/gemma2-tied-source-only");

  @TempDir private Path dir;

  @Test
  void aKillLeavesTheOldModelOrTheNewOne() throws Exception {
    Random random = new Random(11);
    Path target = Files.createDirectory(dir.resolve("model"));
    try (Stream<Path> files = Files.list(FIRST)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
    List<String> names = Tenon.inspect(target).entries().stream().map(TensorEntry::name).toList();
    Path log = dir.resolve("saved");
    int caughtOld = 0;
    int caughtHalfWay = 0;
    int version = VERSIONS - 1;
    for (int kill = 0; kill < KILLS; kill++) {
      try (Victim child = Victim.start(Child.class, target, (version + 1) % VERSIONS, log)) {
        child.live((long) (random.nextDouble() * LONGEST_NANOS));
      }
      int said = Victim.noted(log);
      caughtHalfWay += Files.exists(target.resolve(".tenon-save")) ? 1 : 0;
      version = read(target, names);
      assertThat(version).as("kill %d", kill).isIn(said, (said + 1) % VERSIONS);
      caughtOld += version == said ? 1 : 0;
    }
    System.out.printf(
        "kills=%d, old=%d, new=%d, while saving=%d%n",
        KILLS, caughtOld, KILLS - caughtOld, caughtHalfWay);
    try (Model model = Tenon.load(target, LoadOptions.defaults())) {
      model.save(target, SaveOptions.defaults());
      Saved.assertSame(model, target);
    }
    assertThat(target.resolve(".tenon-save")).doesNotExist();
  }

  /** The version a directory holds, every byte of it read. */
  private static int read(Path target, List<String> names) throws IOException {
    Checkpoint checkpoint = Tenon.inspect(target);
    assertThat(checkpoint.entries().stream().map(TensorEntry::name)).isEqualTo(names);
    int version = -1;
    for (TensorEntry entry : checkpoint.entries()) {
      ByteBuffer bytes =
          ByteBuffer.wrap(Files.readAllBytes(entry.file())).order(ByteOrder.LITTLE_ENDIAN);
      bytes.position((int) entry.offset()).limit((int) (entry.offset() + entry.bytes()));
      while (bytes.hasRemaining()) {
        float value =
            entry.dtype() == DType.F32
                ? bytes.getFloat()
                : Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
        version = version < 0 ? (int) value : version;
        if (value != version) {
          throw new AssertionError("mixed: " + version + " and " + value + " in " + entry);
        }
      }
      assertThat(entry.dtype()).isEqualTo(dtype(version));
    }
    assertThat(Saved.config(target).get("dtype").textValue()).isEqualTo(dtype(version).torchName());
    return version;
  }

  private static DType dtype(int version) {
    return version % 4 < 2 ? DType.F32 : DType.BF16;
  }

  /** Saves until it is killed. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      Path target = Path.of(args[0]);
      int first = Integer.parseInt(args[1]);
      long[] shards = {1L << 40, Saved.SHARD_BYTES, 8_000};
      Model model = Tenon.load(target, LoadOptions.copy());
      for (int version = first; ; version = (version + 1) % VERSIONS) {
        model.to("cpu", dtype(version));
        fill(model, version);
        model.save(target, SaveOptions.defaults().maxShardBytes(shards[version % shards.length]));
        Victim.note(Path.of(args[2]), version, version == first);
      }
    }

    @SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
    private static void fill(Model model, int version) {
      try (PointerScope scope = new PointerScope()) {
        NoGradGuard none = new NoGradGuard();
        model.parameters().forEach(name -> model.tensor(name).fill_(new Scalar(version)));
      }
    }
  }
}
