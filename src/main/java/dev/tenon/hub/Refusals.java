package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.hub.http.Facts;
import dev.tenon.hub.http.Settings;
import dev.tenon.hub.http.Unavailable;
import java.net.http.HttpResponse;

/** Words a hub's refusals, which it gives as a status and, in a header, a reason. */
final class Refusals {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;

  private Refusals() {}

  /** Whether a file is what is not there, and not its model. */
  static boolean isAbsentFile(HttpResponse<?> response) {
    String code = code(response);
    return response.statusCode() == NOT_FOUND
        && (code.equals("EntryNotFound")
            || code.isEmpty() && response.headers().firstValue("X-Repo-Commit").isPresent());
  }

  /** The error for an answer that is none. */
  static TenonException of(HttpResponse<?> response, ModelName model, Settings settings) {
    int status = response.statusCode();
    String code = code(response);
    String facts = "model=%s, endpoint=%s".formatted(model, settings.endpoint().root());
    if (code.equals("RevisionNotFound")) {
      return new TenonException("The model has no such revision: " + facts);
    } else if (code.equals("GatedRepo") || status == FORBIDDEN) {
      return new Unavailable(
          "The model is gated, and access not granted: %s, status=%d; %s"
              .formatted(
                  facts,
                  status,
                  settings.token() == null
                      ? "set HF_TOKEN to a token of an account that has access"
                      : "ask for access at " + settings.endpoint().page(model.repo())));
    } else if (code.equals("RepoNotFound") || status == NOT_FOUND || status == UNAUTHORIZED) {
      // The hub tells nobody who may not read a model whether there is one.
      return new Unavailable(
          "The hub has no such model, or a private one: %s, status=%d; %s"
              .formatted(
                  facts,
                  status,
                  settings.token() == null
                      ? "a private one needs HF_TOKEN"
                      : "the token may not be valid for it"));
    }
    String said = response.headers().firstValue("X-Error-Message").orElse(code);
    return new Unavailable(
        "The hub refuses: %s, status=%d, reason=%s".formatted(facts, status, Facts.quote(said)));
  }

  private static String code(HttpResponse<?> response) {
    return response.headers().firstValue("X-Error-Code").orElse("");
  }
}
