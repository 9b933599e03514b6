package dev.tenon.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.cli.output.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/**
 * What one run of the command line gave.
 *
 * @param status the exit status
 * @param out all of stdout
 * @param err all of stderr
 */
public record Cli(int status, String out, String err) {
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** Runs a command in this JVM. */
  public static Cli run(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(new PrintStream(out, false, UTF_8), new PrintStream(err, false, UTF_8));
    int status = CommandRun.run(List.of(args).stream().map(Object::toString).toList(), console);
    console.out().flush();
    console.err().flush();
    return new Cli(status, out.toString(UTF_8), err.toString(UTF_8));
  }

  /** The one JSON document on stdout. */
  public JsonNode json() throws IOException {
    return STRICT.readTree(out);
  }
}
