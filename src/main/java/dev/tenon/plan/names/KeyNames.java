package dev.tenon.plan.names;

import dev.tenon.checkpoint.Stored;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint's keys are called before a model's spellings are tried on them: as a caller
 * maps them, and without what training tools put before all of them.
 */
public final class KeyNames {
  /** Data-parallel training's, {@code torch.compile}'s, sharded training's, Lightning Fabric's. */
  private static final List<String> TOOLS =
      List.of("module", "_orig_mod", "_fsdp_wrapped_module", "_forward_module");

  /** One inside the other. */
  private static final int MOST_TOOLS = 8;

  private final List<? extends Stored> entries;

  /** Null while they are as they were. */
  private String @Nullable [] names;

  private final List<String> warnings = new ArrayList<>();
  private String tools = "";

  private KeyNames(List<? extends Stored> entries) {
    this.entries = entries;
  }

  /** Names as a caller maps them. */
  public static KeyNames mapped(List<? extends Stored> entries, List<KeyMapping> mappings) {
    KeyNames keys = new KeyNames(entries);
    if (!mappings.isEmpty()) {
      keys.map(mappings);
    }
    return keys;
  }

  /** Names for a model: also without the tools' prefixes, unless a slot of its own has one. */
  public static KeyNames of(
      List<? extends Stored> entries, List<KeyMapping> mappings, SlotNames slots) {
    KeyNames keys = mapped(entries, mappings);
    if (!entries.isEmpty()) {
      keys.takeOffTools(slots);
    }
    return keys;
  }

  /** What the entry of this index is called. */
  public String get(int index) {
    return names == null ? entries.get(index).name() : names[index];
  }

  /** The prefix that was taken off, with its dot; empty if there was none. */
  public String tools() {
    return tools;
  }

  public List<String> warnings() {
    return warnings;
  }

  private void map(List<KeyMapping> mappings) {
    List<Spelling> spellings = Spelling.asked(mappings);
    String[] mapped = new String[entries.size()];
    for (int i = 0; i < mapped.length; i++) {
      mapped[i] = Spelling.applyAll(spellings, entries.get(i).name());
    }
    names = mapped;
    for (int i = 0; i < spellings.size(); i++) {
      if (!spellings.get(i).used()) {
        warnings.add("A key mapping matches no key: regex=" + mappings.get(i).regex());
      }
    }
  }

  private void takeOffTools(SlotNames slots) {
    String tool = tool(slots);
    for (int i = 0; i < MOST_TOOLS && tool != null; i++, tool = tool(slots)) {
      String[] bare = new String[entries.size()];
      for (int k = 0; k < bare.length; k++) {
        bare[k] = get(k).substring(tool.length());
      }
      names = bare;
      tools += tool;
    }
    if (!tools.isEmpty()) {
      warnings.add(
          "Every key begins with a prefix of a training tool, which is taken off: prefix=" + tools);
    }
  }

  /** A prefix of a tool that every key has, with its dot, or null. */
  private @Nullable String tool(SlotNames slots) {
    for (String tool : TOOLS) {
      if (!slots.begins(tool) && allBegin(tool + ".")) {
        return tool + ".";
      }
    }
    return null;
  }

  private boolean allBegin(String prefix) {
    for (int i = 0; i < entries.size(); i++) {
      if (!get(i).startsWith(prefix)) {
        return false;
      }
    }
    return true;
  }
}
