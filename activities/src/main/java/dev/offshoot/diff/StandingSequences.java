package dev.offshoot.diff;

import dev.offshoot.sql.SequenceStands;
import dev.offshoot.sql.SequenceStands.Stand;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The base's sequences while statements are rehearsed. What these draw from them is taken back with
 * the transaction. None may set one that stood: on the parent that would not be undone with the
 * merge, and would hand out values twice, as the parent's users have drawn others since. So the
 * right that {@code setval} needs, and drawing does not, is withheld.
 */
final class StandingSequences {
  /** Replaces each sequence's storage, so that a rollback takes back the numbers drawn since. */
  private static final String KEEP =
      """
      SELECT pg_catalog.format('ALTER SEQUENCE %I.%I INCREMENT BY %s',
        n.nspname, c.relname, s.seqincrement)
      FROM pg_catalog.pg_sequence s
      JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'offshoot'
        AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
      ORDER BY c.oid
      """;

  private static final String SETTABLE =
      """
      SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'offshoot'
        AND pg_catalog.pg_get_userbyid(c.relowner) = ?
        AND CASE WHEN c.relkind = 'S'
          THEN pg_catalog.has_sequence_privilege(?, c.oid, 'UPDATE') END
      """;

  /** A script that has taken the other rights from the owner has taken this one too. */
  private static final String CHANGE =
      """
      SELECT pg_catalog.format('%s UPDATE ON SEQUENCE %I.%I %s %I', ?::text,
        n.nspname, c.relname, ?::text, ?::text)
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = ANY (?)
        AND CASE WHEN c.relkind = 'S'
          THEN pg_catalog.has_sequence_privilege(?, c.oid, 'USAGE') END
      """;

  private final Connection base;
  private final String role;
  private final List<Long> withheld = new ArrayList<>();
  private @Nullable SequenceStands before;

  /**
   * @param role the experiment's role, which owns them
   */
  StandingSequences(Connection base, String role) {
    this.base = base;
    this.role = role;
  }

  /** Before anything is rehearsed, under names that mean the server's own. */
  void begin() throws SQLException {
    List<String> alterations = Sql.list(base, KEEP, row -> row.getString(1));
    if (!alterations.isEmpty()) {
      Sql.execute(base, String.join(";\n", alterations));
    }
    before = SequenceStands.read(base);
  }

  /** Before statements of one phase. */
  void withhold() throws SQLException {
    withheld.addAll(Sql.list(base, SETTABLE, row -> row.getLong(1), role, role));
    change("REVOKE", "FROM");
  }

  /**
   * After them.
   *
   * @throws dev.offshoot.domain.OffshootException {@code NOT_CARRIED} naming those that were set
   *     back by other means than {@code setval}
   */
  void giveBack() throws SQLException {
    change("GRANT", "TO");
    withheld.clear();
    List<Stand> behind = before == null ? List.of() : SequenceStands.read(base).behind(before);
    if (!behind.isEmpty()) {
      throw NotCarried.because(
          "a statement that changes the schema sets sequence %s back, which would hand out values twice on the parent; leave RESTART out"
              .formatted(
                  NotCarried.show(
                      behind.stream()
                          .map(stand -> stand.sequence().toString())
                          .sorted()
                          .collect(Collectors.toList()))));
    }
  }

  private void change(String what, String preposition) throws SQLException {
    if (withheld.isEmpty()) {
      return;
    }
    List<String> changes =
        Sql.list(
            base,
            CHANGE,
            row -> row.getString(1),
            what,
            preposition,
            role,
            base.createArrayOf("oid", withheld.toArray()),
            role);
    if (!changes.isEmpty()) {
      Sql.execute(base, String.join(";\n", changes));
    }
  }
}
