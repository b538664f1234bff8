package dev.offshoot.branch;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a parent, on its own or another server, of which branches are made instead of the
 * parent itself. Holds a secret: never logged, never sent.
 *
 * @param url JDBC address without credentials
 * @param username role that owns the copy, may create databases and roles, and is no superuser
 * @param password its password
 * @param maintenanceDatabase database of the copy's server from which databases are created
 * @param onDrift what happens when the parent's schema has changed since
 * @param refreshEvery age at which the copy is made anew by itself; absent for never
 * @param pgBin folder of {@code pg_dump} and {@code pg_restore}; absent for those on the PATH
 */
public record SourceConfig(
    String url,
    String username,
    String password,
    String maintenanceDatabase,
    OnDrift onDrift,
    @Nullable Duration refreshEvery,
    @Nullable Path pgBin) {

  /** Without address and password. */
  @Override
  public String toString() {
    return "SourceConfig[]";
  }
}
