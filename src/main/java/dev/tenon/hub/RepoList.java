package dev.tenon.hub;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a hub says of a model at a commit, for the paths of its files. */
final class RepoList {
  /** Bytes of an answer; a hundred a file. */
  static final int MOST_BYTES = 32 << 20;

  static final int MOST_FILES = 100_000;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(100)
                  .maxDocumentLength(MOST_BYTES)
                  .build())
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private RepoList() {}

  /**
   * The paths, as the server has them: whoever makes a file of one judges it.
   *
   * @return null if the answer has no list, or one of more than {@link #MOST_FILES}
   */
  static @Nullable List<String> read(byte[] json) {
    try (JsonParser parser = FACTORY.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean siblings = parser.currentName().equals("siblings");
        if (parser.nextToken() == JsonToken.START_ARRAY && siblings) {
          return paths(parser);
        }
        parser.skipChildren();
      }
      return null;
    } catch (IOException e) {
      return null; // A page of a mirror's, for instance.
    }
  }

  private static @Nullable List<String> paths(JsonParser parser) throws IOException {
    List<String> paths = new ArrayList<>();
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean path = parser.currentName().equals("rfilename");
        if (parser.nextToken() == JsonToken.VALUE_STRING && path) {
          paths.add(parser.getText());
        }
        parser.skipChildren();
      }
      if (paths.size() > MOST_FILES) {
        return null;
      }
    }
    return parser.currentToken() == JsonToken.END_ARRAY ? paths : null;
  }
}
