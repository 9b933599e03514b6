package dev.tenon.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * JSON as strict as the safetensors format has it: valid UTF-8 without a byte order mark, no
 * duplicate names, no lone surrogates, no number a float64 cannot hold, nesting up to 127.
 *
 * <p>Bytes are decoded by the JDK, not by Jackson, which would guess at UTF-16 and let overlong
 * forms pass. Names are not interned: a header has a million different ones.
 */
final class StrictJson implements AutoCloseable {
  /** What {@code serde_json} allows with its limit of 128. */
  private static final int DEEPEST = 127;

  /** No whole number of this many digits passes the largest float64. */
  private static final int SAFE_DIGITS = 308;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private final JsonParser parser;

  private StrictJson(JsonParser parser) {
    this.parser = parser;
  }

  static StrictJson over(InputStream in) throws IOException {
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    return new StrictJson(FACTORY.createParser(new InputStreamReader(in, decoder)));
  }

  /** The next token; the end of the input is an error. */
  JsonToken next() throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw new JsonParseException(parser, "Unexpected end of the document");
    }
    return token;
  }

  /** The next name of the object, or null at its end. */
  @Nullable String nextName() throws IOException {
    return next() == JsonToken.END_OBJECT ? null : checked(parser.currentName());
  }

  /** The text of the current scalar. */
  String text() throws IOException {
    return checked(parser.getText());
  }

  /** Goes to the end of the current value, checking what it passes. */
  void skipValue() throws IOException {
    int depth = 0;
    for (JsonToken token = parser.currentToken(); ; token = next()) {
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.FIELD_NAME) {
        checked(parser.currentName());
      } else {
        checkScalar(token);
      }
      if (depth == 0) {
        return;
      }
    }
  }

  /** Checks that nothing but white space is left. */
  void end() throws IOException {
    if (parser.nextToken() != null) {
      throw new JsonParseException(parser, "Something follows the document");
    }
  }

  private void checkScalar(JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_STRING) {
      checked(parser.getText());
    } else if (token == JsonToken.VALUE_NUMBER_FLOAT
        || token == JsonToken.VALUE_NUMBER_INT && parser.getTextLength() > SAFE_DIGITS) {
      if (Double.isInfinite(Double.parseDouble(parser.getText()))) {
        throw new JsonParseException(parser, "A number is out of range");
      }
    }
  }

  private String checked(String text) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          throw new JsonParseException(parser, "A string holds half a surrogate pair");
        }
        i++;
      }
    }
    return text;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
