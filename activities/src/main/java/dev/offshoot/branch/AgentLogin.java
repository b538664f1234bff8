package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * The experiment's role in the hands of its agent: for a while it has a password of which we know
 * the verifier only. Its rights, its number of connections and its end are those that it has
 * anyway.
 */
final class AgentLogin {
  private static final String STATE =
      """
      SELECT rolcanlogin AND coalesce(rolvaliduntil > now(), true) AS may, rolconnlimit,
        coalesce(rolvaliduntil, 'infinity') AS until
      FROM pg_roles WHERE rolname = ?
      """;

  /** Of sessions at work, and of idle ones since when. */
  private static final String USE =
      """
      SELECT count(*) AS connections,
        coalesce(min(extract(epoch FROM clock_timestamp() - state_change))
          FILTER (WHERE state = 'idle'), 0)::bigint AS idle,
        count(*) FILTER (WHERE state <> 'idle') AS busy
      FROM pg_stat_activity WHERE usename = ?
      """;

  /** Ends sessions of the role that hold more than a share of the server's lock table. */
  private static final String GREEDY =
      """
      SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity AS a
      WHERE a.usename = ? AND (SELECT count(*) FROM pg_locks AS l WHERE l.pid = a.pid AND NOT l.fastpath)
        > (current_setting('max_locks_per_transaction')::int8
           * (current_setting('max_connections')::int8
              + current_setting('max_prepared_transactions')::int8)) / 2
      """;

  /**
   * Ends sessions of the role that read or write at their client's pace while somebody's {@code
   * DROP DATABASE} waits for them: between two messages of one statement (a {@code COPY} of which
   * nothing comes, a result that nobody fetches) a session does not answer, and the server lets no
   * database go until all have.
   */
  private static final String STALLING =
      """
      SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity AS a
      WHERE a.usename = ? AND a.state = 'active' AND a.wait_event_type = 'Client'
        AND EXISTS (
          SELECT FROM pg_stat_activity AS w
          WHERE w.wait_event = 'ProcSignalBarrier'
            AND w.query_start < clock_timestamp() - interval '1 second')
      """;

  private AgentLogin() {}

  /**
   * What the connections do.
   *
   * @param connections how many there are
   * @param quiet for how long none did anything; zero if one does now
   */
  record Use(long connections, Duration quiet) {}

  /**
   * A login that was opened.
   *
   * @param connections how many it may have
   * @param until end of the lease
   */
  record Opened(int connections, Instant until) {}

  private record State(boolean mayLogIn, Opened opened) {}

  /**
   * @param maintenance a session that may alter the role
   * @param database of the branch
   * @param verifier safe between single quotes
   */
  static Opened open(Connection maintenance, BranchRef ref, String database, String verifier)
      throws SQLException {
    String role = ref.branchName();
    Optional<State> state =
        Sql.first(
            maintenance,
            STATE,
            row ->
                new State(
                    row.getBoolean("may"),
                    new Opened(
                        row.getInt("rolconnlimit"),
                        row.getObject("until", OffsetDateTime.class)
                            .toInstant()
                            .minus(Roles.GRACE))),
            role);
    if (state.isEmpty() || !state.get().mayLogIn()) {
      throw new OffshootException(
          ErrorCode.BRANCH_GONE,
          "branch '%s' takes no connection any more: its experiment has ended".formatted(role));
    }
    Sql.execute(
        maintenance,
        "ALTER ROLE %1$s RESET ALL; ALTER ROLE %1$s IN DATABASE %2$s RESET ALL; ALTER ROLE %1$s PASSWORD '%3$s'"
            .formatted(Identifiers.quote(role), Identifiers.quote(database), verifier));
    return state.get().opened();
  }

  /** Takes the password away and ends all sessions; what the role left for later runs goes too. */
  static void close(Connection maintenance, BranchRef ref, String database) throws SQLException {
    String role = ref.branchName();
    if (Roles.exists(maintenance, role)) {
      Sql.execute(
          maintenance,
          "ALTER ROLE %1$s PASSWORD NULL; ALTER ROLE %1$s IN DATABASE template0 RESET ALL; ALTER ROLE %1$s RESET ALL"
              .formatted(Identifiers.quote(role)));
      if (DatabaseCopy.exists(maintenance, database)) {
        Sql.execute(
            maintenance,
            "ALTER ROLE %s IN DATABASE %s RESET ALL"
                .formatted(Identifiers.quote(role), Identifiers.quote(database)));
      }
      Sessions.endOfRole(maintenance, role);
    }
  }

  static Use use(Connection maintenance, BranchRef ref) throws SQLException {
    return Sql.only(
        maintenance,
        USE,
        row ->
            new Use(
                row.getLong("connections"),
                row.getLong("busy") > 0 ? Duration.ZERO : Duration.ofSeconds(row.getLong("idle"))),
        ref.branchName());
  }

  /** Ends sessions for which everybody who drops a database would have to wait. */
  static void endStalling(Connection maintenance, BranchRef ref) throws SQLException {
    var unused = Sql.only(maintenance, STALLING, row -> row.getLong(1), ref.branchName());
  }

  /** Ends sessions that hold too many locks. */
  static boolean endGreedy(Connection maintenance, BranchRef ref) throws SQLException {
    return Sql.only(maintenance, GREEDY, row -> row.getLong(1), ref.branchName()) > 0;
  }

  /**
   * Where that is.
   *
   * @param jdbcUrl by which agents reach the branch's server, but for the next
   * @param elsewhere {@code host:port} by which agents reach it; absent if that is the same
   * @param database of the branch
   */
  static ConnectAnswer address(
      String jdbcUrl, Optional<String> elsewhere, String database, BranchRef ref, Opened opened) {
    Properties parsed = Driver.parseURL(jdbcUrl, null);
    if (parsed == null) {
      throw new IllegalStateException("an address that is none");
    }
    String place =
        elsewhere.orElse(
            first(PGProperty.PG_HOST.getOrDefault(parsed))
                + ":"
                + first(PGProperty.PG_PORT.getOrDefault(parsed)));
    int colon = place.lastIndexOf(':');
    boolean encrypted =
        List.of("require", "verify-ca", "verify-full")
            .contains(String.valueOf(PGProperty.SSL_MODE.getOrDefault(parsed)));
    return new ConnectAnswer(
        place.substring(0, colon),
        Integer.parseInt(place.substring(colon + 1)),
        database,
        ref.branchName(),
        encrypted ? "require" : "prefer",
        opened.until(),
        opened.connections());
  }

  /** Of several servers the first. */
  private static String first(@Nullable String list) {
    return String.valueOf(list).split(",", 2)[0];
  }
}
