package dev.tenon.engine.bytes;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Slots that are views of mapped files, made together for each file and dtype. */
public final class Views {
  private final Reader reader;
  private final Tensor[] tensors;
  private final Map<Path, Map<DType, Group>> groups = new HashMap<>();

  /**
   * No views yet.
   *
   * @param tensors one a slot, where they go
   */
  public Views(Reader reader, Tensor[] tensors) {
    this.reader = reader;
    this.tensors = tensors;
  }

  private record Group(List<Integer> slots, List<TensorEntry> entries) {
    Group() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  /** Has a slot be a view of its entry, from {@link #finish} on. */
  public void add(int slot, TensorEntry entry) {
    Map<DType, Group> ofFile = groups.get(entry.file());
    if (ofFile == null) {
      ofFile = new EnumMap<>(DType.class);
      groups.put(entry.file(), ofFile);
    }
    Group group = ofFile.get(entry.dtype());
    if (group == null) {
      group = new Group();
      ofFile.put(entry.dtype(), group);
    }
    group.slots.add(slot);
    group.entries.add(entry);
  }

  /** Makes them. */
  public void finish() {
    for (Map<DType, Group> ofFile : groups.values()) {
      for (Group group : ofFile.values()) {
        Tensor[] views = reader.map(group.entries);
        for (int i = 0; i < views.length; i++) {
          tensors[group.slots.get(i)] = views[i];
        }
      }
    }
  }
}
