package dev.offshoot.worker.settings;

import static java.util.Objects.requireNonNullElse;

import dev.offshoot.branch.OnDrift;
import dev.offshoot.branch.SourceConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The copy of a parent that branches are made of.
 *
 * @param url JDBC address without credentials
 * @param username role that owns the copy and may create databases and roles; no superuser
 * @param password its password
 * @param passwordFile file that holds the password
 * @param maintenanceDatabase database of the copy's server from which others are created
 * @param onDrift what happens when the parent's schema has changed since
 * @param refreshEvery age at which the copy is made anew by itself
 * @param pgBin folder of pg_dump and pg_restore
 */
public record SourceSettings(
    @Nullable String url,
    @Nullable String username,
    @Nullable Secret password,
    @Nullable Path passwordFile,
    @DefaultValue("postgres") String maintenanceDatabase,
    @DefaultValue("REFUSE") OnDrift onDrift,
    @Nullable Duration refreshEvery,
    @Nullable Path pgBin) {

  void check(String prefix, @Nullable String parentUrl, Problems problems) {
    JdbcUrl.check(prefix + ".url", url, prefix, problems);
    if (url != null && url.equals(parentUrl)) {
      problems.add(
          prefix + ".url",
          "it is the parent itself",
          "Name another database, or leave out %s.".formatted(prefix));
    }
    problems.require(
        prefix + ".username",
        username,
        "Set it to a role of the copy's server that has CREATEDB and CREATEROLE and is no superuser.");
    PasswordSource.check(prefix, "password", password, passwordFile, true, problems);
    problems.require(
        prefix + ".maintenance-database", maintenanceDatabase, "Leave it out for 'postgres'.");
    if (refreshEvery != null) {
      problems.positive(prefix + ".refresh-every", refreshEvery);
    }
    if (pgBin != null && !Files.isDirectory(pgBin)) {
      problems.add(
          prefix + ".pg-bin",
          pgBin + " is no folder",
          "Point it to the folder that holds pg_dump and pg_restore.");
    }
  }

  SourceConfig config(String parent) {
    String key = "%s.parents.%s.source.password".formatted(WorkerSettings.PREFIX, parent);
    return new SourceConfig(
        requireNonNullElse(url, ""),
        requireNonNullElse(username, ""),
        requireNonNullElse(PasswordSource.read(key, password, passwordFile), ""),
        maintenanceDatabase,
        onDrift,
        refreshEvery,
        pgBin);
  }
}
