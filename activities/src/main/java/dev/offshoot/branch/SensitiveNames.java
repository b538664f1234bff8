package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.policy.SensitiveName;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether what the configuration calls sensitive or masked is there. A name that nothing bears,
 * such as a misspelt one, would guard nothing, and nobody would notice.
 */
final class SensitiveNames {
  /** A view holds no rows, so that naming one would guard nothing either. */
  private static final String IS_THERE =
      """
      SELECT EXISTS (
        SELECT FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'f')
          AND (CAST(? AS boolean) OR EXISTS (
            SELECT FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attname = ? AND a.attnum > 0 AND NOT a.attisdropped)))
      """;

  private SensitiveNames() {}

  /**
   * What is wrong with them in {@code database}, the parent or a copy of it; nothing if each is
   * there.
   */
  static Optional<Fitness.Problem> problem(ParentConfig parent, Connection database)
      throws SQLException {
    List<SensitiveName> missing = new ArrayList<>();
    for (SensitiveName name : named(parent)) {
      boolean isThere =
          Sql.only(
              database,
              IS_THERE,
              row -> row.getBoolean(1),
              name.table().schema(),
              name.table().name(),
              name.column() == null,
              Objects.requireNonNullElse(name.column(), ""));
      if (!isThere) {
        missing.add(name);
      }
    }
    if (missing.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Fitness.Problem(
            "no table or column of it is called %s, so what is called sensitive or masked would not be guarded"
                .formatted(
                    missing.stream()
                        .map(SensitiveNames::whole)
                        .collect(Collectors.joining(" or "))),
            "correct parents.%1$s.sensitive or parents.%1$s.masked (names are written as in SQL, with their schema)"
                .formatted(parent.name())));
  }

  static List<SensitiveName> named(ParentConfig parent) {
    return Stream.concat(parent.hazards().sensitive().stream(), parent.masked().stream())
        .distinct()
        .toList();
  }

  /** With its schema, whichever that is. */
  private static String whole(SensitiveName name) {
    String table = name.table().schema() + "." + name.table().name();
    return name.column() == null ? table : table + "." + name.column();
  }

  /**
   * @throws OffshootException {@code PARENT_UNSUITABLE} with every name that is not there
   */
  static void require(ParentConfig parent, Connection database) throws SQLException {
    Optional<Fitness.Problem> problem = problem(parent, database);
    if (problem.isPresent()) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "%s: %s; %s".formatted(parent.place(), problem.get().finding(), problem.get().remedy()));
    }
  }
}
