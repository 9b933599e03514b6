package dev.tenon.checkpoint.torch;

import dev.tenon.checkpoint.torch.PickleValue.None;
import dev.tenon.checkpoint.torch.PickleValue.Tuple;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * A pickle machine that can build tensors and plain containers and nothing else. It knows the
 * instructions torch writes (protocol 2, those its own restricted reader takes); any other
 * instruction, global or target is refused. Containers may hold themselves: nothing here walks
 * them.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">the
 *     instructions</a>
 */
final class Unpickler {
  /** Python writes dictionaries in batches of 1000 items, so real stacks stay far below. */
  private static final int DEEPEST_STACK = 1 << 18;

  private static final int LARGEST_MEMO = 1 << 24;

  /** How many values calls are handed for each byte read so far; each takes one to write. */
  private static final int REUSED = 8;

  private final PickleInput in;
  private final Storages storages;
  private final Map<Integer, Object> memo = new HashMap<>();
  private final PickleStack stack = new PickleStack(DEEPEST_STACK);
  private final long begin;
  private long arguments;

  private Unpickler(PickleInput in, Storages storages) {
    this.in = in;
    this.begin = in.taken();
    this.storages = storages;
  }

  /** Finds the storage a pickle refers to. */
  interface Storages {
    PickleValue.Storage find(Tuple id) throws IOException, PickleFault;
  }

  /** Reads one pickle and gives the value it holds. */
  static Object read(PickleInput in, Storages storages) throws IOException, PickleFault {
    return new Unpickler(in, storages).run();
  }

  private Object run() throws IOException, PickleFault {
    while (true) {
      int op = in.u8();
      if (op == '.') {
        return stack.pop();
      }
      if (!scalar(op) && !container(op) && !reference(op)) {
        throw new PickleFault(
            "the pickle holds instruction 0x"
                + Integer.toHexString(op)
                + ", which torch never writes");
      }
    }
  }

  private boolean scalar(int op) throws IOException, PickleFault {
    switch (op) {
      case 0x80 -> in.u8();
      case 'N' -> stack.push(None.NONE);
      case 0x88 -> stack.push(true);
      case 0x89 -> stack.push(false);
      case 'K' -> stack.push((long) in.u8());
      case 'M' -> stack.push((long) in.u16());
      case 'J' -> stack.push((long) in.i32());
      case 0x8a -> stack.push(in.integer(in.u8()));
      case 'G' -> stack.push(in.f64());
      case 'X' -> stack.push(in.text(Integer.toUnsignedLong(in.i32())));
      case 'U' -> stack.push(in.text(in.u8()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean container(int op) throws PickleFault {
    switch (op) {
      case '(' -> stack.mark();
      case ')' -> stack.push(new Tuple(List.of()));
      case ']' -> stack.push(new ArrayList<>());
      case '}' -> stack.push(new LinkedHashMap<>());
      case 0x8f -> stack.push(new LinkedHashSet<>());
      case 't' -> stack.push(new Tuple(stack.popToMark()));
      case 0x85 -> stack.push(new Tuple(stack.pop(1)));
      case 0x86 -> stack.push(new Tuple(stack.pop(2)));
      case 0x87 -> stack.push(new Tuple(stack.pop(3)));
      case 'a' -> append(stack.pop(1));
      case 'e' -> append(stack.popToMark());
      case 's' -> setItems(stack.pop(2));
      case 'u' -> setItems(stack.popToMark());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean reference(int op) throws IOException, PickleFault {
    switch (op) {
      case 'c' -> stack.push(PickleGlobals.find(in.line(), in.line()));
      case 'R', 0x81 -> {
        List<Object> call = stack.pop(2);
        countArguments(call.get(1));
        stack.push(PickleCalls.call(call.get(0), call.get(1)));
      }
      case 'b' -> build();
      case 'Q' -> stack.push(storages.find(stack.pop(Tuple.class, "a storage's name")));
      case 'h' -> stack.push(remembered(in.u8()));
      case 'j' -> stack.push(remembered(in.i32()));
      case 'q' -> remember(in.u8());
      case 'r' -> remember(in.i32());
      default -> {
        return false;
      }
    }
    return true;
  }

  /**
   * A container that was stored once may be handed to call after call, each of which goes through
   * it: work and memory would grow with the square of the pickle's length.
   */
  private void countArguments(Object arguments) throws PickleFault {
    if (arguments instanceof Tuple tuple) {
      for (Object argument : tuple.items()) {
        this.arguments +=
            argument instanceof Tuple inner
                ? inner.items().size()
                : argument instanceof List<?> list ? list.size() : 1;
      }
    }
    if (this.arguments > REUSED * (in.taken() - begin)) {
      throw new PickleFault("the pickle uses its containers too many times over");
    }
  }

  /**
   * An OrderedDict's attributes, such as a state dict's versions, say nothing about tensors; nor
   * does the state torch before 0.4 gave a parameter: whether it has a gradient, and hooks.
   */
  private void build() throws PickleFault {
    Object state = stack.pop();
    boolean ofParameter =
        state instanceof Tuple tuple
            && tuple.items().size() == 3
            && tuple.items().get(0) instanceof Boolean;
    Class<?> target = ofParameter ? PickleValue.Tensor.class : LinkedHashMap.class;
    stack.peek(target, "what attributes are set on");
  }

  @SuppressWarnings("unchecked")
  private void append(List<Object> items) throws PickleFault {
    stack.peek(ArrayList.class, "what is appended to").addAll(items);
  }

  @SuppressWarnings("unchecked")
  private void setItems(List<Object> items) throws PickleFault {
    Map<Object, Object> map = stack.peek(LinkedHashMap.class, "what items are set in");
    if (items.size() % 2 != 0) {
      throw new PickleFault("a dictionary has a key without a value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      map.put(PickleCalls.key(items.get(i)), items.get(i + 1));
    }
  }

  private Object remembered(int index) throws PickleFault {
    Object value = memo.get(index);
    if (value == null) {
      throw new PickleFault("the pickle refers to a value it has not stored");
    }
    return value;
  }

  private void remember(int index) throws PickleFault {
    if (memo.size() == LARGEST_MEMO) {
      throw new PickleFault("the pickle stores over " + LARGEST_MEMO + " values");
    }
    memo.put(index, stack.peek(Object.class, "a value to store"));
  }
}
