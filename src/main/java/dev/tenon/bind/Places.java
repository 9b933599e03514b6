package dev.tenon.bind;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NamedTensor;
import org.bytedeco.pytorch.StringTensorDict;
import org.bytedeco.pytorch.StringTensorDictItem;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.named_buffer_iterator;
import org.bytedeco.pytorch.named_buffer_list;
import org.bytedeco.pytorch.named_parameter_iterator;
import org.bytedeco.pytorch.named_parameter_list;

/**
 * A module's parameters and buffers by their full names, in its order: the very tensors it computes
 * with. They belong to the innermost pointer scope.
 */
final class Places {
  private Places() {}

  static Map<String, Tensor> of(Module module) {
    Map<String, Tensor> places = new LinkedHashMap<>();
    add(module.named_parameters(), places);
    add(module.named_buffers(), places);
    return places;
  }

  private static void add(StringTensorDict tensors, Map<String, Tensor> places) {
    for (long i = 0, size = tensors.size(); i < size; i++) {
      StringTensorDictItem item = tensors.get(i);
      places.put(item.key().getString(), item.value());
    }
  }

  static Map<String, Tensor> of(JitModule module) {
    Map<String, Tensor> places = new LinkedHashMap<>();
    // Sizes are asked for: JavaCPP compares these iterators by address, so none ever equals an end.
    named_parameter_list parameters = module.named_parameters();
    named_parameter_iterator parameter = parameters.begin();
    for (long left = parameters.size(); left > 0; left--, parameter.increment()) {
      add(parameter.access(), places);
    }
    named_buffer_list buffers = module.named_buffers();
    named_buffer_iterator buffer = buffers.begin();
    for (long left = buffers.size(); left > 0; left--, buffer.increment()) {
      add(buffer.access(), places);
    }
    return places;
  }

  private static void add(NamedTensor tensor, Map<String, Tensor> places) {
    places.put(tensor.name().getString(), tensor.value());
  }
}
