package dev.tenon.engine.bytes;

import dev.tenon.plan.move.Move;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A slot on a device, to be filled by way of a buffer.
 *
 * @param moves what becomes of it; at least one
 * @param address of its first byte on the device
 */
record StagedSlot(String name, List<Move> moves, Tensor target, long address, long bytes) {}
