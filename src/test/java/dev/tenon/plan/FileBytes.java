package dev.tenon.plan;

import dev.tenon.checkpoint.TensorEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** Decides tie candidates as an engine would for tensors that are read unconverted. */
final class FileBytes {
  private FileBytes() {}

  /** The plan with its candidates decided by what the files hold. */
  static LoadPlan resolve(LoadPlan plan) {
    return plan.resolve(
        candidate -> Arrays.equals(read(plan, candidate.target()), read(plan, candidate.owner())));
  }

  private static byte[] read(LoadPlan plan, int slot) {
    TensorEntry entry = ((Step.Read) plan.steps().get(slot)).plain();
    try (FileChannel channel = FileChannel.open(entry.file())) {
      ByteBuffer bytes = ByteBuffer.allocate((int) entry.bytes());
      channel.read(bytes, entry.offset());
      return bytes.array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
