package dev.tenon.checkpoint.torch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The stack of a pickle machine, with its marks. */
final class PickleStack {
  private final int deepest;
  private final List<Object> values = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();

  PickleStack(int deepest) {
    this.deepest = deepest;
  }

  void push(Object value) throws PickleFault {
    checkDepth();
    values.add(value);
  }

  void mark() throws PickleFault {
    checkDepth();
    marks.push(values.size());
  }

  private void checkDepth() throws PickleFault {
    if (values.size() + marks.size() >= deepest) {
      throw new PickleFault("the pickle nests or lists over " + deepest + " values at once");
    }
  }

  /** Below this lie values that only closing the last mark may reach. */
  private int floor() {
    return marks.isEmpty() ? 0 : marks.peek();
  }

  Object pop() throws PickleFault {
    return pop(1).get(0);
  }

  /** Takes the uppermost values off, the lowest of them first. */
  List<Object> pop(int count) throws PickleFault {
    int from = values.size() - count;
    if (from < floor()) {
      throw new PickleFault("the pickle takes more values than it holds");
    }
    return cut(from);
  }

  /** Takes everything above the last mark off, and the mark. */
  List<Object> popToMark() throws PickleFault {
    if (marks.isEmpty()) {
      throw new PickleFault("the pickle closes what it has not opened");
    }
    return cut(marks.pop());
  }

  private List<Object> cut(int from) {
    List<Object> above = values.subList(from, values.size());
    List<Object> taken = new ArrayList<>(above);
    above.clear();
    return taken;
  }

  <T> T pop(Class<T> type, String what) throws PickleFault {
    T value = peek(type, what);
    values.remove(values.size() - 1);
    return value;
  }

  /** The uppermost value, which must be of this type. */
  <T> T peek(Class<T> type, String what) throws PickleFault {
    Object value = values.size() > floor() ? values.get(values.size() - 1) : null;
    if (!type.isInstance(value)) {
      throw new PickleFault(what + " is of the wrong type");
    }
    return type.cast(value);
  }
}
