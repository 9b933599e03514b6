package dev.tenon.engine.init;

import dev.tenon.engine.torch.Tensors;
import dev.tenon.plan.place.Device;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Has slots of another device written on the CPU and copied there, so that counter-based values are
 * the same wherever a model goes.
 */
final class ViaCpu implements InitEngine {
  private final InitEngine engine;

  /** Takes the engine over and closes it in the end. */
  ViaCpu(InitEngine engine) {
    this.engine = engine;
  }

  @Override
  public void fill(List<InitTask> tasks, LongConsumer written) {
    Map<Tensor, Tensor> twins = new LinkedHashMap<>();
    try (Tensors make = new Tensors(Device.CPU)) {
      List<InitTask> onCpu = new ArrayList<>(tasks.size());
      for (InitTask task : tasks) {
        Tensor twin =
            twins.computeIfAbsent(
                task.tensor(),
                tensor -> Tensors.kept(make.empty(task.slot().shape(), task.dtype())));
        onCpu.add(new InitTask(task.slot(), task.rule(), task.dtype(), twin));
      }
      engine.fill(onCpu, written);
      twins.forEach(Tensor::copy_);
    } finally {
      twins.values().forEach(Tensor::deallocate);
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
