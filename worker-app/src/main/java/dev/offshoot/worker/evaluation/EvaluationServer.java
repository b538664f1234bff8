package dev.offshoot.worker.evaluation;

import dev.offshoot.branch.ParentConfig;
import dev.offshoot.client.FreshPassword;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.evaluation.EvaluationParents;
import dev.offshoot.ledger.ChangeSetStore;
import dev.offshoot.ledger.Ledger;
import dev.offshoot.sql.Identifiers;
import dev.offshoot.sql.Sql;
import dev.offshoot.worker.stack.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PasswordUtil;

/** A Postgres of its own for one evaluation, gone with it: parents and a ledger. */
final class EvaluationServer implements EvaluationParents, AutoCloseable {
  private static final int MOST_SHOWN = 500;

  private final EmbeddedPostgresServer server;
  private final AtomicInteger made = new AtomicInteger();

  private EvaluationServer(EmbeddedPostgresServer server) {
    this.server = server;
  }

  static EvaluationServer start() {
    return new EvaluationServer(EmbeddedPostgresServer.startTemporary());
  }

  /** Where change sets are frozen. */
  ChangeSetStore changeSets() {
    String password = FreshPassword.make();
    try {
      database("ledger", password, "LOGIN");
    } catch (SQLException e) {
      throw failed("the ledger's database", e);
    }
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(server.jdbcUrl("ledger"));
    database.setUser("ledger");
    database.setPassword(password);
    Ledger ledger = new Ledger(database);
    ledger.migrate();
    return ledger.changeSets();
  }

  @Override
  public ParentConfig make(String setup, @Nullable String superuserSetup) {
    String name = "parent" + made.incrementAndGet();
    String password = FreshPassword.make();
    try {
      database(name, password, "LOGIN CREATEDB CREATEROLE");
      try (Connection owner = DriverManager.getConnection(server.jdbcUrl(name), name, password)) {
        Sql.execute(owner, setup);
      }
      if (superuserSetup != null) {
        try (Connection superuser = superuser(name)) {
          Sql.execute(superuser, superuserSetup);
        }
      }
      return ParentConfig.of(name, server.jdbcUrl(name), name, password);
    } catch (SQLException e) {
      throw failed("a parent cannot be filled with its setup", e);
    }
  }

  /** A role and its database, both of the name. */
  private void database(String name, String password, String rights) throws SQLException {
    String quoted = Identifiers.quote(name);
    try (Connection superuser = superuser("postgres")) {
      Sql.execute(
          superuser,
          "CREATE ROLE %s %s PASSWORD '%s'"
              .formatted(quoted, rights, PasswordUtil.encodeScramSha256(password.toCharArray())));
      Sql.execute(superuser, "CREATE DATABASE %s OWNER %s".formatted(quoted, quoted));
      Sql.execute(superuser, "REVOKE ALL ON DATABASE %s FROM PUBLIC".formatted(quoted));
    }
  }

  private Connection superuser(String database) throws SQLException {
    return DriverManager.getConnection(
        server.jdbcUrl(database), server.superuser(), server.superuserPassword());
  }

  private static OffshootException failed(String what, SQLException e) {
    return new OffshootException(
        ErrorCode.SQL_ERROR,
        "%s: %s [%s]"
            .formatted(
                what,
                ShownText.oneLine(String.valueOf(e.getMessage()), MOST_SHOWN),
                e.getSQLState()),
        e);
  }

  @Override
  public void close() {
    server.close();
  }
}
