package dev.offshoot.evaluation;

import dev.offshoot.PostgresServer;
import dev.offshoot.TestParent;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parents on the tests' server. */
final class TestParents implements EvaluationParents, AutoCloseable {
  private final List<TestParent> made = new ArrayList<>();

  @Override
  public ParentConfig make(String setup, @Nullable String superuserSetup) {
    try {
      TestParent parent = PostgresServer.parent(setup);
      made.add(parent);
      if (superuserSetup != null) {
        try (Connection superuser = parent.superuserConnection()) {
          Sql.execute(superuser, superuserSetup);
        }
      }
      return parent.config();
    } catch (SQLException e) {
      throw new OffshootException(ErrorCode.SQL_ERROR, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void close() throws SQLException {
    for (TestParent parent : made) {
      parent.close();
    }
  }
}
