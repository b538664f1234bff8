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
 * @param late whether it is about statements that wait for the changed rows, so that it is looked
 *     at once these are in place, under the names of that time
 * @param becomes what the script makes of it where nobody wrote, as {@link Figures#shown} tells;
 *     absent if it drops it
 */
public record DroppedContents(
    TableName table,
    @Nullable String column,
    boolean converted,
    List<String> key,
    List<String> values,
    @Nullable String usual,
    long rows,
    String hash,
    boolean late,
    @Nullable String becomes) {

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
  public record Figures(long standing, long rows, String hash) {

    /** Rows and hash in one. */
    public String shown() {
      return rows + " " + hash;
    }
  }

  private static DroppedContents asked(
      TableName table,
      @Nullable String column,
      boolean converted,
      List<String> key,
      List<String> values,
      @Nullable String usual) {
    return new DroppedContents(table, column, converted, key, values, usual, 0, "", false, null);
  }

  /** A whole table; what is in it is to be asked. */
  public static DroppedContents ofTable(TableName table, List<String> columns) {
    return asked(table, null, false, List.of(), columns, null);
  }

  /** A column; what is in it is to be asked. */
  public static DroppedContents ofColumn(
      TableName table, String column, List<String> key, @Nullable String usual) {
    return asked(table, column, false, key, List.of(column), usual);
  }

  /** The same column where it does not go but gets another type. */
  public DroppedContents beingConverted() {
    return new DroppedContents(table, column, true, key, values, usual, rows, hash, late, becomes);
  }

  /** A table whose rows the script writes anew, in columns that keep their types. */
  public static DroppedContents ofRewritten(TableName table, List<String> columns) {
    return asked(table, null, true, List.of(), columns, null);
  }

  /**
   * For asking what the script has made of it.
   *
   * @param standing those of {@link #compared} that still stand
   * @param usualNow what a row that says nothing of the column has there now; absent for null
   */
  public DroppedContents afterwards(List<String> standing, @Nullable String usualNow) {
    if (column == null) {
      return ofRewritten(table, standing);
    }
    List<String> others = standing.stream().filter(name -> !name.equals(column)).toList();
    return ofColumn(table, column, others, usualNow);
  }

  /** Whether it is a table that stays, with rows that the script has written. */
  public boolean rewritten() {
    return converted && column == null;
  }

  /** The same of some of its columns, for looking. */
  public DroppedContents only(List<String> columns) {
    return new DroppedContents(
        table, column, converted, key, columns, usual, rows, hash, late, becomes);
  }

  /** Every value of the same column but nulls, whatever row it is in. */
  public DroppedContents bareValues() {
    return asked(table, column, converted, List.of(), values, null);
  }

  /** Whether exactly this was found. */
  public boolean isHeld(Figures found) {
    return found.rows() == rows && found.hash().equals(hash);
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
        table, column, converted, key, values, usual, found.rows(), found.hash(), late, becomes);
  }

  /** The same with what the script made of it. */
  public DroppedContents becoming(Figures after) {
    return new DroppedContents(
        table, column, converted, key, values, usual, rows, hash, late, after.shown());
  }

  /** The same where the statements concerned wait for the changed rows. */
  public DroppedContents lateOnes() {
    return new DroppedContents(
        table, column, converted, key, values, usual, rows, hash, true, becomes);
  }

  /** Whether somebody may have written what was found since: it is there and another. */
  public boolean isWritten(Figures found) {
    return found.standing() > 0 && !isHeld(found);
  }
}
