package dev.offshoot.diff;

import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * By what code on a parent could write where no rollback of a merge takes it back: to another
 * server, another session, a file, a queue of requests.
 */
final class WaysOut {
  private static final int MOST = 20;

  /**
   * Extensions whose functions open sessions, send requests or start workers, foreign-data
   * wrappers, whose remote ends commit for themselves, and languages in which a function does what
   * the server's own user may. Extensions are known by name only, and this list is ours.
   */
  private static final String ALL =
      """
      SELECT format('extension %s', extname) FROM pg_extension
      WHERE extname IN ('adminpack', 'amqp', 'aws_lambda', 'aws_s3', 'azure_storage', 'dblink',
        'http', 'pg_background', 'pg_cron', 'pg_curl', 'pg_net', 'pgmemcache', 'plproxy')
      UNION
      SELECT format('foreign-data wrapper %s', fdwname) FROM pg_foreign_data_wrapper
      WHERE fdwhandler <> 0
      UNION
      SELECT format('language %s', lanname) FROM pg_language
      WHERE NOT lanpltrusted AND lanname NOT IN ('internal', 'c')
      ORDER BY 1
      LIMIT %d
      """;

  private WaysOut() {}

  /**
   * What there is; the session's search path must be the server's own.
   *
   * @param database a base, which has what the parent has
   */
  static List<String> in(Connection database) throws SQLException {
    return Sql.list(database, ALL.replace("%d", String.valueOf(MOST)), row -> row.getString(1));
  }
}
