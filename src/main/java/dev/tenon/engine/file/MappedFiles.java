package dev.tenon.engine.file;

import dev.tenon.checkpoint.ChangedFile;
import dev.tenon.checkpoint.FileStamp;
import dev.tenon.checkpoint.Shard;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;

/** Which weight files the tensors of a model are views of, and what those files were. */
public final class MappedFiles {
  private final Map<Path, FileStamp> stamps = new HashMap<>();
  private final Map<Tensor, Path> files = new IdentityHashMap<>();

  public MappedFiles(List<Shard> shards) {
    for (Shard shard : shards) {
      stamps.put(shard.file(), shard.stamp());
    }
  }

  /** A tensor is a view of a file. */
  public void add(Tensor tensor, Path file) {
    files.put(tensor, file);
  }

  /** Of the files that these tensors are views of, those that have changed, sorted by path. */
  public List<ChangedFile> changed(Tensor[] tensors) {
    TreeSet<Path> inUse = new TreeSet<>();
    for (Tensor tensor : tensors) {
      Path file = files.get(tensor);
      if (file != null) {
        inUse.add(file);
      }
    }
    List<ChangedFile> changed = new ArrayList<>();
    for (Path file : inUse) {
      FileStamp then = stamps.get(file);
      ChangedFile change = then == null ? null : ChangedFile.of(file, then);
      if (change != null) {
        changed.add(change);
      }
    }
    return changed;
  }
}
