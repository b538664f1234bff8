package dev.offshoot.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class SessionSettingsTest {
  private static final String VALUES =
      """
      SELECT timestamptz '2026-03-01 12:00+02', interval '1 day 02:00', bytea 'a', 0.1::float8,
             1234.5::money
      """;

  @Test
  void values_printTheSame_whateverTheDatabaseIsSetTo() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      parent.execute(
          """
          ALTER DATABASE %1$s SET DateStyle = 'German';
          ALTER DATABASE %1$s SET IntervalStyle = 'iso_8601';
          ALTER DATABASE %1$s SET TimeZone = 'Asia/Tokyo';
          ALTER DATABASE %1$s SET bytea_output = 'escape';
          ALTER DATABASE %1$s SET extra_float_digits = -5;
          ALTER DATABASE %1$s SET statement_timeout = '10s';
          """
              .formatted(parent.database()));

      try (Connection connection = open(parent, parent.database());
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(VALUES)) {
        row.next();
        assertThat(row.getString(1)).isEqualTo("2026-03-01 10:00:00+00");
        assertThat(row.getString(2)).isEqualTo("1 day 02:00:00");
        assertThat(row.getString(3)).isEqualTo("\\x61");
        assertThat(row.getString(4)).isEqualTo("0.1");
        assertThat(row.getString(5)).isEqualTo("$1,234.50");
        String timeout = Sql.only(connection, "SHOW statement_timeout", r -> r.getString(1));
        assertThat(timeout).isEqualTo("0");
      }
    }
  }

  @Test
  void messagesOfTheDriver_holdNoRowValues() throws SQLException {
    try (TestParent parent = PostgresServer.parent("CREATE TABLE t (secret text PRIMARY KEY)");
        Connection connection = open(parent, parent.database());
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO t VALUES ('hush')");

      assertThatThrownBy(() -> statement.execute("INSERT INTO t VALUES ('hush')"))
          .hasMessageContaining("duplicate key")
          .hasMessageNotContaining("hush");
    }
  }

  @Test
  void wrongPassword_isAccessDenied_andNamesNeitherPasswordNorAddress() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      OffshootException refused =
          refusal(parent.config().url(), parent.config().username(), "guess", parent.database());

      assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_ACCESS_DENIED);
      assertThat(refused)
          .hasMessageContaining("parents.shop.username")
          .hasMessageNotContainingAny("guess", "127.0.0.1", "jdbc:");
    }
  }

  @Test
  void missingDatabase_isUnsuitable_andServerThatIsDown_isUnreachable() throws SQLException {
    try (TestParent parent = PostgresServer.parent("")) {
      String user = parent.config().username();
      String password = parent.config().password();

      assertThat(refusal(parent.config().url(), user, password, "nowhere").code())
          .isEqualTo(ErrorCode.PARENT_UNSUITABLE);
      assertThat(refusal("jdbc:postgresql://127.0.0.1:1/x", user, password, "x").code())
          .isEqualTo(ErrorCode.PARENT_UNREACHABLE);
    }
  }

  private static Connection open(TestParent parent, String database) throws SQLException {
    return SessionSettings.open(
        parent.config().url(), parent.config().username(), parent.config().password(), database);
  }

  private static OffshootException refusal(
      String url, String user, String password, String database) {
    try (Connection connection = SessionSettings.open(url, user, password, database)) {
      throw new AssertionError("got in: " + connection);
    } catch (SQLException e) {
      return SqlErrors.connecting(Place.parent("shop"), e);
    }
  }
}
