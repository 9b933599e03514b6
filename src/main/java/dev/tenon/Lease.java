package dev.tenon;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A reader's hold on a model, for longer than a call: until it is closed the model and its tensors
 * live, and changes of the model are refused. For one thread at a time.
 */
public final class Lease implements AutoCloseable {
  private final Model model;
  private final AtomicBoolean open = new AtomicBoolean(true);

  Lease(Model model) {
    this.model = model;
  }

  /** The model; it and its tensors live until this lease is closed. */
  public Model model() {
    return model;
  }

  /** Ends the hold, and frees a retired model if it was its last. Closing again does nothing. */
  @Override
  public void close() {
    if (open.getAndSet(false)) {
      model.leave();
    }
  }
}
