package dev.tenon.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * The page without its data. Its policy names the hashes of its own style and script and forbids
 * everything else, so that nothing can be loaded and no text of a checkpoint can run.
 *
 * @param beforeData all that precedes the data
 * @param afterData all that follows it
 */
record Template(String beforeData, String afterData) {
  private static final String DATA = "@DATA@";

  /** In the order they are joined: a script may use those before it. */
  private static final List<String> SCRIPTS =
      List.of(
          "dom.js",
          "units.js",
          "data.js",
          "fold.js",
          "theme.js",
          "notices.js",
          "summary.js",
          "drawing.js",
          "timeline.js",
          "table.js",
          "tensors.js",
          "squarify.js",
          "modules.js",
          "treemap.js",
          "page.js");

  /** Puts the page together from the resources. */
  static Template read() {
    String style = resource("page.css");
    StringBuilder joined = new StringBuilder("'use strict';\n(() => {\n");
    SCRIPTS.forEach(script -> joined.append(resource(script)));
    String script = joined.append("})();\n").toString();
    String page =
        resource("page.html")
            .replace("@STYLE_HASH@", hash(style))
            .replace("@SCRIPT_HASH@", hash(script))
            .replace("@STYLE@", style)
            .replace("@SCRIPT@", script);
    int data = page.indexOf(DATA);
    return new Template(page.substring(0, data), page.substring(data + DATA.length()));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Template.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read a resource of the jar: name=" + name, e);
    }
  }
}
