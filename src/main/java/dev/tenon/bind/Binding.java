package dev.tenon.bind;

import dev.tenon.Model;
import dev.tenon.TenonException;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * Hands a model's tensors to a module that computes, a {@code torch::nn} module or a TorchScript
 * program, by name and without a copy:
 *
 * <pre>{@code
 * try (Model model = Tenon.load("org/bert", LoadOptions.defaults())) {
 *   Binding.of(model).prefix("bert", "encoder").into(module);
 * }
 * }</pre>
 *
 * <p>All of the model and all of the module must meet, in equal shapes, or nothing is changed and
 * the error lists every name that did not. {@link #allowUnmatchedInModel} and {@link
 * #allowUnmatchedInModule} permit parts; shapes have to be equal always.
 *
 * <p><b>What a bound module is.</b> Its tensors stay the objects they were, so fields of modules,
 * of Java ones too, see the new bytes. Their shape, device and dtype are the model's from then on,
 * so a module made on {@code meta} costs no memory before; whether they ask for a gradient is as
 * the module declared. Names that the model ties share their bytes in the module. Where it
 * registers them as one tensor they share the gradient too; where it does not, each name gets its
 * own.
 *
 * <p>A Java module keeps the tensor it gives to {@code register_parameter}. What that returns is a
 * pointer into a list, which dangles when the next one is registered.
 *
 * <p><b>Who closes what.</b> Model and module each hold the bytes, libtorch counts. So either may
 * be closed first, and memory is freed, and a mapped file unmapped, when the second lets go. Until
 * then writing to one, as an optimiser does, is seen by the other; mapped files do not change. What
 * gives the model other tensors, such as {@link Model#to} or {@link Model#tieWordEmbeddings},
 * leaves the module those it has: bind again. The files under a module whose model is closed are
 * watched by nobody, see {@link Model#verify}.
 *
 * <p>Immutable. While a module is being bound no other thread may use it; the model may be used.
 */
public final class Binding {
  private final Model model;
  private final Prefixes prefixes;
  private final boolean partOfModel;
  private final boolean partOfModule;

  private Binding(Model model, Prefixes prefixes, boolean partOfModel, boolean partOfModule) {
    this.model = model;
    this.prefixes = prefixes;
    this.partOfModel = partOfModel;
    this.partOfModule = partOfModule;
  }

  /**
   * A binding of all of a model under its own names.
   *
   * @param model whose tensors are handed over; it stays the caller's to close
   */
  public static Binding of(Model model) {
    return new Binding(model, Prefixes.NONE, false, false);
  }

  /**
   * The same, with names below one module of the model looked for below another of the module.
   * Prefixes are whole segments, without the dot at their end; where several fit a name the longest
   * counts.
   *
   * @param inModel such as {@code bert}; empty for every name
   * @param inModule such as {@code encoder.bert}; empty for the module's root
   */
  public Binding prefix(String inModel, String inModule) {
    return new Binding(model, prefixes.with(inModel, inModule), partOfModel, partOfModule);
  }

  /** The same, for a module that has not all of the model, such as one without the head. */
  public Binding allowUnmatchedInModel() {
    return new Binding(model, prefixes, true, partOfModule);
  }

  /** The same, for a module that has more than the model; the rest stays as it is. */
  public Binding allowUnmatchedInModule() {
    return new Binding(model, prefixes, partOfModel, true);
  }

  /**
   * What {@link #into(Module)} would do. Changes nothing, and refuses nothing.
   *
   * @param module to compare with
   * @throws TenonException if the model is closed, or two of its names lead to one place
   */
  public BindingReport compare(Module module) {
    return comparing(() -> Places.of(module), Comparison::report);
  }

  /**
   * What {@link #into(JitModule)} would do. Changes nothing, and refuses nothing.
   *
   * @param program to compare with
   * @throws TenonException if the model is closed, or two of its names lead to one place
   */
  public BindingReport compare(JitModule program) {
    return comparing(() -> Places.of(program), Comparison::report);
  }

  /**
   * Gives the module's parameters and buffers the model's bytes.
   *
   * @param module whose tensors of like names get them, those of its sub-modules included
   * @return what met what
   * @throws TenonException if the two do not fit, or the model is closed, on {@code meta}, or being
   *     changed; then the module is as it was
   */
  public BindingReport into(Module module) {
    return comparing(() -> Places.of(module), this::bind);
  }

  /**
   * Gives a TorchScript program's parameters and buffers the model's bytes. A frozen program has
   * none: its weights are constants.
   *
   * @param program as {@code torch.load} reads it. Loaded to the device {@code meta} its own
   *     weights take no memory; libtorch refuses that for code with tensors among its constants, as
   *     traced code often has
   * @return what met what
   * @throws TenonException if the two do not fit, or the model is closed, on {@code meta}, or being
   *     changed; then the program is as it was
   */
  public BindingReport into(JitModule program) {
    return comparing(() -> Places.of(program), this::bind);
  }

  @SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
  private BindingReport comparing(
      Supplier<Map<String, Tensor>> places, Function<Comparison, BindingReport> then) {
    return model.using(
        open -> {
          try (PointerScope scope = new PointerScope()) {
            return then.apply(new Comparison(open, prefixes, places.get()));
          }
        });
  }

  private BindingReport bind(Comparison comparison) {
    comparison.require(partOfModel, partOfModule);
    comparison.bind();
    return comparison.report();
  }
}
