package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The programs {@code pg_dump} and {@code pg_restore}, and how they are told where to connect:
 * never by their command line, which everybody on the machine can read.
 */
final class PostgresTools {
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
  private static final int SECONDS_TO_TELL_VERSION = 10;

  private final @Nullable Path folder;

  PostgresTools(@Nullable Path folder) {
    this.folder = folder;
  }

  /** A process to be started, with its output still where its caller puts it. */
  ProcessBuilder program(String name, List<String> arguments, ParentConfig where, String database) {
    ProcessBuilder builder = new ProcessBuilder();
    builder.command().add(path(name));
    builder.command().addAll(arguments);
    Map<String, String> environment = builder.environment();
    // Certificates may come from the worker's own environment; nothing else of it is meant for us.
    environment.keySet().removeIf(key -> key.startsWith("PG") && !key.startsWith("PGSSL"));
    environment.put("LC_ALL", "C");
    environment.put("PGUSER", where.username());
    environment.put("PGPASSWORD", where.password());
    environment.put("PGDATABASE", database);
    environment.put("PGAPPNAME", "offshoot refresh");
    environment.put("PGCONNECT_TIMEOUT", "10");
    address(where.url(), environment);
    return builder;
  }

  /**
   * The version that both programs have.
   *
   * @throws OffshootException {@code PARENT_UNSUITABLE} if there are none, or of two versions
   */
  int majorVersion() {
    int dump = majorVersion("pg_dump");
    int restore = majorVersion("pg_restore");
    if (dump != restore) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "source: pg_dump is of Postgres %d and pg_restore of %d; set source.pgBin to a folder that has both of one version"
              .formatted(dump, restore));
    }
    return dump;
  }

  private int majorVersion(String name) {
    try {
      Process process = new ProcessBuilder(path(name), "--version").start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readNBytes(200), StandardCharsets.UTF_8);
      Matcher version = VERSION.matcher(text);
      if (process.waitFor(SECONDS_TO_TELL_VERSION, TimeUnit.SECONDS) && version.find()) {
        return Integer.parseInt(version.group(1));
      }
      process.destroyForcibly();
    } catch (IOException e) {
      throw missing(name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OffshootException(ErrorCode.CANCELLED, "interrupted", e);
    }
    throw missing(name, null);
  }

  private OffshootException missing(String name, @Nullable IOException cause) {
    String message =
        "source: the worker has no %s %s; install Postgres' client programs there, or set source.pgBin to the folder that has them"
            .formatted(name, folder == null ? "on its PATH" : "in the configured folder");
    return cause == null
        ? new OffshootException(ErrorCode.PARENT_UNSUITABLE, message)
        : new OffshootException(ErrorCode.PARENT_UNSUITABLE, message, cause);
  }

  private String path(String name) {
    return folder == null ? name : folder.resolve(name).toString();
  }

  private static void address(String url, Map<String, String> environment) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    environment.put("PGHOST", String.join(",", source.getServerNames()));
    StringBuilder ports = new StringBuilder();
    for (int port : source.getPortNumbers()) {
      ports.append(ports.isEmpty() ? "" : ",").append(port == 0 ? 5432 : port);
    }
    environment.put("PGPORT", ports.toString());
    if (source.getSslMode() != null) {
      environment.put("PGSSLMODE", source.getSslMode());
    }
    if (source.getSslRootCert() != null) {
      environment.put("PGSSLROOTCERT", source.getSslRootCert());
    }
  }
}
