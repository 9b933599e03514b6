package dev.tenon.engine;

import dev.tenon.engine.torch.TorchErrors;

/** Says of an application's listener that fails that it did. */
record CheckedListener(LoadListener listener) implements LoadListener {
  @Override
  public void progress(Phase phase, long done, long total) {
    try {
      listener.progress(phase, done, total);
    } catch (RuntimeException e) {
      throw TorchErrors.of("The progress listener failed", "phase=" + phase, e);
    }
  }
}
