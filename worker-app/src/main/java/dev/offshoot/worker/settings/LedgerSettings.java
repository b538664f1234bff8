package dev.offshoot.worker.settings;

import static java.util.Objects.requireNonNullElse;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Offshoot's own database. Its tables are made and migrated at start.
 *
 * @param url JDBC address without credentials
 * @param username role that owns the database
 * @param password its password
 * @param passwordFile file that holds the password
 * @param maxConnections connections that the pool may hold
 * @param auditKeptFor how long audit records are kept; for ever if absent
 */
public record LedgerSettings(
    @Nullable String url,
    @Nullable String username,
    @Nullable Secret password,
    @Nullable Path passwordFile,
    @DefaultValue("10") int maxConnections,
    @Nullable Duration auditKeptFor) {

  void check(String prefix, Problems problems) {
    JdbcUrl.check(prefix + ".url", url, prefix, problems);
    problems.require(
        prefix + ".username", username, "Set it to the role that owns the ledger's database.");
    PasswordSource.check(prefix, "password", password, passwordFile, true, problems);
    problems.atLeast(prefix + ".max-connections", maxConnections, 2);
    if (auditKeptFor != null) {
      problems.positive(prefix + ".audit-kept-for", auditKeptFor);
    }
  }

  /** The password, wherever it is configured. */
  public String revealPassword() {
    return requireNonNullElse(
        PasswordSource.read(WorkerSettings.PREFIX + ".ledger.password", password, passwordFile),
        "");
  }
}
