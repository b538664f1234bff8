package dev.offshoot.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.VariantsSpec;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads what a person wrote: a specification in YAML or JSON, or SQL. */
final class SpecFile {
  private static final String STANDARD_INPUT = "-";

  /** Enough for the largest specification that is accepted, and no trap for memory. */
  private static final int MOST_CHARACTERS = 4 * 1024 * 1024;

  private final Terminal terminal;

  SpecFile(Terminal terminal) {
    this.terminal = terminal;
  }

  /** A specification; JSON is YAML too. Unknown fields at the top are left for the validation. */
  ExperimentSpec specification(String file) {
    return parse(file, text("--spec", file));
  }

  /**
   * A group of variants, or one specification that is for all of them.
   *
   * @param variants what to make of the former
   * @param shared what to make of the latter
   */
  <T> T group(String file, Function<VariantsSpec, T> variants, Function<ExperimentSpec, T> shared) {
    String text = text("--spec", file);
    JsonNode tree = parse(file, text, JsonNode.class);
    return tree.has("variants")
        ? variants.apply(parse(file, text, VariantsSpec.class))
        : shared.apply(parse(file, text));
  }

  /** The same from text at hand; {@code file} is for messages. */
  static ExperimentSpec parse(String file, String text) {
    return parse(file, text, ExperimentSpec.class);
  }

  private static <T> T parse(String file, String text, Class<T> type) {
    if (text.isBlank()) {
      throw new CliException(
          ExitCode.USAGE, "--spec: %s is empty".formatted(file), "see docs/cli.md for an example");
    }
    JsonFactory form =
        text.stripLeading().startsWith("{")
            ? OffshootJson.mapper().getFactory()
            : new YAMLFactory();
    try (JsonParser parser = form.createParser(text)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      return OffshootJson.mapper()
          .readerFor(type)
          .with(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .readValue(parser);
    } catch (UnrecognizedPropertyException e) {
      throw wrong(
          file, path(e) + ": there is no such field; known are " + e.getKnownPropertyIds(), e);
    } catch (InvalidFormatException e) {
      throw wrong(file, path(e) + ": " + format(e), e);
    } catch (JsonMappingException e) {
      throw wrong(file, path(e) + ": " + e.getOriginalMessage(), e);
    } catch (JsonProcessingException e) {
      throw wrong(file, where(e) + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("text in memory cannot fail to be read", e);
    }
  }

  /** SQL from a file or, for {@code -}, from standard input. */
  String sql(String file) {
    return text("--sql", file);
  }

  private String text(String option, String file) {
    try {
      return file.equals(STANDARD_INPUT) ? all(terminal.in()) : ofFile(option, file);
    } catch (NoSuchFileException e) {
      throw new CliException(
          ExitCode.USAGE,
          "%s: there is no file '%s'".formatted(option, file),
          "name a file, or - for standard input",
          e);
    } catch (CharacterCodingException e) {
      throw new CliException(
          ExitCode.USAGE, "%s: %s is not UTF-8 text".formatted(option, file), "convert it", e);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE,
          "%s: %s cannot be read (%s)".formatted(option, file, e.getClass().getSimpleName()),
          "check that it is a file and that you may read it",
          e);
    }
  }

  private static String ofFile(String option, String file) throws IOException {
    Path path = Path.of(file);
    if (Files.size(path) > MOST_CHARACTERS) {
      throw tooLong(option, file);
    }
    return Files.readString(path, StandardCharsets.UTF_8);
  }

  private static String all(Reader reader) throws IOException {
    StringBuilder text = new StringBuilder();
    char[] buffer = new char[8192];
    for (int read = reader.read(buffer); read >= 0; read = reader.read(buffer)) {
      text.append(buffer, 0, read);
      if (text.length() > MOST_CHARACTERS) {
        throw tooLong("--sql", STANDARD_INPUT);
      }
    }
    return text.toString();
  }

  private static CliException tooLong(String option, String file) {
    return new CliException(
        ExitCode.USAGE,
        "%s: %s is too long for one experiment".formatted(option, file),
        "split the task, or load data in a statement that computes it");
  }

  private static String path(JsonMappingException e) {
    String path =
        e.getPath().stream()
            .map(
                step ->
                    step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
            .collect(Collectors.joining("."))
            .replace(".[", "[");
    return path.isEmpty() ? where(e).strip() : ShownText.oneLine(path, 80);
  }

  private static String format(InvalidFormatException e) {
    return e.getTargetType() != null && e.getTargetType().isEnum()
        ? "'%s' is not one of %s"
            .formatted(e.getValue(), Arrays.toString(e.getTargetType().getEnumConstants()))
        : String.valueOf(e.getOriginalMessage());
  }

  private static String where(JsonProcessingException e) {
    return e.getLocation() == null ? "" : "line %d: ".formatted(e.getLocation().getLineNr());
  }

  private static CliException wrong(String file, String what, Exception cause) {
    return new CliException(
        ExitCode.USAGE,
        "%s is not a specification\n%s".formatted(file, ShownText.lines(what, 1_000)),
        "docs/cli.md describes every field",
        cause);
  }
}
