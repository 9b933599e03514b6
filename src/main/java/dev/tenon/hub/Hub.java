package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.hub.http.Backoff;
import dev.tenon.hub.http.Endpoint;
import dev.tenon.hub.http.Floor;
import dev.tenon.hub.http.Settings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face hub, and the cache that what it sends goes to. Immutable and thread-safe: any
 * number of downloads may run at once, in this process and in others, {@code huggingface_hub}'s
 * among them.
 *
 * <pre>{@code
 * Path snapshot = Hub.standard().download("google/gemma-2-2b@main");
 * }</pre>
 *
 * <p>Only what a load needs is downloaded: {@code config.json}, {@code generation_config.json},
 * {@code skeleton.json} and the weights, those the config names or safetensors where there are any;
 * and the tokenizer's files, which whoever puts text into a model needs. {@link FilePatterns}
 * choose others. A file gets its name once its size and its hash are right, a branch or a tag its
 * commit once all files are there; until then whoever looks sees what was there before. What an
 * interrupted download leaves, the next one goes on from.
 *
 * <p>Where the hub does not answer and the cache has what is needed, that is what a download gives,
 * with a warning.
 */
public final class Hub {
  private static final int MOST_PARALLEL = 64;

  private final Settings settings;

  private Hub(Settings settings) {
    this.settings = settings;
  }

  /** The hub, the token and the cache of the process's environment: {@code builder().build()}. */
  public static Hub standard() {
    return builder().build();
  }

  /**
   * A builder that starts from the process's environment, the variables of {@code huggingface_hub}:
   * {@code HF_ENDPOINT}, {@code HF_TOKEN} or the token file, {@code HF_HUB_CACHE}, {@code HF_HOME},
   * {@code HF_HUB_OFFLINE}, {@code HF_HUB_DOWNLOAD_TIMEOUT} in seconds, {@code http_proxy}, {@code
   * https_proxy}, {@code no_proxy}; and {@code TENON_HUB_LEAST_RATE} in bytes per second.
   */
  public static Builder builder() {
    return new Builder(Environment.ofProcess());
  }

  /** A builder in an environment that is not the process's. */
  public static Builder builder(Environment environment) {
    return new Builder(environment);
  }

  /** {@return where files go} */
  public HubCache cache() {
    return settings.cache();
  }

  /**
   * {@link #download(ModelName, String)} of a name, without a variant.
   *
   * @param model {@code org/name} or {@code org/name@revision}
   */
  public Path download(String model) {
    return download(ModelName.parse(model));
  }

  /** {@link #download(ModelName, String)} without a variant. */
  public Path download(ModelName model) {
    return download(model, null);
  }

  /**
   * Brings what a load needs into the cache, as the hub has it now. Of a commit that is there in
   * full, the hub is not asked.
   *
   * @param model which model and which revision of it
   * @param variant what stands before the extension of the weight files, such as {@code fp16}; null
   *     for none
   * @return the snapshot's directory
   * @throws TenonException if there is no such model or revision, or it may not be read, or has no
   *     weights; if the hub cannot be reached and the cache has not all that is needed; if a file
   *     is not what the hub said, or the disk is full; or if the thread is interrupted, which stays
   *     interrupted. Names what is wrong, and the remedy where there is one
   */
  public Path download(ModelName model, @Nullable String variant) {
    return download(model, variant, FilePatterns.NONE);
  }

  /**
   * Brings files chosen by name into the cache, or what a load needs but for some of it.
   *
   * @param model which model and which revision of it
   * @param variant as above; says nothing if the patterns include anything
   * @param patterns which files; those to include need a hub that lists its files
   * @return the snapshot's directory, in which files lie under their paths in the repository
   * @throws TenonException as {@link #download(ModelName, String)} does, and if no file matches
   */
  public Path download(ModelName model, @Nullable String variant, FilePatterns patterns) {
    return download(model, variant, null, patterns);
  }

  /**
   * Brings what a load needs of a model that lies in a folder of another one's repository, as the
   * parts of a pipeline do, or of one at the top of its own.
   *
   * @param model which repository and which revision of it; of one that names a file, that alone
   * @param variant as above
   * @param subfolder a folder's name, or several with slashes between them; null for the top
   * @param patterns which files, by their paths in the repository; where there is a folder they
   *     only exclude
   * @return the snapshot's directory, which the folder is in
   * @throws TenonException as {@link #download(ModelName, String)} does, and before the hub is
   *     asked if the folder's name could lead out of a directory, or the patterns include anything
   */
  public Path download(
      ModelName model,
      @Nullable String variant,
      @Nullable String subfolder,
      FilePatterns patterns) {
    FilePatterns asked = patterns.choose() ? patterns : model.patterns().with(patterns);
    return new Download(settings, model, ModelFiles.all(variant, subfolder, asked)).run();
  }

  /**
   * Brings what describes a model into the cache, and no weights: {@code config.json} and {@code
   * skeleton.json}.
   *
   * @return the snapshot's directory
   * @throws TenonException as {@link #download(ModelName, String)} does
   */
  public Path downloadConfig(ModelName model) {
    return downloadConfig(model, null);
  }

  /**
   * {@link #downloadConfig(ModelName)} of a model in a folder of a repository.
   *
   * @param subfolder a folder's name, or several with slashes between them; null for the top
   * @return the snapshot's directory, which the folder is in
   */
  public Path downloadConfig(ModelName model, @Nullable String subfolder) {
    return new Download(settings, model, ModelFiles.config(subfolder)).run();
  }

  /** {@return the hub's address and the cache's directory} */
  @Override
  public String toString() {
    return settings.toString();
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {
    private final Environment environment;
    private @Nullable HubCache cache;
    private @Nullable String endpoint;
    private @Nullable String token;
    private boolean offline;
    private int parallel = 4;
    private long leastRate;
    private Backoff backoff = Backoff.STANDARD;
    private HubListener listener = HubListener.NONE;

    private Builder(Environment environment) {
      this.environment = environment;
      this.token = environment.token();
      this.offline = environment.offline();
      this.leastRate = environment.leastRate();
    }

    /** Sets where files go, {@link HubCache#standard()} unless set. */
    public Builder cache(HubCache cache) {
      this.cache = cache;
      return this;
    }

    /** Sets the hub's address, such as {@code https://huggingface.co}. */
    public Builder endpoint(String endpoint) {
      this.endpoint = endpoint;
      return this;
    }

    /** Sets the token; null shows none. No other host than the hub's gets to see it. */
    public Builder token(@Nullable String token) {
      this.token = token;
      return this;
    }

    /**
     * Sets whether the network is not to be used: then the cache has a model, or it is an error.
     */
    public Builder offline(boolean offline) {
      this.offline = offline;
      return this;
    }

    /** Sets how many files are downloaded at once, 4 unless set. */
    public Builder parallel(int files) {
      this.parallel = files;
      return this;
    }

    /**
     * Sets the slowest rate at which the bytes of a file are waited for, 1024 unless set: a server
     * that is slower for as long as it may be silent counts as one that does not answer.
     *
     * @param bytesPerSecond 0 waits for any rate
     */
    public Builder leastRate(long bytesPerSecond) {
      this.leastRate = bytesPerSecond;
      return this;
    }

    /** Sets who is told how it goes. */
    public Builder listener(HubListener listener) {
      this.listener = listener;
      return this;
    }

    Builder backoff(Backoff backoff) {
      this.backoff = backoff;
      return this;
    }

    /**
     * The hub. Asks it nothing yet.
     *
     * @throws TenonException if a value is wrong
     */
    public Hub build() {
      if (parallel < 1 || parallel > MOST_PARALLEL) {
        throw new TenonException(
            "Not a number of files to download at once: parallel=%d, most=%d"
                .formatted(parallel, MOST_PARALLEL));
      } else if (leastRate < 0) {
        throw new TenonException("Not a rate in bytes per second: leastRate=" + leastRate);
      } else if (token != null && !token.matches("[!-~]+")) {
        throw new TenonException("The token holds what no token can: set HF_TOKEN anew");
      }
      return new Hub(
          new Settings(
              environment,
              cache == null ? HubCache.at(environment.cache()) : cache,
              Endpoint.parse(endpoint == null ? environment.endpoint() : endpoint),
              token,
              offline,
              parallel,
              new Floor(leastRate, environment.patience()),
              backoff,
              listener));
    }
  }
}
