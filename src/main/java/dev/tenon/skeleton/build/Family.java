package dev.tenon.skeleton.build;

import java.util.List;

/**
 * The classes of one model family. Found by {@link java.util.ServiceLoader}, so a family is one
 * file and one line; one in a jar of a user's own is found the same way.
 *
 * <p>Implementations are stateless and thread-safe.
 */
public interface Family {
  /** The {@code model_type} of its configs, such as {@code gemma2}. */
  String modelType();

  /** Every class it can describe. */
  List<Architecture> architectures();
}
