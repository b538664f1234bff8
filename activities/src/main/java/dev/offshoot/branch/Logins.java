package dev.offshoot.branch;

import dev.offshoot.branch.BranchProvider.Compared;
import dev.offshoot.client.FreshPassword;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.postgresql.util.PasswordUtil;

/**
 * Logs into base and branch with passwords that are made for one login, sent as SCRAM verifier and
 * forgotten by the server as soon as the session stands. None is ever stored.
 */
final class Logins {

  private static final String STATE =
      """
      SELECT r.rolcanlogin, coalesce(r.rolvaliduntil < now(), false) AS over
      FROM pg_roles AS r JOIN pg_database AS d ON d.datname = ?
      WHERE r.rolname = ?
      """;
  private final ParentConfig parent;

  Logins(ParentConfig parent) {
    this.parent = parent;
  }

  private record State(boolean canLogIn, boolean over) {}

  /**
   * Opens a session as the experiment's role and ends any earlier one of it, such as one that a
   * lost worker left behind.
   *
   * @param database the branch
   */
  Connection asExperiment(Connection maintenance, BranchRef ref, String database)
      throws SQLException {
    State state = state(maintenance, ref, ref.branchName(), database);
    if (!state.canLogIn()) {
      throw new OffshootException(
          ErrorCode.BRANCH_GONE,
          "branch '%s': its experiment has ended and nothing more may be written"
              .formatted(ref.branchName()));
    }
    Sessions.endOfRole(maintenance, ref.branchName());
    return open(maintenance, ref.branchName(), database, Place.branch(ref));
  }

  /**
   * Opens a session as the reader.
   *
   * @param database base or branch
   * @param place which of them it is
   */
  Connection asReader(Connection maintenance, BranchRef ref, String database, Place place)
      throws SQLException {
    state(maintenance, ref, ref.baseName(), database);
    Sessions.restoreMembership(maintenance, ref.branchName(), Identifiers.quote(ref.baseName()));
    return open(maintenance, ref.baseName(), database, place);
  }

  /** Opens sessions as the reader on base and branch, both with one password. */
  Compared asReaderOfBoth(Connection maintenance, BranchRef ref) throws SQLException {
    String role = ref.baseName();
    state(maintenance, ref, role, ref.branchName());
    state(maintenance, ref, role, ref.baseName());
    Sessions.restoreMembership(maintenance, ref.branchName(), Identifiers.quote(role));
    return opened(
        maintenance,
        role,
        List.of(ref.baseName(), ref.branchName()),
        password -> {
          Connection base = login(role, password, ref.baseName(), Place.base(ref));
          try {
            return new Compared(base, login(role, password, ref.branchName(), Place.branch(ref)));
          } catch (OffshootException e) {
            Compared.close(base, e);
            throw e;
          }
        });
  }

  /** Shuts a role's login and waits until its sessions are gone. */
  static void shut(Connection maintenance, String role) throws SQLException {
    Sql.execute(
        maintenance, "ALTER ROLE %s NOLOGIN PASSWORD NULL".formatted(Identifiers.quote(role)));
    Sessions.endOfRole(maintenance, role);
  }

  private interface Opening<T> {
    T with(String password) throws SQLException;
  }

  private Connection open(Connection maintenance, String role, String database, Place place)
      throws SQLException {
    return opened(
        maintenance, role, List.of(database), password -> login(role, password, database, place));
  }

  private Connection login(String role, String password, String database, Place place) {
    try {
      return SessionSettings.open(parent.url(), role, password, database);
    } catch (SQLException e) {
      throw SqlErrors.connecting(place, e);
    }
  }

  /** Gives the role a password for as long as {@code opening} takes. */
  private static <T> T opened(
      Connection maintenance, String role, List<String> databases, Opening<T> opening)
      throws SQLException {
    String lock = "offshoot login " + role;
    Maintenance.lock(maintenance, lock, Progress.NONE);
    try {
      String password = FreshPassword.make();
      String quoted = Identifiers.quote(role);
      // RESET: whoever was logged in as the role may have given it settings for its next login.
      String resets =
          databases.stream()
              .map(
                  database ->
                      "ALTER ROLE %s IN DATABASE %s RESET ALL; "
                          .formatted(quoted, Identifiers.quote(database)))
              .collect(Collectors.joining());
      Sql.execute(
          maintenance,
          "ALTER ROLE %1$s RESET ALL; %2$sALTER ROLE %1$s LOGIN PASSWORD '%3$s'"
              .formatted(quoted, resets, PasswordUtil.encodeScramSha256(password.toCharArray())));
      try {
        return opening.with(password);
      } finally {
        // Where the session itself is what failed, its error is to be told and not this one.
        if (!maintenance.isClosed()) {
          Sql.execute(maintenance, "ALTER ROLE %s PASSWORD NULL".formatted(quoted));
        }
      }
    } finally {
      if (!maintenance.isClosed()) {
        Maintenance.unlock(maintenance, lock);
      }
    }
  }

  private State state(Connection maintenance, BranchRef ref, String role, String database)
      throws SQLException {
    Optional<State> state =
        Sql.first(
            maintenance,
            STATE,
            row -> new State(row.getBoolean("rolcanlogin"), row.getBoolean("over")),
            database,
            role);
    if (state.isEmpty() || state.get().over()) {
      throw new OffshootException(
          ErrorCode.BRANCH_GONE,
          "branch '%s' %s"
              .formatted(
                  ref.branchName(),
                  state.isEmpty() ? "is not there any more" : "has reached the end of its lease"));
    }
    return state.get();
  }
}
