package dev.tenon;

import dev.tenon.engine.Resources;
import dev.tenon.nativecore.NativeCore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.Pointer;

/**
 * A process that is short of memory: of heap, from nothing left to enough for a load, and of what
 * JavaCPP lets it have, from each of a load's events on. It ends with status 0 if each load gave
 * the right model or one exception, left nothing behind, and the next load was right. Arguments:
 * the directory of a model, and how many loads are to be short of heap.
 */
final class Shortages {
  private static final byte[] NOTHING = {};
  private static final int MOST = 96 << 10;

  private final Path model;
  private final Map<String, Integer> right;
  private final Map<String, Integer> outcomes = new TreeMap<>();

  private Shortages(Path model) {
    this.model = model;
    for (int i = 0; i < 50; i++) {
      load(LoadOptions.copy());
    }
    this.right = load(LoadOptions.copy());
  }

  public static void main(String[] args) throws IOException {
    Shortages test = new Shortages(Path.of(args[0]));
    test.heap(Integer.parseInt(args[1]));
    test.physical();
    System.out.println("outcomes=" + test.outcomes);
  }

  private Map<String, Integer> load(LoadOptions options) {
    try (Model loaded = Tenon.load(model, options)) {
      return loaded.digests();
    }
  }

  private void heap(int loads) throws IOException {
    for (int free = 0; free < MOST; free += MOST / loads) {
      Resources before = Resources.now(model);
      List<byte[]> ballast = fill(free);
      Throwable thrown = null;
      Map<String, Integer> got = null;
      try (Model loaded = Tenon.load(model, LoadOptions.copy())) {
        ballast.clear();
        got = loaded.digests();
      } catch (Throwable e) {
        ballast.clear();
        thrown = e;
      }
      judge("heap", got, thrown, "Out of memory: reason=");
      System.gc();
      Resources.now(model).requireNoMoreThan(before, "heap with free=" + free);
    }
  }

  /** All of the heap, but for some bytes. */
  private static List<byte[]> fill(int free) {
    List<byte[]> ballast = new ArrayList<>(1 << 16);
    ballast.add(new byte[free]);
    for (int size = 1 << 20; size >= 256; size /= 4) {
      try {
        while (ballast.size() < 1 << 16) {
          ballast.add(new byte[size]);
        }
      } catch (OutOfMemoryError full) {
        continue;
      }
    }
    ballast.set(0, NOTHING); // Until here nobody else could have it.
    return ballast;
  }

  /** The limit is passed at an event, as it would be by whatever else the process does. */
  private void physical() throws IOException {
    for (int event = 1; ; event++) {
      Resources before = Resources.now(model);
      Taking taking = new Taking(event);
      Throwable thrown = null;
      Map<String, Integer> got = null;
      try (taking;
          Model loaded =
              Tenon.load(model, LoadOptions.copy().toBuilder().progress(taking).build())) {
        taking.close();
        got = loaded.digests();
      } catch (Throwable e) {
        thrown = e;
      }
      judge("physical", got, thrown, "JavaCPP allows less native memory than the model takes: ");
      Resources.now(model).requireNoMoreThan(before, "physical at event " + event);
      if (taking.event > 0) {
        return;
      }
    }
  }

  /** Takes more memory than JavaCPP allows at one event. */
  private static final class Taking implements LoadProgress, AutoCloseable {
    private final long bytes =
        Math.max(1, Pointer.maxPhysicalBytes() - Pointer.physicalBytes()) + (64 << 20);
    private int event;
    private long address;

    Taking(int event) {
      this.event = event;
    }

    @Override
    public void update(String phase, long done, long total) {
      if (--event == 0) {
        try (NativeCore core = NativeCore.load(1)) {
          address = core.allocate(bytes, true);
        }
      }
    }

    @Override
    public void close() {
      if (address != 0) {
        NativeCore.free(address, bytes);
        address = 0;
      }
    }
  }

  private void judge(String what, Map<String, Integer> got, Throwable thrown, String message) {
    String outcome;
    if (thrown == null) {
      require(right.equals(got), "not what was loaded before", null);
      outcome = what + " sufficed";
    } else if (thrown instanceof TenonException) {
      String said = String.valueOf(thrown.getMessage());
      require(said.startsWith(message) && !said.contains("\n"), said, thrown);
      outcome = what + " refused";
    } else {
      // Where there is no room for a message, what the JVM keeps ready for that is thrown.
      require(thrown instanceof OutOfMemoryError && what.equals("heap"), "not clear", thrown);
      outcome = what + " without a word";
    }
    outcomes.merge(outcome, 1, Integer::sum);
    require(right.equals(load(LoadOptions.copy())), "the next load", thrown);
  }

  private static void require(boolean held, String what, Throwable cause) {
    if (!held) {
      throw new AssertionError(what, cause);
    }
  }
}
