package dev.tenon.skeleton.file;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.TokenSlot;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitStep;
import dev.tenon.skeleton.init.Value;
import dev.tenon.skeleton.init.ValueShape;
import dev.tenon.skeleton.json.SkeletonNode;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Turns the JSON tree of a skeleton file into a skeleton, checking that its parts fit. */
final class SkeletonReader {
  private static final int MOST_SLOTS = 1 << 22;
  private static final int LONGEST_NAME = 4096;
  private static final Set<String> FIELDS =
      Set.of(
          "format",
          "version",
          "producer",
          "class",
          "modelType",
          "baseModelPrefix",
          "slots",
          "ties",
          "values",
          "rules",
          "init",
          "ignoreMissing",
          "ignoreUnexpected",
          "ignoreOnSave",
          "keepInFp32",
          "keepInFp32Strict",
          "renamings",
          "conversions",
          "tokenSlots",
          "notes");

  private final SkeletonNode root;
  private final List<Slot> slots = new ArrayList<>();
  private final Map<String, Integer> index = new HashMap<>();

  SkeletonReader(SkeletonNode root) {
    this.root = root;
  }

  Skeleton read() {
    if (!root.field("format").text().equals(SkeletonFile.FORMAT)) {
      throw root.field("format").wrong(SkeletonFile.FORMAT);
    }
    root.field("version").integer(SkeletonFile.VERSION, SkeletonFile.VERSION);
    root.only(FIELDS);
    readSlots();
    return new Skeleton(
        root.field("class").text(),
        root.field("modelType").text(),
        root.field("baseModelPrefix").text(),
        slots,
        list("ties", this::tie),
        steps(),
        SpellingReader.patternsOf(root),
        list("renamings", SpellingReader::renaming),
        list("conversions", SpellingReader::conversion),
        list("tokenSlots", this::tokenSlot));
  }

  private void readSlots() {
    List<SkeletonNode> items = root.field("slots").items();
    if (items.size() > MOST_SLOTS) {
      throw root.field("slots").wrong("at most " + MOST_SLOTS + " slots");
    }
    boolean buffers = false;
    for (SkeletonNode item : items) {
      Slot slot = slot(item);
      if (slot.isParameter() && buffers) {
        throw item.wrong("parameters before buffers");
      }
      buffers |= !slot.isParameter();
      if (index.put(slot.name(), slots.size()) != null) {
        throw item.field("name").wrong("each name once");
      }
      slots.add(slot);
    }
  }

  private static Slot slot(SkeletonNode node) {
    node.only(Set.of("name", "shape", "dtype", "kind", "persistent", "fixedDtype", "trainable"));
    SkeletonNode name = node.field("name");
    if (name.text().isEmpty() || name.text().length() > LONGEST_NAME) {
      throw name.wrong("a name of 1 to " + LONGEST_NAME + " characters");
    }
    SkeletonNode kind = node.field("kind");
    boolean parameter = kind.text().equals("parameter");
    if (!parameter && !kind.text().equals("buffer")) {
      throw kind.wrong("parameter|buffer");
    }
    boolean persistent = node.flag("persistent", true);
    Slot.Role stored = persistent ? Slot.Role.BUFFER : Slot.Role.TRANSIENT_BUFFER;
    DType dtype = node.dtype("dtype", DType.F32);
    SkeletonNode sizes = node.field("shape");
    Shape shape = sizes.shape();
    if (dtype == DType.F4 && shape.rank() > 0 && shape.holdsAtMost(Slot.MOST_ELEMENTS)) {
      shape = dtype.ofTorch(shape); // The script writes what torch says.
    }
    if (!shape.holdsAtMost(Slot.MOST_ELEMENTS)) {
      throw sizes.wrong("sizes of at most 2^56 elements");
    } else if (dtype.bits() * (shape.elements() % 8) % 8 != 0) {
      throw sizes.wrong("sizes that fill whole bytes");
    }
    return new Slot(
        name.text(),
        shape,
        dtype,
        parameter ? Slot.Role.PARAMETER : stored,
        node.flag("fixedDtype", false),
        parameter && node.flag("trainable", true));
  }

  private Tie tie(SkeletonNode node) {
    List<SkeletonNode> names = node.items(2);
    for (SkeletonNode name : names) {
      if (!index.containsKey(name.text())) {
        throw name.wrong("the name of a slot");
      }
    }
    return new Tie(names.get(0).text(), names.get(1).text());
  }

  private TokenSlot tokenSlot(SkeletonNode node) {
    List<SkeletonNode> pair = node.items(2);
    int slot = pair.get(0).index(slots.size());
    return new TokenSlot(slot, pair.get(1).index(slots.get(slot).shape().rank()));
  }

  private List<InitStep> steps() {
    RuleReader reader = new RuleReader(list("values", ValueReader.ALONE::read));
    List<InitRule> rules = list("rules", reader::read);
    boolean[] written = new boolean[slots.size()];
    List<InitStep> steps = new ArrayList<>();
    for (SkeletonNode item : root.field("init").items()) {
      List<SkeletonNode> pair = item.items();
      if (pair.size() < 2 || pair.size() > 3) {
        throw item.wrong("a slot, a rule and, if need be, a flag");
      }
      int slot = pair.get(0).index(slots.size());
      InitRule rule = rules.get(pair.get(1).index(rules.size()));
      checkFits(rule, slots.get(slot).shape(), item);
      written[slot] |= !(rule instanceof InitRule.Part);
      steps.add(new InitStep(slot, rule, pair.size() == 3 && pair.get(2).flag()));
    }
    for (int i = 0; i < written.length; i++) {
      if (!written[i]) {
        throw root.field("init").wrong("a step that writes all of " + slots.get(i).name());
      }
    }
    return steps;
  }

  private static void checkFits(InitRule rule, Shape shape, SkeletonNode node) {
    if (rule instanceof InitRule.Part part) {
      boolean inside = part.dim() < shape.rank() && part.start() <= shape.dim(part.dim());
      if (!inside || part.length() > shape.dim(part.dim()) - part.start()) {
        throw node.wrong("a part of " + shape);
      }
      long[] dims = shape.dims();
      dims[part.dim()] = part.length();
      checkFits(part.rule(), Shape.of(dims), node);
      return;
    }
    try {
      (rule instanceof InitRule.Drawn drawn ? drawn.draw() : rule).primitive(shape);
    } catch (TenonException e) {
      throw node.wrong("a rule for the shape " + shape);
    }
    if (rule instanceof InitRule.Drawn drawn) {
      checkFits(drawn.value(), shape, node);
    } else if (rule instanceof InitRule.Computed computed) {
      checkFits(computed.value(), shape, node);
    }
  }

  private static void checkFits(Value value, Shape shape, SkeletonNode node) {
    Shape actual;
    try {
      actual = ValueShape.of(value, shape);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw node.wrong("a value of the shape " + shape + ": " + e.getMessage());
    }
    if (!actual.equals(shape)) {
      throw node.wrong("a value of the shape " + shape + ", not " + actual);
    }
  }

  private <T> List<T> list(String name, Function<SkeletonNode, T> read) {
    return root.has(name) ? root.field(name).items().stream().map(read).toList() : List.of();
  }
}
