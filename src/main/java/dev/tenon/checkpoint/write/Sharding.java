package dev.tenon.checkpoint.write;

import dev.tenon.lang.Lists;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which tensors go into one file, in the reference's way: in the order given, a new file when the
 * next tensor would make this one too large, and a file of its own for a tensor larger than that.
 * Source: {@code split_state_dict_into_shards_factory} of huggingface_hub.
 */
final class Sharding {
  private Sharding() {}

  /**
   * The files' tensors, at least one file.
   *
   * @param tensors in order; those of one block count as one, at the place of its first
   * @param maxBytes the size of a file's tensors that only a single tensor or block may pass
   */
  static List<List<NewTensor>> of(List<NewTensor> tensors, long maxBytes) {
    Map<Integer, List<NewTensor>> blocks = new HashMap<>();
    for (NewTensor tensor : tensors) {
      if (tensor.block() != NewTensor.ALONE) {
        Lists.add(blocks, tensor.block(), tensor);
      }
    }
    List<List<NewTensor>> shards = new ArrayList<>();
    List<NewTensor> open = new ArrayList<>();
    long size = 0;
    Set<Integer> done = new HashSet<>();
    for (NewTensor tensor : tensors) {
      if (tensor.block() != NewTensor.ALONE && !done.add(tensor.block())) {
        continue;
      }
      List<NewTensor> together = blocks.getOrDefault(tensor.block(), List.of(tensor));
      long bytes = together.stream().mapToLong(NewTensor::bytes).sum();
      if (bytes > maxBytes) {
        shards.add(together);
        continue;
      }
      if (size + bytes > maxBytes) {
        shards.add(open);
        open = new ArrayList<>();
        size = 0;
      }
      open.addAll(together);
      size += bytes;
    }
    if (!open.isEmpty() || shards.isEmpty()) {
      shards.add(open);
    }
    return shards;
  }
}
