package dev.tenon.skeleton.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.init.Fans;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitStep;
import dev.tenon.skeleton.init.Value;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a skeleton file says is what the skeleton says, and a wrong file is refused by its field.
 */
class SkeletonFileTest {
  private static final String SMALL =
      """
      {"format": "tenon-skeleton", "version": 1, "producer": "a test",
       "class": "TinyModel", "modelType": "tiny", "baseModelPrefix": "model",
       "slots": [
         {"name": "embed.weight", "shape": [4, 2], "kind": "parameter"},
         {"name": "head.weight", "shape": [4, 2], "kind": "parameter", "trainable": false},
         {"name": "positions", "shape": [1, 3], "kind": "buffer", "dtype": "int64",
          "persistent": false},
         {"name": "scale", "shape": [2], "kind": "buffer", "fixedDtype": true}],
       "ties": [["head.weight", "embed.weight"]],
       "values": [
         {"kind": "reshape", "input": {"kind": "arange", "end": 3}, "shape": [1, 3]},
         {"kind": "literal", "shape": [2], "dtype": "float32", "zlib": "eNpjYGiwZ2BgcAAABIMBAA=="}],
       "rules": [
         {"rule": "normal", "mean": 0, "std": 0.02},
         {"rule": "part", "dim": 0, "start": 1, "length": 1, "of": {"rule": "constant", "value": 0}},
         {"rule": "kaiming_uniform", "gain": 1, "mode": "fan_in"},
         {"rule": "computed", "value": 0},
         {"rule": "computed", "value": 1}],
       "init": [[0, 0], [0, 1], [1, 2], [2, 3], [3, 4], [0, 0, true], [0, 1]],
       "ignoreMissing": ["^head"], "keepInFp32": ["scale"],
       "renamings": [
         {"scope": "", "source": "^emb\\\\.(.+)$", "target": "embed.$1"},
         {"source": "norm1", "target": "norm2", "after": "norm0"},
         {"source": "(?:ln|norm)_", "target": "norm.",
          "inverse": {"source": "norm\\\\.(.)", "target": "ln_$1"}}],
       "conversions": [
         {"scope": "model", "sources": ["experts.*.up"], "targets": ["experts.up"],
          "operations": [{"stack": 0}, {"transpose": [1, 2]},
            {"deinterleave": 0}, {"interleave": -1, "groups": 4, "lanes": [0]}]}],
       "notes": ["for people"]}
      """;

  @TempDir private Path directory;

  private Skeleton read(String json) throws IOException {
    return SkeletonFile.read(Files.writeString(directory.resolve("skeleton.json"), json));
  }

  @Test
  void everyFieldArrives() throws IOException {
    Skeleton skeleton = read(SMALL);

    assertThat(skeleton.className()).isEqualTo("TinyModel");
    assertThat(skeleton.modelType()).isEqualTo("tiny");
    assertThat(skeleton.basePrefix()).isEqualTo("model");
    assertThat(skeleton.slots())
        .containsExactly(
            new Slot("embed.weight", Shape.of(4, 2), DType.F32, Slot.Role.PARAMETER, false, true),
            new Slot("head.weight", Shape.of(4, 2), DType.F32, Slot.Role.PARAMETER, false, false),
            new Slot(
                "positions", Shape.of(1, 3), DType.I64, Slot.Role.TRANSIENT_BUFFER, false, false),
            new Slot("scale", Shape.of(2), DType.F32, Slot.Role.BUFFER, true, false));
    assertThat(skeleton.ties()).containsExactly(new Tie("head.weight", "embed.weight"));
    assertThat(skeleton.steps().get(5))
        .isEqualTo(new InitStep(0, new InitRule.Normal(0, 0.02), true));
    assertThat(skeleton.steps().subList(0, 4))
        .containsExactly(
            new InitStep(0, new InitRule.Normal(0, 0.02)),
            new InitStep(0, new InitRule.Part(0, 1, 1, InitRule.ZEROS)),
            new InitStep(1, new InitRule.KaimingUniform(1, Fans.Mode.FAN_IN)),
            new InitStep(2, new InitRule.Computed(Value.arange(3).reshape(1, 3))));
    assertThat(skeleton.patterns().ignoreMissing()).singleElement().hasToString("^head");
    assertThat(skeleton.patterns().keepInFp32()).containsExactly("scale");
    assertThat(skeleton.renamings().get(0).apply("emb.x")).isEqualTo("embed.x");
    assertThat(skeleton.renamings().get(0).after()).isNull();
    assertThat(skeleton.renamings().get(1).after()).hasToString("norm0");
    assertThat(skeleton.renamings().get(0).inverse().apply("embed.x")).isEqualTo("emb.x");
    assertThat(skeleton.renamings().get(2).inverse().apply("norm.x")).isEqualTo("ln_x");
    assertThat(skeleton.conversions())
        .containsExactly(
            new Conversion(
                "model",
                List.of("experts.*.up"),
                List.of("experts.up"),
                List.of(
                    new Conversion.Operation.Stack(0),
                    new Conversion.Operation.Transpose(1, 2),
                    new Conversion.Operation.Deinterleave(0, 1, List.of()),
                    new Conversion.Operation.Interleave(-1, 4, List.of(0)))));
  }

  @Test
  void aLiteralHoldsItsBytes() throws IOException {
    InitRule rule = read(SMALL).steps().get(4).rule();

    assertThat(rule).isInstanceOf(InitRule.Computed.class);
    Value.Literal literal = (Value.Literal) ((InitRule.Computed) rule).value();
    assertThat(literal.bytes()).containsExactly(0, 0, -128, 63, 0, 0, 0, 64);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"tenon-skeleton\" | \"other\" | field=format, expected=tenon-skeleton",
        "\"version\": 1 | \"version\": 2 | field=version",
        "\"producer\" | \"surprise\" | unknown field: file=FILE, field=surprise",
        "\"class\": \"TinyModel\", | '' | lacks a field: file=FILE, field=class",
        "[4, 2] | [4, -2] | field=slots[0].shape[1]",
        "[4, 2] | [4000000000, 4000000000] | field=slots[0].shape",
        "[4, 2] | [4, 2.5] | field=slots[0].shape[1]",
        "[2], \"kind\": \"buffer\" | [9223372036854775807], \"kind\": \"buffer\" | slots[3].shape,"
            + " expected=sizes of at most 2^56",
        "[1, 3], \"kind\": \"buffer\" | [3], \"kind\": \"buffer\" | init[3], expected=a value of"
            + " the shape [3], not [1, 3]",
        "\"end\": 3 | \"end\": 4 | init[3], expected=a value of the shape [1, 3]: shapes that fit,"
            + " not [4] and [1, 3]",
        "\"end\": 3 | \"end\": 9223372036854775807 | init[3], expected=a value of the shape [1, 3]:"
            + " a value of fewer than 2^31",
        "int64 | int63 | field=slots[2].dtype, expected=torch's name of a dtype, actual=\"int63\"",
        "\"buffer\" | \"thing\" | field=slots[2].kind, expected=parameter|buffer",
        "\"name\": \"head.weight\" | \"name\": \"embed.weight\" | field=slots[1].name",
        "\"name\": \"scale\" | \"name\": \"\" | field=slots[3].name",
        "[[\"head.weight\" | [[\"tail.weight\" | field=ties[0][0], expected=the name of a slot",
        "\"end\": 3 | \"end\": -1 | field=values[0].input.end",
        "eNpj | !Npj | field=values[1].zlib, expected=base64",
        "eNpj | eNpA | field=values[1].zlib, expected=deflated bytes",
        "\"shape\": [2], \"dtype\" | \"shape\": [3], \"dtype\" | expected=12, actual=8",
        "\"kind\": \"literal\" | \"kind\": \"input\" | field=values[1].shape",
        "\"normal\" | \"abnormal\" | field=rules[0].rule, expected=the name of a rule",
        "\"std\": 0.02 | \"std\": \"0.02\" | field=rules[0].std, expected=a number",
        "\"fan_in\" | \"fan_up\" | field=rules[2].mode",
        "\"computed\", \"value\": 1 | \"computed\", \"value\": 2 | field=rules[4].value",
        "\"start\": 1 | \"start\": 4 | field=init[1], expected=a part of [4, 2]",
        "[3, 4], [ | [3, 2], [ | field=init[4], expected=a rule for the shape [2]",
        "[2, 3], | '' | expected=a step that writes all of positions",
        "[3, 4], | [4, 4], | field=init[4][0]",
        "0, true] | 0, 1] | field=init[5][2], expected=true or false",
        "[2, 3] | [2] | field=init[3], expected=a slot, a rule and, if need be, a flag",
        "^head | ^(head | field=ignoreMissing[0], expected=a regular expression",
        "embed.$1 | embed.$2 | field=renamings[0].target",
        "embed.$1 | embed.$x | field=renamings[0].target, expected=a replacement",
        "embed.$1 | embed.$ | field=renamings[0].target, expected=a replacement",
        "embed.$1 | embed.${one} | field=renamings[0].target, expected=a replacement",
        "ln_$1 | ln_$ | field=renamings[2].inverse.target, expected=a replacement",
        "ln_$1 | ln_$2 | field=renamings[2].inverse.target",
        "norm\\\\.(. | norm\\\\.((. | field=renamings[2].inverse.source",
        "{\"stack\": 0} | {\"heap\": 0} | field=conversions[0].operations[0]",
        "\"groups\": 4 | \"groups\": 0 | field=conversions[0].operations[3].groups",
        "\"lanes\" | \"lines\" | unknown field: file=FILE,"
            + " field=conversions[0].operations[3].lines",
        "\"after\": \"norm0\" | \"after\": \"(\" | field=renamings[1].after, expected=a regular",
      })
  void aWrongFieldIsNamed(String good, String bad, String message) {
    assertThat(SMALL).contains(good);
    String file = directory.resolve("skeleton.json").toString();

    assertThatThrownBy(() -> read(SMALL.replace(good, bad)))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining(message.replace("FILE", file))
        .hasMessageContaining("file=" + file);
  }

  @Test
  void aFileIsRevisedWhereItsModelHasChanged() throws IOException {
    Skeleton skeleton = read(SMALL);
    assertThat(SkeletonFile.revised(SMALL, skeleton)).isSameAs(SMALL);

    assertThat(read(SkeletonFile.revised(SMALL, skeleton.withTies(List.of()))).ties()).isEmpty();

    List<Slot> slots = new ArrayList<>(skeleton.slots());
    slots.set(
        1, new Slot("head.weight", Shape.of(9, 2), DType.F32, Slot.Role.PARAMETER, false, false));
    Skeleton revised = read(SkeletonFile.revised(SMALL, skeleton.withSlots(slots)));
    assertThat(revised.slots()).isEqualTo(slots);
    assertThat(revised.ties()).isEqualTo(skeleton.ties());
  }

  @Test
  void aLiteralMayBeLong() throws IOException {
    String note = "x".repeat(21_000_000);

    assertThat(read(SMALL.replace("for people", note)).slots()).hasSize(4);
  }

  @Test
  void whatIsNoJsonIsRefused() {
    assertThatThrownBy(() -> read("{\"format\": ")).hasMessageStartingWith("Skeleton file is not");
    assertThatThrownBy(() -> read("[]")).hasMessageContaining("lacks a field");
    assertThatThrownBy(() -> read("[".repeat(100_000))).isInstanceOf(TenonException.class);
    assertThatThrownBy(() -> SkeletonFile.read(directory.resolve("none.json")))
        .hasMessageStartingWith("No such skeleton file: file=");
  }

  static java.util.stream.Stream<Exported> files() {
    return Exported.all();
  }

  @ParameterizedTest
  @MethodSource("files")
  void theExportersFilesAreReadWhole(Exported exported) {
    Skeleton skeleton = exported.skeleton();

    assertThat(skeleton.modelType()).isNotEmpty();
    assertThat(skeleton.slots()).hasSizeGreaterThan(20);
    List<String> golden = new java.util.ArrayList<>();
    exported.init().fieldNames().forEachRemaining(golden::add);
    assertThat(skeleton.slots()).extracting(Slot::name).containsAll(golden);
  }
}
