package dev.tenon.load;

import dev.tenon.TenonException;
import dev.tenon.plan.Planner;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.TokenSlot;
import dev.tenon.tensor.DType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's config as changes leave it, and what follows from it: ties and what grows with the
 * vocabulary are computed from the config, never remembered from the load.
 */
public final class ModelConfig {
  private static final String TIED = "tie_word_embeddings";
  private static final String TOKENS = "vocab_size";

  /** Marian's name for the tokens of a decoder, which may be others than the encoder's. */
  private static final String DECODER_TOKENS = "decoder_vocab_size";

  /** No vocabulary is as large, and no index of a token, so that a size that is this one is it. */
  private static final long OTHER_TOKENS = 1 << 30;

  private final SkeletonSource source;
  private Config config;

  /** The ties under a flag that was set; null for those of the load. */
  private @Nullable List<Tie> declared;

  public ModelConfig(SkeletonSource source, Config config) {
    this.source = source;
    this.config = config;
  }

  public Config config() {
    return config;
  }

  public boolean tied() {
    return source.withDefaults(config).flag(TIED, false);
  }

  /**
   * The model with the ties that are declared now, whether or not their two sides share a tensor.
   *
   * @param loaded the model in the sizes it has now, with the ties of the load
   */
  Skeleton described(Skeleton loaded) {
    return declared == null ? loaded : loaded.withTies(declared);
  }

  /** The text of the skeleton file for what became of its model; null if there is no file. */
  @Nullable String skeletonFile(Skeleton now) {
    return source.file(now);
  }

  /** The text of the skeleton file as it is beside the weights; null if there is no file. */
  @Nullable String skeletonFile() {
    return source.file();
  }

  /** Slots that are matrices of {@code nn.Linear} modules; none if nothing says which. */
  Set<String> linears() {
    return source.linears(config);
  }

  /** Sets the flag, once the ties under it are bound. */
  void tie(boolean value) {
    Config changed = config.with(TIED, value);
    declared = source.retied(changed).ties();
    config = changed;
  }

  /**
   * The groups there are under a flag.
   *
   * @param parted ties that no flag joins again
   */
  List<TieGroup> groups(boolean value, List<Tie> parted) {
    Skeleton skeleton = source.retied(config.with(TIED, value));
    List<Tie> ties = skeleton.ties().stream().filter(tie -> !parted.contains(tie)).toList();
    return Planner.initialize(skeleton.withTies(ties), DType.F32).ties();
  }

  /** Sets how many tokens there are, once every slot has a row for each. */
  public void setTokens(long tokens) {
    config = with(tokens);
  }

  private Config with(long tokens) {
    Config sized = config.withText(TOKENS, tokens);
    boolean same = config.integer(DECODER_TOKENS, 0) == config.integer(TOKENS, -1);
    return same ? sized.with(DECODER_TOKENS, tokens) : sized;
  }

  /**
   * The slots that have a row for each token.
   *
   * @throws TenonException if there are none, or nothing says which they are
   */
  public List<TokenSlot> tokenSlots() {
    List<TokenSlot> slots = slotsByTokens();
    if (slots.isEmpty()) {
      throw new TenonException(
          "Nothing says which slots have a row for each token: class="
              + source.require(config).className());
    }
    return slots;
  }

  /** The same, none where nothing says which they are. */
  List<TokenSlot> slotsByTokens() {
    Skeleton skeleton = source.require(config);
    List<TokenSlot> slots = skeleton.tokenSlots();
    return slots.isEmpty()
        ? TokenSlot.between(skeleton, source.require(with(OTHER_TOKENS)), OTHER_TOKENS)
        : slots;
  }
}
