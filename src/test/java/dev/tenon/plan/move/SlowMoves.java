package dev.tenon.plan.move;

import dev.tenon.nativecore.Halves;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.List;

/** Moves carried out in plain Java, an element at a time: what the fast ways are held against. */
public final class SlowMoves {
  private SlowMoves() {}

  /**
   * Carries moves of one slot out.
   *
   * @param to the slot's bytes
   */
  public static void carryOut(List<Move> moves, byte[] to) {
    for (Move move : moves) {
      carryOut(move, ByteBuffer.wrap(to).order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  private static void carryOut(Move move, ByteBuffer to) {
    try {
      byte[] file = Files.readAllBytes(move.entry().file());
      ByteBuffer from = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      walk(move, move.axes(), from, (int) move.source(), to, (int) move.target());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void walk(
      Move move, List<Axis> axes, ByteBuffer from, int source, ByteBuffer to, int target) {
    if (axes.isEmpty()) {
      element(move, from, source, to, target);
      return;
    }
    Axis axis = axes.get(0);
    for (int i = 0; i < axis.count(); i++) {
      int next = source + i * (int) axis.source();
      int there = target + i * (int) axis.target();
      walk(move, axes.subList(1, axes.size()), from, next, to, there);
    }
  }

  private static void element(Move move, ByteBuffer from, int source, ByteBuffer to, int target) {
    if (!move.converts()) {
      for (int i = 0; i < Move.size(move.dtype()); i++) {
        to.put(target + i, from.get(source + i));
      }
      return;
    }
    double value = value(move.entry().dtype(), from, source);
    switch (move.dtype()) {
      case F64 -> to.putDouble(target, value);
      case F32 -> to.putFloat(target, (float) value);
      case F16 -> to.putShort(target, Halves.toFloat16((float) value));
      case BF16 -> to.putShort(target, Halves.toBfloat16((float) value));
      default -> throw new IllegalArgumentException(move.dtype().toString());
    }
  }

  private static double value(DType dtype, ByteBuffer from, int source) {
    return switch (dtype) {
      case F64 -> from.getDouble(source);
      case F32 -> from.getFloat(source);
      case F16 -> Halves.fromFloat16(from.getShort(source));
      case BF16 -> Halves.fromBfloat16(from.getShort(source));
      default -> throw new IllegalArgumentException(dtype.toString());
    };
  }
}
