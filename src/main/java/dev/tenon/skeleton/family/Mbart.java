package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.family.Seq2Seq.norm;

import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Family;
import java.util.List;
import java.util.stream.Stream;

/** mBART (Liu et al. 2020): BART over many languages, pre-norm, with a norm after the layers. */
public final class Mbart implements Family {
  @Override
  public String modelType() {
    return "mbart";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("MBart", "model", c -> Seq2Seq.complete(c, Bart.SHARED_DEFAULTS));
    Seq2Seq mbart =
        new Seq2Seq(
            classes,
            c -> Bart.encoder(c).then(norm(c, "layer_norm")),
            c -> Bart.decoder(c).then(norm(c, "layer_norm")));
    return Stream.of(
            mbart.textClasses("ForConditionalGeneration"),
            mbart.judgingClasses(),
            List.of(mbart.causalLm()))
        .flatMap(List::stream)
        .toList();
  }
}
