package dev.tenon.quantised;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What configs say of how weights are packed, wherever and in whatever words. */
class QuantisationTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "{'quant_method':'gptq','bits':4,'group_size':128}; gptq; 4; 128",
        "{'quant_method':'gptq','bits':8,'group_size':-1}; gptq; 8; row",
        "{'quant_method':'fp8','weight_block_size':[128,64]}; fp8; 0; 128x64",
        "{'load_in_8bit':true}; bitsandbytes; 0; ~~",
        "{'quant_algo':'NVFP4'}; modelopt; 0; ~~",
        "{'quant_method':'quanto','weights':'int4'}; quanto; 4; ~~",
        "{'quant_method':'hqq','quant_config':{'weight_quant_params':{'nbits':2,'group_size':32}}}; hqq; 2; 32",
        "{'config_groups':{'g':{'weights':{'num_bits':4,'group_size':16}}}}; compressed-tensors; 4; 16",
        "{'config_groups':{'g':{'weights':{'num_bits':8,'block_structure':'128x64'}},'h':{'weights':{'num_bits':8,'block_structure':[128,64]}}}}; compressed-tensors; 8; 128x64",
        "{'config_groups':{'g':{'weights':{'num_bits':4,'group_size':16}},'h':{'weights':{'num_bits':8}}}}; compressed-tensors; 0; ~~",
        "{'quant_method':'new','bits':'mixed','group_size':{},'weight_block_size':[null]}; new; 0; ~~"
      })
  void aStatementIsRead(String statement, String method, int bits, String group) {
    Quantisation said = Quantisation.of(config("{'quantization_config':" + statement + "}"));
    assertThat(said.field()).isEqualTo("quantization_config");
    assertThat(said.method()).isEqualTo(method);
    assertThat(said.bits()).isEqualTo(bits);
    assertThat(said.group()).isEqualTo(group);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "{'text_config':{'quantization_config':{'quant_method':'awq'}}}; awq",
        "{'a':{'b':{'c':{'quantization_config':{'quant_method':'awq'}}}}}; awq",
        "{'compression_config':{'quant_method':'compressed-tensors'}}; compressed-tensors",
        "{'quantization':{'bits':4,'group_size':64}}; mlx",
        "{'quantization':{'bits':4,'group_size':64},'quantization_config':{'bits':4,'group_size':64}}; mlx"
      })
  void itIsFoundWhereverItStands(String text, String method) {
    assertThat(Quantisation.of(config(text)).method()).isEqualTo(method);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "{}",
        "{'quantization_config':null}",
        "{'quantization_config':{}}",
        "{'quantization':'none'}",
        "{'quantization':{'codebooks':8}}",
        "{'text_config':{'hidden_size':4}}"
      })
  void nothingIsSaid(String text) {
    assertThat(Quantisation.of(config(text))).isEqualTo(Quantisation.NONE);
    assertThat(Quantisation.NONE.declared()).isFalse();
  }

  @Test
  void aModuleMayDiffer() {
    Quantisation said =
        Quantisation.of(
            config(
                "{'quantization':{'bits':4,'group_size':64,'lm_head':{'bits':8,'group_size':32},'a.b':false}}"));
    assertThat(said.of("lm_head.weight").bits()).isEqualTo(8);
    assertThat(said.of("lm_head.weight").group()).isEqualTo("32");
    assertThat(said.of("a.b.weight").bits()).isEqualTo(4);
  }

  @Test
  void severalGroupsTellNoNumbers() {
    Quantisation said =
        Quantisation.of(
            config(
                "{'quantization_config':{'quant_method':'compressed-tensors','config_groups':"
                    + "{'a':{'weights':{'num_bits':4}},'b':{'weights':{'num_bits':8}}}}}"));
    assertThat(said.bits()).isZero();
  }

  @Test
  void modelOptHasAFileOfItsOwn() {
    Quantisation said =
        Quantisation.ofModelOpt(config("{'quantization':{'quant_algo':'FP8','group_size':16}}"));
    assertThat(said.field()).isEqualTo("hf_quant_config.json");
    assertThat(said.method()).isEqualTo("modelopt");
    assertThat(said.group()).isEqualTo("16");
  }

  @Test
  void aStatementThatIsNoObjectIsAnError() {
    Assertions.assertThatThrownBy(() -> Quantisation.of(config("{'quantization_config':'fp8'}")))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("field=quantization_config");
  }

  private static Config config(String text) {
    return Config.parse("config.json", text.replace('\'', '"'));
  }
}
