package dev.tenon.bind;

import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LayerNormOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * BERT with a language model's head, as a JVM programmer writes a module: of libtorch's own parts,
 * which come with weights of their own. The base model's parts are at its root.
 */
final class BertModule extends Module {
  private static final int WIDTH = 32;
  private static final int HEADS = 4;

  private final Embeddings embeddings = register_module("embeddings", new Embeddings());
  private final Layer[] layers = {new Layer(), new Layer()};
  private final Head head = new Head();

  BertModule() {
    Module encoder = register_module("encoder", new Module("encoder"));
    Module list = encoder.register_module("layer", new Module("layer"));
    for (int i = 0; i < layers.length; i++) {
      list.register_module(String.valueOf(i), layers[i]);
    }
    register_module("cls", new Module("cls")).register_module("predictions", head);
  }

  /** Logits (batch, length, vocabulary) of tokens (batch, length) and their attention mask. */
  Tensor forward(Tensor ids, Tensor mask) {
    Tensor hidden = embeddings.forward(ids);
    Tensor visible = mask.unsqueeze(1).unsqueeze(1).to(ScalarType.Float);
    Tensor bias = visible.sub(new Scalar(1f)).mul(new Scalar(1e30f));
    for (Layer layer : layers) {
      hidden = layer.forward(hidden, bias);
    }
    return head.forward(hidden);
  }

  LinearImpl decoder() {
    return head.decoder;
  }

  private static LayerNormImpl norm() {
    LayerNormOptions options = new LayerNormOptions(new LongVector(new long[] {WIDTH}));
    options.eps().put(1e-12);
    return new LayerNormImpl(options);
  }

  private static final class Embeddings extends Module {
    private final EmbeddingImpl word =
        register_module("word_embeddings", new EmbeddingImpl(31, WIDTH));
    private final EmbeddingImpl position =
        register_module("position_embeddings", new EmbeddingImpl(48, WIDTH));
    private final EmbeddingImpl type =
        register_module("token_type_embeddings", new EmbeddingImpl(2, WIDTH));
    private final LayerNormImpl norm = register_module("LayerNorm", norm());

    Tensor forward(Tensor ids) {
      Tensor positions = torch.arange(new Scalar(ids.size(1)), ids.options());
      Tensor types = torch.zeros_like(ids);
      return norm.forward(
          word.forward(ids).add(type.forward(types)).add(position.forward(positions)));
    }
  }

  private static final class Layer extends Module {
    private final Module attention = register_module("attention", new Module("attention"));
    private final Module self = attention.register_module("self", new Module("self"));
    private final LinearImpl query = self.register_module("query", new LinearImpl(WIDTH, WIDTH));
    private final LinearImpl key = self.register_module("key", new LinearImpl(WIDTH, WIDTH));
    private final LinearImpl value = self.register_module("value", new LinearImpl(WIDTH, WIDTH));
    private final Residual mixed = attention.register_module("output", new Residual(WIDTH));
    private final LinearImpl up =
        register_module("intermediate", new Module("intermediate"))
            .register_module("dense", new LinearImpl(WIDTH, 48));
    private final Residual down = register_module("output", new Residual(48));

    Tensor forward(Tensor x, Tensor bias) {
      Tensor scores = split(query.forward(x)).matmul(split(key.forward(x)).transpose(2, 3));
      Tensor weights =
          scores.div(new Scalar(Math.sqrt((double) WIDTH / HEADS))).add(bias).softmax(-1);
      Tensor context = weights.matmul(split(value.forward(x))).transpose(1, 2).flatten(2, 3);
      Tensor attended = mixed.forward(context, x);
      return down.forward(torch.gelu(up.forward(attended)), attended);
    }

    private static Tensor split(Tensor x) {
      return x.view(x.size(0), x.size(1), HEADS, WIDTH / HEADS).transpose(1, 2);
    }
  }

  private static final class Residual extends Module {
    private final LinearImpl dense;
    private final LayerNormImpl norm = register_module("LayerNorm", norm());

    Residual(int in) {
      dense = register_module("dense", new LinearImpl(in, WIDTH));
    }

    Tensor forward(Tensor x, Tensor residual) {
      return norm.forward(dense.forward(x).add(residual));
    }
  }

  private static final class Head extends Module {
    private final Module transform = register_module("transform", new Module("transform"));
    private final LinearImpl dense =
        transform.register_module("dense", new LinearImpl(WIDTH, WIDTH));
    private final LayerNormImpl norm = transform.register_module("LayerNorm", norm());
    private final LinearImpl decoder = register_module("decoder", new LinearImpl(WIDTH, 31));

    Tensor forward(Tensor x) {
      return decoder.forward(norm.forward(torch.gelu(dense.forward(x))));
    }
  }
}
