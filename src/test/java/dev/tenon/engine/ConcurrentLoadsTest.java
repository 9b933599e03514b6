package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/**
 * Eight loads at once, a hundred times: eight right models each time, and no memory left behind.
 */
class ConcurrentLoadsTest {
  private static final List<String> NAMES =
      List.of(
          "gemma2-tied-source-only",
          "gemma2-some-missing",
          "gemma2-bf16-to-f32",
          "gemma2-sharded",
          "llama-base-into-head",
          "llama-bin",
          "bert-base-into-classifier",
          "bert-mlm");

  private static final int ROUNDS = 100;

  @Test
  void eachIsRightAndNothingIsLeft() throws Exception {
    List<List<String>> expected = NAMES.stream().map(ConcurrentLoadsTest::load).toList();
    // Less is right too: garbage of other tests may go meanwhile.
    long bytes = Pointer.totalBytes();
    long count = Pointer.totalCount();
    ExecutorService pool = Executors.newFixedThreadPool(NAMES.size());
    try {
      for (int round = 0; round < ROUNDS; round++) {
        List<Callable<List<String>>> loads = new ArrayList<>();
        NAMES.forEach(name -> loads.add(() -> load(name)));
        List<Future<List<String>>> results = pool.invokeAll(loads);
        for (int i = 0; i < results.size(); i++) {
          assertThat(results.get(i).get()).as(NAMES.get(i)).isEqualTo(expected.get(i));
        }
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(bytes);
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(count);
  }

  private static List<String> load(String name) {
    try (Loaded loaded = Scenarios.load(name, EngineOptions.defaults())) {
      List<String> bytes = new ArrayList<>();
      for (int i = 0; i < loaded.plan().steps().size(); i++) {
        bytes.add(Bytes.crc32(loaded.tensor(i)));
      }
      return bytes;
    }
  }
}
