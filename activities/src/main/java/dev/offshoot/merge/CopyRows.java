package dev.offshoot.merge;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;

/**
 * Rows in COPY's text format, after the Postgres manual, "COPY", "File Formats", sent in large
 * messages. Writes bytes itself because a change set has millions of values, nearly all of them
 * ASCII. For one thread.
 */
final class CopyRows {
  private static final int BYTES_PER_MESSAGE = 1 << 16;

  private final CopyIn copy;
  private byte[] bytes = new byte[BYTES_PER_MESSAGE + (1 << 12)];
  private int length;
  private boolean first = true;

  CopyRows(CopyIn copy) {
    this.copy = copy;
  }

  CopyRows field(@Nullable String value) {
    // Each character takes up to two bytes while it is ASCII; others make room for themselves.
    ensure(2 + 2 * (value == null ? 1 : value.length()));
    if (!first) {
      bytes[length++] = '\t';
    }
    first = false;
    if (value == null) {
      bytes[length++] = '\\';
      bytes[length++] = 'N';
    } else {
      escaped(value);
    }
    return this;
  }

  /** Ends a row, and sends what has come together if it is enough. */
  void end() throws SQLException {
    ensure(1);
    bytes[length++] = '\n';
    first = true;
    if (length >= BYTES_PER_MESSAGE) {
      send();
    }
  }

  /** Sends the rest. */
  void send() throws SQLException {
    copy.writeToCopy(bytes, 0, length);
    length = 0;
  }

  /** In local variables: this loop is a third of the worker's part of a large merge. */
  private void escaped(String value) {
    byte[] into = bytes;
    int at = length;
    int end = value.length();
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        length = at;
        encoded(value, i);
        return;
      }
      if (c == '\\' || c == '\t' || c == '\n' || c == '\r') {
        into[at++] = '\\';
        into[at++] = (byte) (c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c);
      } else {
        into[at++] = (byte) c;
      }
    }
    length = at;
  }

  private void escape(char letter) {
    bytes[length++] = '\\';
    bytes[length++] = (byte) letter;
  }

  /** The rest of a value that is not all ASCII; in UTF-8 no other character has an ASCII byte. */
  private void encoded(String value, int from) {
    byte[] rest = value.substring(from).getBytes(StandardCharsets.UTF_8);
    ensure(2 * rest.length);
    for (byte b : rest) {
      switch (b) {
        case '\\' -> escape('\\');
        case '\t' -> escape('t');
        case '\n' -> escape('n');
        case '\r' -> escape('r');
        default -> bytes[length++] = b;
      }
    }
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
