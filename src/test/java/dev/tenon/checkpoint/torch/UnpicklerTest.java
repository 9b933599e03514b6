package dev.tenon.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.checkpoint.torch.PickleValue.Storage;
import dev.tenon.checkpoint.torch.PickleValue.Tensor;
import dev.tenon.checkpoint.torch.PickleValue.Tuple;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pickles written by hand: the machine's own rules, and what it refuses. */
class UnpicklerTest {
  /** Any storage reference gives 64 bytes of float32, 1000 bytes into the storage 0. */
  private static final Storage STORAGE = new Storage(DType.F32, "0", 1000, 64);

  private static Object read(String pickle) throws Exception {
    byte[] bytes = pickle.getBytes(StandardCharsets.ISO_8859_1);
    return Unpickler.read(
        new PickleInput(new ByteArrayInputStream(bytes), bytes.length), id -> STORAGE);
  }

  /** A call of torch's rebuild function with these offset, sizes and strides, as instructions. */
  private static String tensor(String offset, String sizes, String strides) {
    return "ctorch._utils\n_rebuild_tensor_v2\n()Q"
        + offset
        + "("
        + sizes
        + "t("
        + strides
        + "t\u0089}tR.";
  }

  @Test
  void buildsPlainContainers() throws Exception {
    assertThat(read("\u0080\u0002}(X\1\0\0\0a]K\1aX\1\0\0\0b(K\2\u0088Ntu."))
        .isEqualTo(
            Map.of("a", List.of(1L), "b", new Tuple(List.of(2L, true, PickleValue.None.NONE))));
    assertThat(read("J\u00fe\u00ff\u00ff\u00ff.")).isEqualTo(-2L);
    assertThat(read("\u008a\2\u00fe\u00ff.")).isEqualTo(-2L);
    assertThat(read("\u008a\0.")).isEqualTo(0L);
    assertThat(read("G\u003f\u00f8\0\0\0\0\0\0.")).isEqualTo(1.5);
  }

  @Test
  void aListMayHoldItself() throws Exception {
    List<?> list = (List<?>) read("]q\0h\0a.");
    assertThat(list.get(0) == list).isTrue();
  }

  @Test
  void buildsATensorInItsStorage() throws Exception {
    assertThat(read(tensor("K\2", "K\2K\3", "K\1K\2")))
        .isEqualTo(new Tensor(DType.F32, Shape.of(2, 3), Shape.of(1, 2), "0", 1008));
  }

  @Test
  void aTensorMustLieInItsStorage() throws Exception {
    assertThat(read(tensor("K\0", "K\u0010", "K\1"))).isInstanceOf(Tensor.class);
    String wholeStorage = "K\u0010";
    for (String pickle :
        List.of(
            tensor("K\1", wholeStorage, "K\1"),
            tensor("K\0", "K\u0011", "K\1"),
            tensor("K\0", "K\u0009", "K\2"),
            tensor("J\0\0\0\u007f", "K\1", "K\1"),
            tensor("\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f", "K\1", "K\1"),
            tensor("K\0", "\u008a\u0008\0\0\0\0\0\0\0\u0040K\2", "K\1K\0"))) {
      assertThatThrownBy(() -> read(pickle)).isInstanceOf(PickleFault.class);
    }
  }

  @Test
  void sizesAndStridesAreNotNegative() {
    assertThatThrownBy(() -> read(tensor("K\0", "J\u00ff\u00ff\u00ff\u00ff", "K\1")))
        .hasMessageContaining("holds no size");
    assertThatThrownBy(() -> read(tensor("K\0", "K\2", "J\u00ff\u00ff\u00ff\u00ff")))
        .hasMessageContaining("holds no size");
    assertThatThrownBy(() -> read(tensor("J\u00ff\u00ff\u00ff\u00ff", "K\2", "K\1")))
        .hasMessageContaining("do not fit");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                               | without its last instruction
          'N'                              | without its last instruction
          '.'                              | more values than it holds
          'N(.'                            | more values than it holds
          't.'                             | closes what it has not opened
          '}(Nu.'                          | a key without a value
          '}(]Nu.'                         | neither text nor a number
          '}())s.'                         | what items are set in
          'h\\0.'                          | a value it has not stored
          '(q\\0.'                         | a value to store
          'NNa.'                           | what is appended to
          'N)b.'                           | what attributes are set on
          'X\\377\\377\\377\\177a.'        | reaches past its end
          'NNR.'                           | calls what is no function
          'ctorch\\nSize\\nNR.'            | calls what is no function
          'ctorch\\nSize\\n)R.'            | too few arguments
          'ctorch\\nTensor\\n)R.'          | without its data
          'cos\\nsystem\\n.'               | names os.system
          'cbuiltins\\ngetattr\\n.'        | names builtins.getattr
          'ctorch.load\\n\\n.'             | names torch.load
          'NQ.'                            | a storage's name
          'i'                              | instruction 0x69
          '\\223'                          | instruction 0x93
          """)
  void refuses(String pickle, String reason) {
    assertThatThrownBy(() -> read(pickle.translateEscapes()))
        .isInstanceOf(PickleFault.class)
        .hasMessageContaining(reason);
  }

  @Test
  void nestingIsLimited() {
    assertThatThrownBy(() -> read("(".repeat(300_000) + "."))
        .isInstanceOf(PickleFault.class)
        .hasMessageContaining("at once");
    assertThatThrownBy(() -> read("c" + "x".repeat(5000)))
        .isInstanceOf(PickleFault.class)
        .hasMessageContaining("over 1024 bytes");
  }
}
