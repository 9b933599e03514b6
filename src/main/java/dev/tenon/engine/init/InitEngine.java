package dev.tenon.engine.init;

import java.util.List;
import java.util.function.LongConsumer;

/** Writes the slots no file holds. One object serves one load, on the thread that loads. */
public interface InitEngine extends AutoCloseable {
  /**
   * Carries out rules in their order; a slot may have several, the later ones over the earlier.
   *
   * @param tasks rules of slots that are not final
   * @param written is told the bytes of each task when it is done
   * @throws dev.tenon.TenonException if the thread is interrupted
   */
  void fill(List<InitTask> tasks, LongConsumer written);

  @Override
  void close();
}
