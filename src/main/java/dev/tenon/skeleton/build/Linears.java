package dev.tenon.skeleton.build;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Which slots of a described model are the matrices of {@code nn.Linear} modules. */
final class Linears {
  private Linears() {}

  /** Names of these, in registration order. */
  static Set<String> of(Module root) {
    Set<String> names = new LinkedHashSet<>();
    collect("", root, names);
    return names;
  }

  private static void collect(String prefix, Module module, Set<String> names) {
    Module.Parameter weight = module.parameters.get("weight");
    if (module.kind() == Module.Kind.LINEAR && weight != null && weight.shape().rank() == 2) {
      names.add(prefix + "weight");
    }
    if (module.kind() == Module.Kind.MULTIHEAD_ATTENTION) {
      return; // Its projection is a class of its own in torch.
    }
    for (Map.Entry<String, Module> child : module.children.entrySet()) {
      collect(prefix + child.getKey() + ".", child.getValue(), names);
    }
  }
}
