package dev.offshoot.sql;

import dev.offshoot.domain.TableName;
import dev.offshoot.sql.Sql.RowReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table or column that goes with everything in it, or is converted or rewritten, and what that
 * is: so many rows, and a hash over them that does not depend on their order. Where both are the
 * same, the same is held; which rows differ they do not tell.
 *
 * @param table the table's name at the branch point
 * @param column the column that goes; absent if it is about the whole table
 * @param converted whether nothing is dropped: the column stays with another type, or the table is
 *     rewritten, so that only what this does not keep goes
 * @param key columns that name a row of which a column goes; empty if nothing does, so that it
 *     holds a multiset of values
 * @param values columns that are lost: of a table all that are written, else the one
 * @param usual what a row that says nothing of the column has there, as text; absent for null. Such
 *     rows hold nothing in it
 * @param rows rows that hold something
 * @param hash over what they hold
 */
public record DroppedContents(
    TableName table,
    @Nullable String column,
    boolean converted,
    List<String> key,
    List<String> values,
    @Nullable String usual,
    long rows,
    String hash) {

  /** SHA-256 of each row, added up in two halves; equal rows count as often as they stand. */
  private static final String FIGURES =
      """
      SELECT count(*) AS standing, count(r.hash) AS rows,
        concat_ws(' ', sum(('x' || substr(r.hash, 1, 16))::bit(64)::bigint),
          sum(('x' || substr(r.hash, 17, 16))::bit(64)::bigint)) AS hash
      FROM (
        SELECT CASE WHEN %s THEN encode(sha256(
          convert_to(format('%%s', %s), getdatabaseencoding())), 'hex') END AS hash
        FROM %s AS t) AS r
      """;

  public DroppedContents {
    key = List.copyOf(key);
    values = List.copyOf(values);
  }

  /**
   * What a query found.
   *
   * @param standing rows of the table, whatever they hold
   * @param rows rows that hold something
   * @param hash over what they hold
   */
  public record Figures(long standing, long rows, String hash) {}

  /** A whole table; what is in it is to be asked. */
  public static DroppedContents ofTable(TableName table, List<String> columns) {
    return new DroppedContents(table, null, false, List.of(), columns, null, 0, "");
  }

  /** A column; what is in it is to be asked. */
  public static DroppedContents ofColumn(
      TableName table, String column, List<String> key, @Nullable String usual) {
    return new DroppedContents(table, column, false, key, List.of(column), usual, 0, "");
  }

  /** The same column where it does not go but gets another type. */
  public DroppedContents beingConverted() {
    return new DroppedContents(table, column, true, key, values, usual, rows, hash);
  }

  /** A table whose rows the script writes anew, in columns that keep their types. */
  public static DroppedContents ofRewritten(TableName table, List<String> columns) {
    return new DroppedContents(table, null, true, List.of(), columns, null, 0, "");
  }

  /** Whether it is a table that stays, with rows that the script has written. */
  public boolean rewritten() {
    return converted && column == null;
  }

  /** The same of some of its columns, for looking. */
  public DroppedContents only(List<String> columns) {
    return new DroppedContents(table, column, converted, key, columns, usual, rows, hash);
  }

  /** Every value of the same column but nulls, whatever row it is in. */
  public DroppedContents bareValues() {
    return new DroppedContents(table, column, converted, List.of(), values, null, 0, "");
  }

  /** Columns on which the figures depend. */
  public List<String> compared() {
    List<String> compared = new ArrayList<>(key);
    compared.addAll(values);
    return compared;
  }

  /**
   * Asks for the figures, aggregated by the server; to be read by {@link #FOUND} under {@code
   * search_path = pg_catalog, pg_temp}. Its one parameter is {@link #usual}, if there is that.
   *
   * @param rows the table's rows as FROM names them
   */
  public String question(String rows) {
    List<String> columns = compared().stream().map(name -> "t." + Identifiers.quote(name)).toList();
    String holds =
        column == null
            ? "true"
            : "%s IS DISTINCT FROM %s"
                .formatted(
                    PrintedValues.text(columns.get(columns.size() - 1)),
                    usual == null ? "NULL" : "?::text");
    return FIGURES.formatted(holds, PrintedValues.array(columns), rows);
  }

  /** Reads the one row that {@link #question} gives. */
  public static final RowReader<Figures> FOUND =
      row -> new Figures(row.getLong("standing"), row.getLong("rows"), row.getString("hash"));

  /** The same with what was found in it. */
  public DroppedContents holding(Figures found) {
    return new DroppedContents(
        table, column, converted, key, values, usual, found.rows(), found.hash());
  }

  /** Whether somebody may have written what was found since: it is there and another. */
  public boolean isWritten(Figures found) {
    return found.standing() > 0 && (found.rows() != rows || !found.hash().equals(hash));
  }
}
