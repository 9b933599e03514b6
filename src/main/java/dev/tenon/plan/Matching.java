package dev.tenon.plan;

import dev.tenon.checkpoint.Stored;
import dev.tenon.plan.box.Converter;
import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.names.KeyNames;
import dev.tenon.plan.names.SlotNames;
import dev.tenon.plan.names.Spelling;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.names.Conversion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the slot of every key of a checkpoint. Source: {@code rename_source_key} and {@code
 * convert_and_load_state_dict_in_model} of transformers 5.18.
 */
public final class Matching {
  private record Place(Converter converter, String name) {}

  private final Skeleton skeleton;
  private final SlotNames names;
  private final List<Spelling> spellings;
  private final List<Converter> converters = new ArrayList<>();
  private final Map<Place, Gathering> gatherings = new LinkedHashMap<>();
  private final @Nullable Claim[] claims;
  private final int[] orders;
  private final List<String> unmatched = new ArrayList<>();
  private final List<String> left = new ArrayList<>();
  private final List<Stored> strays = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private Matching(Skeleton skeleton, SlotNames names) {
    this.skeleton = skeleton;
    this.names = names;
    this.spellings = Spelling.of(skeleton.renamings(), skeleton.basePrefix());
    for (Conversion conversion : skeleton.conversions()) {
      converters.add(new Converter(conversion, skeleton.basePrefix()));
    }
    this.claims = new Claim[skeleton.slots().size()];
    this.orders = new int[claims.length];
  }

  /**
   * Matches all entries under their own names.
   *
   * @param entries in natural order, each name once
   */
  public static Matching of(Skeleton skeleton, SlotNames names, List<? extends Stored> entries) {
    return of(skeleton, names, entries, KeyNames.mapped(entries, List.of()));
  }

  /**
   * Matches all entries.
   *
   * @param entries in natural order, each name once
   * @param keys what they are called
   */
  static Matching of(
      Skeleton skeleton, SlotNames names, List<? extends Stored> entries, KeyNames keys) {
    Matching matching = new Matching(skeleton, names);
    for (int i = 0; i < entries.size(); i++) {
      matching.match(i, entries.get(i), keys.get(i));
    }
    for (Gathering gathering : matching.gatherings.values()) {
      matching.convert(gathering);
    }
    return matching;
  }

  /** What the files offer for each slot, null for nothing. */
  @Nullable
  public Claim[] claims() {
    return claims;
  }

  /** Keys that stand for no slot, renamed, in natural order. */
  List<String> unmatched() {
    return unmatched;
  }

  /** Keys that stand for no slot, as they are called before they are renamed. */
  List<String> left() {
    return left;
  }

  /** The tensors whose keys stand for no slot. */
  List<Stored> strays() {
    return strays;
  }

  /** The slot that a key stands for, alone or with others; -1 if for none. */
  int slotOf(String key) {
    String renamed = Spelling.applyAll(spellings, key);
    Converter.Match match = converters.isEmpty() ? null : Converter.matchFirst(converters, renamed);
    int slot = match == null ? names.locate(renamed) : locate(match);
    return slot < 0 ? names.locate(key) : slot;
  }

  List<String> warnings() {
    return warnings;
  }

  /** Which slot a key would stand for, or -1. */
  static ToIntFunction<String> locating(Skeleton skeleton, SlotNames names) {
    Matching matching = new Matching(skeleton, names);
    return key -> {
      String renamed = Spelling.applyAll(matching.spellings, key);
      Converter.Match match = Converter.matchFirst(matching.converters, renamed);
      return match == null ? names.locate(renamed) : matching.locate(match);
    };
  }

  /** What of the skeleton's spellings and layouts the keys needed. */
  public Dialect dialect() {
    return new Dialect(Spelling.used(spellings), Converter.used(converters));
  }

  private void match(int order, Stored entry, String called) {
    String key = entry.name();
    String renamed = Spelling.applyAll(spellings, called);
    Converter.Match match = converters.isEmpty() ? null : Converter.matchFirst(converters, renamed);
    int slot = match == null ? names.locate(renamed) : locate(match);
    if (slot < 0 && match != null && names.stored(renamed)) {
      match = null; // A layout that this model does not have in this place.
      slot = names.locate(renamed);
    } else if (slot < 0 && (match != null || !renamed.equals(key)) && names.stored(key)) {
      match = null;
      slot = names.locate(key);
    }
    if (slot < 0) {
      strays.add(entry);
      unmatched.addAll(match == null ? List.of(renamed) : match.targets());
      left.add(called);
    } else if (match == null) {
      claim(slot, order, new Claim.Whole(entry));
    } else {
      gather(order, slot, match, entry);
    }
  }

  /** The first slot among a conversion's targets, or -1. */
  private int locate(Converter.Match match) {
    for (String target : match.targets()) {
      int slot = names.locate(target.replace(Gathering.ANY, "0"));
      if (slot >= 0) {
        return slot;
      }
    }
    return -1;
  }

  private void gather(int order, int slot, Converter.Match match, Stored entry) {
    Place place = new Place(match.converter(), skeleton.slots().get(slot).name());
    Gathering gathering =
        gatherings.computeIfAbsent(place, p -> new Gathering(order, match, entry));
    String first = gathering.add(match, entry);
    if (!first.equals(entry.name())) {
      warnLost(place.name(), first, entry.name());
    }
  }

  private void convert(Gathering gathering) {
    gathering
        .claims()
        .forEach(
            (name, claim) -> {
              int slot = names.locate(name);
              if (slot < 0) {
                unmatched.add(name);
              } else {
                claim(slot, gathering.order(), claim);
              }
            });
  }

  private void claim(int slot, int order, Claim claim) {
    Claim other = claims[slot];
    boolean first = other == null || order < orders[slot];
    if (other != null) {
      String used = first ? claim.key() : other.key();
      String lost = first ? other.key() : claim.key();
      warnLost(skeleton.slots().get(slot).name(), used, lost);
    }
    if (first) {
      claims[slot] = claim;
      orders[slot] = order;
    }
  }

  private void warnLost(String slot, String used, String lost) {
    warnings.add(lost(slot, used, lost));
  }

  /** What to say of two keys for one slot. */
  static String lost(String slot, String used, String lost) {
    return "Two keys stand for one slot, only the first is used: tensor=%s, used=%s, lost=%s"
        .formatted(slot, used, lost);
  }
}
