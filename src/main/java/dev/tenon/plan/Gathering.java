package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.NaturalOrder;
import dev.tenon.checkpoint.Stored;
import dev.tenon.plan.box.Converter;
import dev.tenon.plan.box.Layout;
import dev.tenon.plan.box.Part;
import dev.tenon.plan.box.Piece;
import dev.tenon.skeleton.names.Conversion.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The tensors one conversion puts together for one place of the model: all experts of a layer, or
 * the one tensor that falls into several.
 */
public final class Gathering {
  /** {@code *} in a target pattern: the index of a slice. */
  static final String ANY = "*";

  private final int order;
  private final Converter.Match first;
  private final Stored entry;
  private final List<Map<String, Stored>> sources = new ArrayList<>();

  /**
   * An empty gathering.
   *
   * @param order the rank of its first key among all keys
   * @param first what that key matched
   * @param entry that key's tensor
   */
  public Gathering(int order, Converter.Match first, Stored entry) {
    this.order = order;
    this.first = first;
    this.entry = entry;
    for (int i = 0; i < first.converter().conversion().sources().size(); i++) {
      sources.add(new LinkedHashMap<>());
    }
  }

  int order() {
    return order;
  }

  /** Takes a tensor in, unless there is one in its place: then returns that one's name. */
  public String add(Converter.Match match, Stored added) {
    return sources.get(match.source()).computeIfAbsent(match.text(), text -> added).name();
  }

  /**
   * What comes out, by name.
   *
   * @throws TenonException if the tensors do not fit together
   */
  public Map<String, Claim> claims() {
    Map<String, Claim> claims = new LinkedHashMap<>();
    claimsByTarget().forEach(claims::putAll);
    return claims;
  }

  /**
   * As {@link #claims}, apart for each target pattern: several if one stands for all indices.
   *
   * @throws TenonException if the tensors do not fit together
   */
  public List<Map<String, Claim>> claimsByTarget() {
    try {
      return named(run());
    } catch (IllegalArgumentException e) {
      throw new TenonException(
          "Tensors cannot be converted to the model's layout: tensor=%s, first=%s, file=%s, reason=%s"
              .formatted(first.targets().get(0), entry.name(), entry.file(), e.getMessage()),
          e);
    }
  }

  private List<List<Layout>> run() {
    List<List<Layout>> lanes = new ArrayList<>();
    for (Map<String, Stored> source : sources) {
      // By what was found and not by key: the index counts, not with which prefix a key stands.
      List<String> found = new ArrayList<>(source.keySet());
      found.sort(NaturalOrder.INSTANCE);
      List<Layout> lane = new ArrayList<>(found.size());
      found.forEach(text -> lane.add(Layout.of(Objects.requireNonNull(source.get(text)))));
      lanes.add(lane);
    }
    for (Operation operation : first.converter().conversion().operations()) {
      lanes = apply(operation, lanes);
    }
    return lanes;
  }

  /** One operation on all lanes: a lane is a source pattern's tensors, or later a target's. */
  private List<List<Layout>> apply(Operation operation, List<List<Layout>> lanes) {
    List<List<Layout>> results = new ArrayList<>();
    if (operation instanceof Operation.Concatenate join) {
      List<Layout> all = lanes.stream().flatMap(List::stream).toList();
      return List.of(List.of(Layout.concatenate(all, join.dim())));
    } else if (operation instanceof Operation.Chunk chunk) {
      Layout whole = only(lanes.get(0));
      whole.chunk(chunk.dim(), first.targets().size()).forEach(c -> results.add(List.of(c)));
      return results;
    }
    for (int i = 0; i < lanes.size(); i++) {
      List<Layout> lane = lanes.get(i);
      results.add(lane.isEmpty() || !concerns(operation, i) ? lane : alone(operation, lane));
    }
    return results;
  }

  private static boolean concerns(Operation operation, int lane) {
    List<Integer> lanes = List.of();
    if (operation instanceof Operation.Deinterleave pairs) {
      lanes = pairs.lanes();
    } else if (operation instanceof Operation.Interleave halves) {
      lanes = halves.lanes();
    }
    return lanes.isEmpty() || lanes.contains(lane);
  }

  private static List<Layout> alone(Operation operation, List<Layout> lane) {
    if (operation instanceof Operation.Stack stack) {
      return List.of(Layout.stack(lane, stack.dim()));
    } else if (operation instanceof Operation.Unstack unstack) {
      return only(lane).unstack(unstack.dim());
    } else if (operation instanceof Operation.Transpose swap) {
      return lane.stream().map(l -> l.transpose(swap.first(), swap.second())).toList();
    } else if (operation instanceof Operation.Deinterleave pairs) {
      return lane.stream().map(l -> l.deinterleave(pairs.dim(), pairs.groups())).toList();
    } else if (operation instanceof Operation.Interleave halves) {
      return lane.stream().map(l -> l.interleave(halves.dim(), halves.groups())).toList();
    }
    throw new IllegalArgumentException("unknown operation " + operation);
  }

  private static Layout only(List<Layout> lane) {
    if (lane.size() != 1) {
      throw new IllegalArgumentException("one tensor is needed, there are " + lane.size());
    }
    return lane.get(0);
  }

  private List<Map<String, Claim>> named(List<List<Layout>> lanes) {
    List<String> targets = first.targets();
    if (lanes.size() != targets.size()) {
      throw new IllegalArgumentException(
          lanes.size() + " tensors come out for " + targets.size() + " names");
    }
    List<Map<String, Claim>> byTarget = new ArrayList<>(lanes.size());
    for (int i = 0; i < lanes.size(); i++) {
      Map<String, Claim> claims = new LinkedHashMap<>();
      byTarget.add(claims);
      String target = targets.get(i);
      if (target.contains(ANY)) {
        for (int k = 0; k < lanes.get(i).size(); k++) {
          claims.put(target.replace(ANY, Integer.toString(k)), claim(lanes.get(i).get(k)));
        }
      } else if (!lanes.get(i).isEmpty()) {
        claims.put(target, claim(only(lanes.get(i))));
      }
    }
    return byTarget;
  }

  private Claim claim(Layout layout) {
    List<Piece> pieces = layout.parts().stream().map(Part::piece).toList();
    return new Claim.Converted(entry.name(), layout.shape(), pieces);
  }
}
