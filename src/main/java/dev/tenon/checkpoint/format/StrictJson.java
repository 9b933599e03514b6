package dev.tenon.checkpoint.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.tenon.TenonException;
import dev.tenon.file.JsonReason;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON as strict as the safetensors format has it: valid UTF-8 without a byte order mark, no
 * duplicate names, no lone surrogates, no number a float64 cannot hold, nesting up to 127.
 *
 * <p>Bytes are decoded by the JDK, not by Jackson, which would guess at UTF-16 and let overlong
 * forms pass. Names are not interned: a header has a million different ones. Who reads an object
 * sees to its duplicates, since a set for each of a million small objects would cost half the time.
 */
public final class StrictJson implements AutoCloseable {
  /** What {@code serde_json} allows with its limit of 128. */
  private static final int DEEPEST = 127;

  /** No whole number of this many digits passes the largest float64. */
  private static final int SAFE_DIGITS = 308;

  /** A whole number of fewer digits fits a long. */
  private static final int SHORT_DIGITS = 19;

  /** In characters: the reference's own names have fewer than two hundred. */
  private static final int LONGEST_NAME = 1 << 20;

  /** In characters: a picture of the model in the metadata takes a few million. */
  private static final int LONGEST_TEXT = 1 << 24;

  /** In digits; more are no number anyone wrote. */
  private static final int LONGEST_NUMBER = 1 << 16;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNameLength(LONGEST_NAME)
                  .maxStringLength(LONGEST_TEXT)
                  .maxNumberLength(LONGEST_NUMBER)
                  .build())
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private final JsonParser parser;

  private StrictJson(JsonParser parser) {
    this.parser = parser;
  }

  public static StrictJson over(InputStream in) throws IOException {
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    return new StrictJson(FACTORY.createParser(new InputStreamReader(in, decoder)));
  }

  /** The next token; the end of the input is an error. */
  public JsonToken next() throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw new JsonParseException(parser, "Unexpected end of the document");
    }
    return token;
  }

  /** The next name of the object, or null at its end. */
  @Nullable
  public String nextName() throws IOException {
    return next() == JsonToken.END_OBJECT ? null : checked(parser.currentName());
  }

  /** The next name of the object, or null at its end; a name in {@code seen} is refused. */
  @Nullable
  public String nextName(Set<String> seen) throws IOException {
    String name = nextName();
    requireNew(name == null || seen.add(name));
    return name;
  }

  /** Refuses the current name if it is not its object's first of the kind. */
  public void requireNew(boolean isNew) throws IOException {
    if (!isNew) {
      throw new JsonParseException(parser, "Duplicate name '" + parser.currentName() + "'");
    }
  }

  /** The text of the current scalar. */
  public String text() throws IOException {
    return checked(parser.getText());
  }

  /** The current whole number as an unsigned 64-bit one. */
  public long unsigned() throws IOException {
    char[] chars = parser.getTextCharacters();
    int start = parser.getTextOffset();
    int length = parser.getTextLength();
    if (length < SHORT_DIGITS && chars[start] != '-') {
      long value = 0;
      for (int i = start; i < start + length; i++) {
        value = 10 * value + chars[i] - '0';
      }
      return value;
    }
    try {
      return Long.parseUnsignedLong(parser.getText());
    } catch (NumberFormatException e) {
      throw new JsonParseException(parser, "A number is negative or past 2^64 - 1");
    }
  }

  /** Goes to the end of the current value, checking what it passes. */
  public void skipValue() throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Set<String> seen = new HashSet<>();
      while (nextName(seen) != null) {
        next();
        skipValue();
      }
    } else if (token == JsonToken.START_ARRAY) {
      while (next() != JsonToken.END_ARRAY) {
        skipValue();
      }
    } else {
      checkScalar(token);
    }
  }

  /** Checks that nothing but white space is left. */
  public void end() throws IOException {
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

  /** The error for a file whose {@code what} is no JSON, or more of it than is taken. */
  public static TenonException fault(Path file, String what, JsonProcessingException fault) {
    String sentence =
        fault instanceof StreamConstraintsException
            ? "The " + what + " passes a limit"
            : "The " + what + " is not valid JSON";
    return Errors.bad(file, sentence, "reason", JsonReason.of(reason(fault.getOriginalMessage())));
  }

  /** What is wrong, without the parser's notes on where the source came from and its own names. */
  private static String reason(String message) {
    int note = message.indexOf(" (start marker");
    return (note < 0 ? message : message.substring(0, note))
        .replaceFirst(", from `StreamReadConstraints[^`]*`", "");
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
