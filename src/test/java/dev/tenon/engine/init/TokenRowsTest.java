package dev.tenon.engine.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Rows for new tokens, against what the reference's own functions draw from the same seed. */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
class TokenRowsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/token-rows.json");

  /** New values differ from the mean by 10⁻⁷ or so, and float32 from itself by 10⁻⁹. */
  private static final float CLOSE = 5e-9f;

  private final JsonNode golden = read();

  private static JsonNode read() {
    try {
      return JsonMapper.builder().build().readTree(GOLDEN.toFile());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static float[] numbers(JsonNode node) {
    float[] numbers = new float[node.size() * (node.get(0).isArray() ? node.get(0).size() : 1)];
    int i = 0;
    for (JsonNode row : node) {
      if (!row.isArray()) {
        numbers[i++] = row.floatValue();
      }
      for (JsonNode number : row) {
        numbers[i++] = number.floatValue();
      }
    }
    return numbers;
  }

  private Tensor tensor(String name) {
    JsonNode node = golden.get(name);
    Tensor flat = Tensor.create(numbers(node));
    return node.get(0).isArray() ? flat.view(node.size(), node.get(0).size()) : flat;
  }

  private static float[] values(Tensor tensor) {
    Tensor floats = tensor.detach().to(ScalarType.Float).contiguous();
    float[] values = new float[(int) floats.numel()];
    new FloatPointer(floats.data_ptr()).get(values);
    return values;
  }

  private static Tensor resized(Tensor old, int dim, long tokens, long seed) {
    try (TokenRows rows = new TokenRows(seed)) {
      return rows.resized(old, dim, tokens, true);
    }
  }

  @Test
  void newRowsAreTheReferences() {
    try (PointerScope scope = new PointerScope()) {
      Tensor table = tensor("table");
      long before = table.size(0);
      Tensor added = tensor("added");

      Tensor now = resized(table, 0, before + added.size(0), golden.get("seed").longValue());

      assertThat(now.narrow(0, 0, before).equal(table)).isTrue();
      assertThat(values(now.narrow(0, before, added.size(0))))
          .containsExactly(values(added), within(CLOSE));
      assertThat(now.narrow(0, before, 1).equal(now.narrow(0, before + 1, 1))).isFalse();
      now.deallocate();
    }
  }

  @Test
  void aFewNewRowsHaveTheCovarianceToo() {
    try (PointerScope scope = new PointerScope()) {
      Tensor table = tensor("table");
      long width = table.size(1);
      Tensor centred = table.sub(table.mean(0));
      Tensor expected = centred.t().matmul(centred).div_(new Scalar((double) table.size(0)));
      Tensor sum = torch.zeros(width, width);
      int draws = 4000;
      for (int seed = 0; seed < draws; seed++) {
        try (PointerScope each = new PointerScope()) {
          Tensor now = resized(table, 0, table.size(0) + 1, seed);
          Tensor off = now.narrow(0, table.size(0), 1).sub(table.mean(0));
          sum.addmm_(off.t(), off);
          now.deallocate();
        }
      }

      Tensor ratio = sum.div_(new Scalar(draws * 1e-9));
      float largest = expected.max().item_float();
      assertThat(values(ratio)).containsExactly(values(expected), within(largest / 10));
    }
  }

  @Test
  void columnsOfATransposedTableAreTheSame() {
    try (PointerScope scope = new PointerScope()) {
      Tensor table = tensor("table");

      Tensor rows = resized(table, 0, 49, 7);
      Tensor columns = resized(table.t().contiguous(), 1, 49, 7);

      assertThat(columns.t().equal(rows)).isTrue();
      rows.deallocate();
      columns.deallocate();
    }
  }

  @Test
  void aBiasIsDrawnAroundItsMean() {
    try (PointerScope scope = new PointerScope()) {
      Tensor bias = tensor("bias");

      Tensor now = resized(bias, 0, 49, 7);

      assertThat(now.narrow(0, 0, 40).equal(bias)).isTrue();
      assertThat(values(now.narrow(0, 40, 9)))
          .containsExactly(values(tensor("addedBias")), within(1e-7f));
      now.deallocate();
    }
  }

  @Test
  void withoutACovarianceToDrawWithNewRowsAreTheMean() {
    try (PointerScope scope = new PointerScope()) {
      Tensor row = Tensor.create(1f, 2f, 3f).view(1, 3);

      Tensor now = resized(torch.cat(new org.bytedeco.pytorch.TensorVector(row, row)), 0, 4, 0);

      assertThat(values(now)).containsExactly(1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3);
      now.deallocate();
    }
  }

  @Test
  void halfPrecisionIsKept() {
    try (PointerScope scope = new PointerScope()) {
      Tensor table = tensor("table").to(ScalarType.BFloat16);

      Tensor now = resized(table, 0, 41, 0);

      assertThat(now.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
      float[] mean = values(table.to(ScalarType.Float).mean(0));
      assertThat(values(now.narrow(0, 40, 1))).containsExactly(mean, within(1e-4f));
      now.deallocate();
    }
  }
}
