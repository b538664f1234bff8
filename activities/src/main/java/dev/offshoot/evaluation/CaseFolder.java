package dev.offshoot.evaluation;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.ShownText;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a folder of labelled cases: YAML files, and the SQL that fills their parents. */
public final class CaseFolder {
  private static final YAMLFactory YAML = new YAMLFactory();
  private static final ObjectReader READER =
      OffshootJson.mapper()
          .readerFor(CaseFile.class)
          .with(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final int MOST_SHOWN = 1_000;

  private CaseFolder() {}

  /**
   * The sets of a folder, by file name.
   *
   * @throws OffshootException {@code BAD_SPEC} if there are none, or with everything that is wrong
   *     with them
   */
  public static List<CaseSet> read(Path folder) {
    List<CaseSet> sets = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Path file : files(folder)) {
      try {
        sets.add(set(file));
      } catch (OffshootException e) {
        e.failure().message().lines().forEach(line -> problems.add(file + ": " + line));
      }
    }
    if (!problems.isEmpty()) {
      throw new OffshootException(ErrorCode.BAD_SPEC, String.join("\n", problems));
    }
    return List.copyOf(sets);
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new OffshootException(ErrorCode.BAD_SPEC, "there is no folder " + folder);
    }
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files =
          entries
              .filter(file -> file.getFileName().toString().endsWith(".yaml"))
              .sorted()
              .collect(Collectors.toList());
    } catch (IOException e) {
      throw new OffshootException(ErrorCode.BAD_SPEC, folder + " cannot be read", e);
    }
    if (files.isEmpty()) {
      throw new OffshootException(
          ErrorCode.BAD_SPEC,
          folder + " has no file *.yaml; docs/judge.md says how cases are written");
    }
    return files;
  }

  private static CaseSet set(Path file) {
    CaseFile written = parse(text(file));
    @Nullable String setup = written.setup();
    if (setup == null || setup.isBlank()) {
      throw new OffshootException(
          ErrorCode.BAD_SPEC, "setup is missing; name a file beside it that fills the parent");
    }
    @Nullable String superuserSetup = written.superuserSetup();
    return written.read(
        file.getFileName().toString().replaceFirst("\\.yaml$", ""),
        text(beside(file, setup)),
        superuserSetup == null ? null : text(beside(file, superuserSetup)));
  }

  private static Path beside(Path file, String name) {
    Path beside = file.resolveSibling(name).normalize();
    if (!String.valueOf(beside.getParent()).equals(String.valueOf(file.normalize().getParent()))) {
      throw new OffshootException(
          ErrorCode.BAD_SPEC,
          "%s must be a file of the same folder".formatted(ShownText.oneLine(name, 60)));
    }
    return beside;
  }

  private static CaseFile parse(String text) {
    try (JsonParser parser = YAML.createParser(text)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      @Nullable CaseFile file = READER.readValue(parser);
      if (file == null) {
        throw new OffshootException(ErrorCode.BAD_SPEC, "it is empty");
      }
      return file;
    } catch (UnrecognizedPropertyException e) {
      throw wrong(
          e,
          "there is no field '%s'; known are %s"
              .formatted(ShownText.oneLine(e.getPropertyName(), 60), e.getKnownPropertyIds()));
    } catch (JsonProcessingException e) {
      throw wrong(e, String.valueOf(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new OffshootException(ErrorCode.BAD_SPEC, "it cannot be read", e);
    }
  }

  private static OffshootException wrong(JsonProcessingException e, String what) {
    String where =
        e.getLocation() == null ? "" : "line %d: ".formatted(e.getLocation().getLineNr());
    // What follows on other lines is an excerpt of the file.
    String said = what.lines().findFirst().orElse("");
    return new OffshootException(
        ErrorCode.BAD_SPEC, where + ShownText.oneLine(said, MOST_SHOWN), e);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new OffshootException(ErrorCode.BAD_SPEC, file + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new OffshootException(ErrorCode.BAD_SPEC, file + " is not there or not readable", e);
    }
  }
}
