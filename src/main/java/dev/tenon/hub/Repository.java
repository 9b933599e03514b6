package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.hub.cache.Commits;
import dev.tenon.hub.cache.ContentHash;
import dev.tenon.hub.cache.RemoteFile;
import dev.tenon.hub.http.Attempts;
import dev.tenon.hub.http.Backoff;
import dev.tenon.hub.http.Facts;
import dev.tenon.hub.http.HubClient;
import dev.tenon.hub.http.Settings;
import dev.tenon.hub.http.Unavailable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model on the hub at one commit. Its files are asked for by name, as {@code huggingface_hub}
 * asks, so that whatever serves that one serves Tenon: mirrors may have no list of them.
 */
final class Repository {
  private final Settings settings;
  private final HubClient client;
  private final ModelName model;
  private final String commit;

  private Repository(Settings settings, HubClient client, ModelName model, String commit) {
    this.settings = settings;
    this.client = client;
    this.model = model;
    this.commit = commit;
  }

  /**
   * Asks which commit the revision stands for.
   *
   * @param names files of which the model is likely to have one
   * @param backoff for these questions
   * @throws Unavailable if the hub cannot be reached or says that it has no such model for us
   */
  static Repository open(
      Settings settings, HubClient client, ModelName model, List<String> names, Backoff backoff)
      throws InterruptedException {
    for (String name : names) {
      URI uri = settings.endpoint().file(model.repo(), model.revision(), name);
      HttpResponse<Void> response = ask(client, uri, backoff);
      String commit = response.headers().firstValue("X-Repo-Commit").orElse("");
      if (Commits.isCommit(commit) && (!model.isCommit() || commit.equals(model.revision()))) {
        if (isFound(response) || Refusals.isAbsentFile(response)) {
          return new Repository(settings, client, model, commit);
        }
      } else if (isFound(response)) {
        throw new Unavailable(
            "The answer names no commit, or another, so it is hardly a hub's: url=%s, commit=%s"
                .formatted(uri, Facts.quote(commit)));
      }
      if (!Refusals.isAbsentFile(response)) {
        throw Refusals.of(response, model, settings);
      }
    }
    throw new TenonException("The hub does not say which commit is meant: model=" + model);
  }

  String commit() {
    return commit;
  }

  /** Where a file's bytes are asked for. */
  URI uri(String name) {
    return settings.endpoint().file(model.repo(), commit, name);
  }

  /**
   * Asks about a file.
   *
   * @return null if there is none of that name
   */
  @Nullable RemoteFile find(String name) throws InterruptedException {
    HttpResponse<Void> response = ask(client, uri(name), settings.backoff());
    if (isFound(response)) {
      return describe(name, response);
    } else if (Refusals.isAbsentFile(response)) {
      return null;
    }
    throw refusal(response);
  }

  /**
   * Asks which files there are.
   *
   * @return their paths, which nobody has judged yet; null if the hub gives no list, or too long a
   *     one
   * @throws Unavailable if it cannot be reached
   */
  @Nullable List<String> list() throws InterruptedException {
    URI uri = settings.endpoint().list(model.repo(), commit);
    Attempts attempts = new Attempts(settings.backoff(), "url=" + uri);
    while (true) {
      try {
        HttpResponse<byte[]> response = client.get(uri, RepoList.MOST_BYTES);
        return response.statusCode() == 200 ? RepoList.read(response.body()) : null;
      } catch (IOException e) {
        attempts.failed(e);
      }
    }
  }

  /** The error for an answer that is none. */
  TenonException refusal(HttpResponse<?> response) {
    return Refusals.of(response, model, settings);
  }

  private static HttpResponse<Void> ask(HubClient client, URI uri, Backoff backoff)
      throws InterruptedException {
    Attempts attempts = new Attempts(backoff, "url=" + uri);
    while (true) {
      try {
        return client.head(uri);
      } catch (IOException e) {
        attempts.failed(e);
      }
    }
  }

  private static boolean isFound(HttpResponse<?> response) {
    return response.statusCode() < 400;
  }

  private RemoteFile describe(String name, HttpResponse<?> response) {
    HttpHeaders headers = response.headers();
    String etag =
        headers.firstValue("X-Linked-Etag").or(() -> headers.firstValue("ETag")).orElse("");
    ContentHash hash = ContentHash.ofEtag(etag);
    if (hash == null) {
      throw bad("The hub gives no hash to check a file by", name, "etag", etag);
    }
    // A redirect's own length says nothing of the file.
    String length = response.statusCode() < 300 ? "Content-Length" : "X-Linked-Size";
    String size =
        headers.firstValue("X-Linked-Size").or(() -> headers.firstValue(length)).orElse("");
    if (!size.matches("\\d{1,18}")) {
      throw bad("The hub gives no size of a file", name, "size", size);
    }
    return new RemoteFile(name, Long.parseLong(size), hash);
  }

  private TenonException bad(String sentence, String name, String key, String value) {
    return new TenonException(
        "%s: model=%s, file=%s, %s=%s"
            .formatted(sentence, model, Facts.quote(name), key, Facts.quote(value)));
  }
}
