package dev.tenon.skeleton.family;

import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/** XLM-RoBERTa (Conneau et al. 2019): RoBERTa over a hundred languages, heads first. */
public final class XlmRoberta implements Family {
  @Override
  public String modelType() {
    return "xlm-roberta";
  }

  @Override
  public List<Architecture> architectures() {
    return Roberta.architectures("XLMRoberta", Roberta.DEFAULTS.with("vocab_size", 30522), true);
  }
}
