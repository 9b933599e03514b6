package dev.tenon.engine;

import dev.tenon.Residency;
import dev.tenon.engine.bytes.Reader;
import dev.tenon.engine.bytes.StagedMoves;
import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.torch.Allocation;
import dev.tenon.engine.torch.BlockAllocation;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Preflight;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.plan.move.Moves;
import dev.tenon.plan.place.Device;
import dev.tenon.plan.place.Placement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The part of a load that goes to one device. What goes to the disk is mapped and left alone,
 * whatever the residency of the load.
 */
final class Lane implements AutoCloseable {
  private final EngineOptions options;
  private final BitSet slots;
  private final Tensors make;
  private final Reader reader;

  private Lane(EngineOptions options, BitSet slots, Tensors make, Reader reader) {
    this.options = options;
    this.slots = slots;
    this.make = make;
    this.reader = reader;
  }

  /** One for each device of a load. */
  static List<Lane> of(
      LoadPlan plan, EngineOptions options, ShardFiles files, Tensors onCpu, LazyCore core) {
    Placement placement = options.placement();
    if (placement == null) {
      placement = Placement.of(plan, options.device());
    }
    List<Lane> lanes = new ArrayList<>();
    for (Device device : placement.used()) {
      EngineOptions own =
          device.equals(Device.DISK)
              ? options.on(Device.CPU).residing(Residency.MMAP)
              : options.on(device);
      BitSet slots = new BitSet();
      for (int i = 0; i < placement.devices().size(); i++) {
        slots.set(i, placement.devices().get(i).equals(device));
      }
      Tensors make = new Tensors(own.device(), core);
      lanes.add(
          new Lane(own, slots, make, new Reader(files, onCpu, own.device(), own.residency())));
    }
    return lanes;
  }

  /** The load's options, for this device alone. */
  EngineOptions options() {
    return options;
  }

  boolean isMeta() {
    return options.device().kind() == Device.Kind.META;
  }

  boolean onHost() {
    return options.device().isHost();
  }

  /** Whether a slot goes here. */
  boolean has(int slot) {
    return slots.get(slot);
  }

  /** Whether a slot goes here and is a view of a mapped file. */
  boolean maps(int slot, Step step) {
    return has(slot) && reader.mappable(step);
  }

  /** Whether a slot goes here and is a view of a mapped file all of whose pages shall be in. */
  boolean populates(int slot, Step step) {
    return options.residency() == Residency.POPULATE && maps(slot, step);
  }

  /** Allocates what goes here and is neither tied nor a view of a file. */
  void allocate(List<Step> steps, Tensor[] tensors) {
    long bytes = ownBytes(steps);
    if (options.device().kind() == Device.Kind.CPU) {
      Preflight.check(bytes);
    }
    try {
      allocateOwn(steps, tensors);
    } catch (RuntimeException e) {
      String facts = "bytes=" + bytes + ", device=" + options.device();
      throw TorchErrors.of("Cannot allocate the model's tensors", facts, e);
    }
  }

  private void allocateOwn(List<Step> steps, Tensor[] tensors) {
    if (options.device().kind() == Device.Kind.CUDA) {
      BlockAllocation blocks =
          new BlockAllocation(make, tensors, StagedMoves.BLOCK, StagedMoves.ALIGNMENT);
      for (int i : Moves.inFileOrder(steps)) {
        Step step = steps.get(i);
        if (owns(i, step)) {
          blocks.add(i, step.slot().shape(), step.dtype());
        }
      }
      blocks.finish();
      return;
    }
    Allocation allocation = new Allocation(make, tensors);
    for (int i = 0; i < tensors.length; i++) {
      Step step = steps.get(i);
      if (owns(i, step)) {
        allocation.add(i, step.slot().shape(), step.dtype());
      }
    }
    allocation.finish();
  }

  private boolean owns(int slot, Step step) {
    return has(slot) && !(step instanceof Step.Tied) && !reader.mappable(step);
  }

  private long ownBytes(List<Step> steps) {
    long bytes = 0;
    for (int i = 0; i < steps.size(); i++) {
      bytes += owns(i, steps.get(i)) ? steps.get(i).bytes() : 0;
    }
    return bytes;
  }

  /** What brings this device's bytes in. */
  ReadPhase reading(ShardFiles files, LazyCore core) {
    return new ReadPhase(files, reader, core, make, options);
  }

  @Override
  public void close() {
    make.close();
  }
}
