/**
 * Loads pretrained checkpoints into libtorch tensors: reads what the files hold, initialises only
 * what is truly missing, and ties the rest by sharing pointers.
 */
module dev.tenon {
  requires static transitive org.jspecify;

  // Tensors are handed out, so whoever reads this module reads libtorch's binding too.
  requires transitive org.bytedeco.pytorch;
  requires transitive org.bytedeco.javacpp;
  requires com.fasterxml.jackson.databind;
  requires java.net.http;
  requires jdk.jfr;
  requires info.picocli;
  requires me.tongfei.progressbar;

  exports dev.tenon;
  exports dev.tenon.adapter;
  exports dev.tenon.bind;
  exports dev.tenon.checkpoint;
  exports dev.tenon.checkpoint.directory;
  exports dev.tenon.checkpoint.gguf;
  exports dev.tenon.checkpoint.write;
  exports dev.tenon.hub;
  exports dev.tenon.integrity;
  exports dev.tenon.plan;
  exports dev.tenon.plan.box;
  exports dev.tenon.plan.names;
  exports dev.tenon.plan.place;
  exports dev.tenon.plan.save;
  exports dev.tenon.plan.tie;
  exports dev.tenon.quantised;
  exports dev.tenon.quantised.formula;
  exports dev.tenon.report;
  exports dev.tenon.skeleton;
  exports dev.tenon.skeleton.build;
  exports dev.tenon.skeleton.file;
  exports dev.tenon.skeleton.init;
  exports dev.tenon.skeleton.names;
  exports dev.tenon.skeleton.registry;
  exports dev.tenon.tensor;
  exports dev.tenon.trace;
  exports dev.tenon.watch;

  uses dev.tenon.skeleton.build.Family;

  // What is loaded most comes first, as in META-INF/services.
  provides dev.tenon.skeleton.build.Family with
      dev.tenon.skeleton.family.Llama,
      dev.tenon.skeleton.family.Qwen2,
      dev.tenon.skeleton.family.Qwen3,
      dev.tenon.skeleton.family.Mistral,
      dev.tenon.skeleton.family.Gemma2,
      dev.tenon.skeleton.family.Gemma3Text,
      dev.tenon.skeleton.family.Phi3,
      dev.tenon.skeleton.family.Bert,
      dev.tenon.skeleton.family.Roberta,
      dev.tenon.skeleton.family.XlmRoberta,
      dev.tenon.skeleton.family.T5,
      dev.tenon.skeleton.family.Whisper,
      dev.tenon.skeleton.family.Clip,
      dev.tenon.skeleton.family.Gpt2,
      dev.tenon.skeleton.family.GptOss,
      dev.tenon.skeleton.family.Aimv2,
      dev.tenon.skeleton.family.Albert,
      dev.tenon.skeleton.family.Align,
      dev.tenon.skeleton.family.AltClip,
      dev.tenon.skeleton.family.Aria,
      dev.tenon.skeleton.family.AudioFlamingo3,
      dev.tenon.skeleton.family.AudioSpectrogramTransformer,
      dev.tenon.skeleton.family.Autoformer,
      dev.tenon.skeleton.family.Bamba,
      dev.tenon.skeleton.family.Bark,
      dev.tenon.skeleton.family.Bart,
      dev.tenon.skeleton.family.Beit,
      dev.tenon.skeleton.family.BertGeneration,
      dev.tenon.skeleton.family.BigBird,
      dev.tenon.skeleton.family.BigBirdPegasus,
      dev.tenon.skeleton.family.Bloom,
      dev.tenon.skeleton.family.DebertaV2,
      dev.tenon.skeleton.family.DeepseekV3,
      dev.tenon.skeleton.family.Dinov2,
      dev.tenon.skeleton.family.DistilBert,
      dev.tenon.skeleton.family.Electra,
      dev.tenon.skeleton.family.Falcon,
      dev.tenon.skeleton.family.Gemma,
      dev.tenon.skeleton.family.GptNeoX,
      dev.tenon.skeleton.family.Marian,
      dev.tenon.skeleton.family.Mbart,
      dev.tenon.skeleton.family.Mixtral,
      dev.tenon.skeleton.family.ModernBert,
      dev.tenon.skeleton.family.Mpnet,
      dev.tenon.skeleton.family.Mt5,
      dev.tenon.skeleton.family.Opt,
      dev.tenon.skeleton.family.Pegasus,
      dev.tenon.skeleton.family.Qwen3Moe,
      dev.tenon.skeleton.family.RtDetrV2,
      dev.tenon.skeleton.family.Siglip,
      dev.tenon.skeleton.family.Vit;
}
