package dev.offshoot.experiment;

import dev.offshoot.domain.ShownText;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A cell of a result as text, elided before it is decoded: a value may have a gigabyte. */
final class CellText {
  private static final int MOST_CHARACTERS = 200;

  private CellText() {}

  /** The server's text of column {@code column}; null for SQL NULL. */
  static @Nullable String of(ResultSet row, int column) throws SQLException {
    byte[] bytes = row.getBytes(column);
    if (bytes == null) {
      return null;
    }
    if (bytes.length <= MOST_CHARACTERS) {
      return ShownText.elided(String.valueOf(row.getString(column)), MOST_CHARACTERS);
    }
    // The driver undoes the server's form of bytea; this is that form again.
    return row.getMetaData().getColumnType(column) == Types.BINARY ? hex(bytes) : text(bytes);
  }

  private static String hex(byte[] bytes) {
    int shown = Math.min(bytes.length, MOST_CHARACTERS / 2);
    String text = "\\x" + HexFormat.of().formatHex(bytes, 0, shown);
    return shown == bytes.length ? text : elided(text, 2 + 2L * bytes.length);
  }

  private static String text(byte[] utf8) {
    int end = 0;
    long characters = 0;
    for (int i = 0; i < utf8.length; i++) {
      if (!isContinuation(utf8[i])) {
        characters++;
        if (characters == MOST_CHARACTERS + 1) {
          end = i;
        }
      }
    }
    return characters <= MOST_CHARACTERS
        ? new String(utf8, StandardCharsets.UTF_8)
        : elided(new String(utf8, 0, end, StandardCharsets.UTF_8), characters);
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }

  private static String elided(String text, long characters) {
    return text + "…(" + characters + " characters)";
  }
}
