package dev.tenon.engine;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.ChangedFile;
import dev.tenon.engine.file.MappedFiles;
import dev.tenon.engine.init.TokenRows;
import dev.tenon.engine.torch.Preflight;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.engine.torch.TorchTypes;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.ReadBytes;
import dev.tenon.plan.SlotDTypes;
import dev.tenon.plan.place.Device;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.TokenSlot;
import dev.tenon.tensor.DType;
import java.util.BitSet;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a loaded model, which it owns. Names that are tied have the very same {@link
 * Tensor} object.
 *
 * <p>Reading is safe from any thread; what changes it, {@link #close} included, needs a caller who
 * keeps others out.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class Loaded implements AutoCloseable {
  private static final Tensor[] NONE = {};

  private final LoadPlan plan;
  private final SlotOrigin[] origins;
  private final Timings timings;
  private final ReadBytes bytes;
  private final MappedFiles mapped;
  private volatile Tensor[] tensors;
  private volatile Skeleton skeleton;
  private List<TieGroup> ties;

  Loaded(
      LoadPlan plan,
      Tensor[] tensors,
      SlotOrigin[] origins,
      Timings timings,
      ReadBytes bytes,
      MappedFiles mapped) {
    this.plan = plan;
    this.tensors = tensors;
    this.origins = origins;
    this.timings = timings;
    this.bytes = bytes;
    this.mapped = mapped;
    this.skeleton = plan.skeleton();
    this.ties = plan.ties();
  }

  /** The plan as it was carried out: no tie of it is undecided. */
  public LoadPlan plan() {
    return plan;
  }

  /**
   * What the model has now: the plan's skeleton, in the sizes its slots have grown or shrunk to.
   */
  public Skeleton skeleton() {
    return skeleton;
  }

  /** Groups of slots that share a tensor now. */
  public List<TieGroup> ties() {
    return ties;
  }

  /** Whether a slot still has its tensor: false once it was released. */
  public boolean has(int slot) {
    return tensors[slot] != null;
  }

  /**
   * A slot's tensor, in the slot's shape. It stays this object's own: closing it is {@link
   * #close}'s business.
   *
   * @param slot index into the skeleton's slots, one that was not released
   */
  public Tensor tensor(int slot) {
    return tensors[slot];
  }

  /** How a slot got its bytes. */
  public SlotOrigin origin(int slot) {
    return origins[slot];
  }

  /** Bytes the load read, by the way they became tensors. */
  public ReadBytes bytes() {
    return bytes;
  }

  /** Weight files that tensors are views of and that are no longer what was loaded. */
  public List<ChangedFile> changedFiles() {
    return mapped.changed(tensors);
  }

  /** How long each phase took. */
  public Timings timings() {
    return timings;
  }

  /**
   * Moves every tensor to a device, and floating-point ones to a dtype, but for slots of a fixed
   * dtype and those a load would keep in float32. Ties hold afterwards, and so does what asks for a
   * gradient. Tensors handed out before are freed unless nothing about them changed.
   *
   * @param where the device
   * @param dtype the dtype, or null for the one each slot has
   * @throws TenonException if there is no such device or no memory on it; then nothing has changed
   */
  public void to(Device where, @Nullable DType dtype) {
    TorchTypes.requireDevice(where);
    if (where.equals(Device.DISK)) {
      throw new TenonException("Tensors are mapped when they are loaded, not moved: device=disk");
    }
    SlotDTypes dtypes = dtype == null ? null : new SlotDTypes(skeleton.patterns(), dtype);
    int[] owners = Bindings.owners(tensors.length, ties);
    if (where.kind() == Device.Kind.CPU) {
      Preflight.check(bytesOfCopies(dtypes, owners));
    }
    Tensor[] moved = new Tensor[tensors.length];
    try {
      for (int i = 0; i < tensors.length; i++) {
        if (owners[i] == i && tensors[i] != null) {
          Slot slot = skeleton.slots().get(i);
          moved[i] = move(tensors[i], where, dtypes == null ? null : dtypes.of(slot));
        }
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      Bindings.free(moved, tensors);
      throw TorchErrors.of("Moving failed", "device=" + where + ", dtype=" + dtype, e);
    }
    for (int i = 0; i < tensors.length; i++) {
      moved[i] = moved[owners[i]];
    }
    Bindings.free(tensors, moved);
    tensors = moved;
    verifyTies();
  }

  /** Bytes a move to the CPU allocates, while what is moved is still there. */
  private long bytesOfCopies(@Nullable SlotDTypes dtypes, int[] owners) {
    long bytes = 0;
    for (int i = 0; i < tensors.length; i++) {
      Tensor tensor = tensors[i];
      if (owners[i] == i && tensor != null) {
        DType dtype = dtypes == null ? null : dtypes.of(skeleton.slots().get(i));
        boolean same =
            dtype == null || TorchTypes.scalarType(dtype) == tensor.scalar_type().intern();
        if (!same || !tensor.is_cpu()) {
          bytes += dtype == null ? tensor.nbytes() : dtype.bytes(tensor.numel());
        }
      }
    }
    return bytes;
  }

  private static Tensor move(Tensor tensor, Device where, @Nullable DType dtype) {
    try (PointerScope scope = new PointerScope()) {
      NoGradGuard none = new NoGradGuard();
      var type = dtype == null ? tensor.scalar_type() : TorchTypes.scalarType(dtype);
      Tensor moved = tensor.detach().to(TorchTypes.device(where), type);
      if (moved.is_alias_of(tensor)) {
        return tensor;
      }
      moved.set_requires_grad(tensor.requires_grad());
      return Tensors.kept(moved);
    }
  }

  /**
   * Makes other groups of slots share a tensor: members take their owner's tensor, their own is
   * freed; a slot that leaves a group gets a copy.
   *
   * @param wanted all groups there shall be; slots that were released are none of their members
   * @throws TenonException if slots of a group differ in shape; then nothing has changed
   */
  public void bind(List<TieGroup> wanted) {
    List<TieGroup> groups = Bindings.among(wanted, this::has);
    int[] before = Bindings.owners(tensors.length, ties);
    int[] after = Bindings.owners(tensors.length, groups);
    Tensor[] bound;
    try {
      bound = Bindings.rebound(skeleton, groups, tensors);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw TorchErrors.of("Tying failed", "groups=" + groups.size(), e);
    }
    for (int i = 0; i < bound.length; i++) {
      if (after[i] != i) {
        String owner = skeleton.slots().get(after[i]).name();
        origins[i] = new SlotOrigin(SlotOrigin.Kind.TIED, owner);
      } else if (before[i] != i) {
        origins[i] = origins[before[i]];
      }
    }
    Bindings.free(tensors, bound);
    tensors = bound;
    ties = groups;
    verifyTies();
  }

  /**
   * Gives slots rows for more tokens or for fewer, once for all slots that share a tensor. See
   * {@link TokenRows} for what new rows hold.
   *
   * @param slots which, and which of their dimensions counts tokens
   * @param tokens how many there shall be
   * @param seed of the random numbers in new rows
   * @throws TenonException if there is no memory; then nothing has changed
   */
  public void resize(List<TokenSlot> slots, long tokens, long seed) {
    Resizing resizing;
    try {
      resizing = Resizing.of(skeleton, ties, tensors, slots, tokens, seed);
    } catch (RuntimeException e) {
      throw TorchErrors.of("Resizing failed", "tokens=" + tokens, e);
    }
    Bindings.free(tensors, resizing.tensors());
    tensors = resizing.tensors();
    skeleton = resizing.skeleton();
    verifyTies();
  }

  /**
   * Gives slots up: a tensor is freed once no slot that is left has it, and a mapped file with the
   * last tensor over it.
   *
   * @param slots indices into the skeleton's slots
   */
  public void release(BitSet slots) {
    Tensor[] left = tensors.clone();
    slots.stream().forEach(slot -> left[slot] = null);
    Bindings.free(tensors, left);
    tensors = left;
    ties = Bindings.among(ties, this::has);
  }

  /**
   * Checks that tied names share their tensor.
   *
   * @throws TenonException if a tie does not hold
   */
  public void verifyTies() {
    Bindings.verify(skeleton, ties, tensors);
  }

  /** Frees every tensor and, with the last tensor over it, every mapped file. Once is enough. */
  @Override
  public void close() {
    Bindings.free(tensors, NONE);
  }
}
