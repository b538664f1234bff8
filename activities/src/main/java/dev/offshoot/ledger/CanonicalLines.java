package dev.offshoot.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SequenceAdvance;
import dev.offshoot.domain.TableName;
import dev.offshoot.sql.DroppedContents;
import dev.offshoot.sql.FilledColumn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The canonical form of a change set: one JSON array a line, each telling what it is. The digest is
 * over these bytes, so this form never changes; another one would need another {@link #HEADER}.
 *
 * <p>What a merge does not apply is left out: who made it, and how many rows a table had.
 */
final class CanonicalLines {
  static final String HEADER = "[\"offshoot change set\",1]\n";

  private static final JsonFactory JSON = new JsonFactory();

  private CanonicalLines() {}

  static byte[] table(ChangedTable table) {
    return line(
        json -> {
          json.writeString("table");
          name(json, table.table());
          @Nullable TableName baseName = table.baseName();
          if (baseName == null) {
            json.writeNull();
            json.writeNull();
          } else {
            name(json, baseName);
          }
          json.writeStartArray();
          for (ColumnShape column : table.columns()) {
            json.writeString(column.name());
            json.writeString(column.type());
          }
          json.writeEndArray();
          json.writeStartArray();
          for (int index : table.keyColumns()) {
            json.writeNumber(index);
          }
          json.writeEndArray();
          deltas(json, table.columns());
        });
  }

  /** Nothing where there are none, as in most change sets. */
  private static void deltas(JsonGenerator json, List<ColumnShape> columns) throws IOException {
    if (columns.stream().anyMatch(ColumnShape::delta)) {
      json.writeStartArray();
      for (int i = 0; i < columns.size(); i++) {
        if (columns.get(i).delta()) {
          json.writeNumber(i);
        }
      }
      json.writeEndArray();
    }
  }

  static byte[] row(RowChange change) {
    return line(
        json -> {
          json.writeString(
              switch (change.kind()) {
                case INSERT -> "I";
                case UPDATE -> "U";
                case DELETE -> "D";
              });
          image(json, change.before());
          image(json, change.after());
          json.writeNumber(change.count());
        });
  }

  static byte[] statement(ReplayStatement statement) {
    return statement("statement", statement);
  }

  private static byte[] statement(String what, ReplayStatement statement) {
    return line(
        json -> {
          json.writeString(what);
          json.writeNumber(statement.index());
          json.writeString(statement.sql());
          json.writeString(statement.searchPath());
          json.writeString(statement.phase().name());
        });
  }

  static byte[] object(SchemaChange change) {
    return line(
        json -> {
          json.writeString("object");
          json.writeString(change.kind().name());
          json.writeString(change.objectType());
          json.writeString(change.identity());
          text(json, change.before());
          text(json, change.after());
        });
  }

  static byte[] rewritten(TableName table) {
    return line(
        json -> {
          json.writeString("rewritten");
          name(json, table);
        });
  }

  static byte[] sequence(SequenceAdvance advance) {
    return line(
        json -> {
          json.writeString("sequence");
          name(json, advance.sequence());
          json.writeNumber(advance.baseValue());
          json.writeNumber(advance.branchValue());
        });
  }

  /** Nothing for what is no revert and is reverted by its rows alone. */
  static List<byte[]> undoing(Undoing undoing) {
    List<byte[]> lines = new ArrayList<>();
    ExperimentId of = undoing.of();
    if (of != null) {
      lines.add(
          line(
              json -> {
                json.writeString("reverts");
                json.writeString(of.value());
              }));
    }
    for (ReplayStatement statement : undoing.script()) {
      lines.add(statement("revert statement", statement));
    }
    String obstacle = undoing.obstacle();
    if (obstacle != null) {
      lines.add(
          line(
              json -> {
                json.writeString("not revertible");
                json.writeString(obstacle);
              }));
    }
    return lines;
  }

  /** What the script makes of it has a line of its own, if that is foreseen. */
  static List<byte[]> dropped(DroppedContents contents) {
    List<byte[]> lines = new ArrayList<>();
    lines.add(held(contents));
    if (contents.late() || contents.becomes() != null) {
      lines.add(
          line(
              json -> {
                json.writeString(contents.late() ? "late becomes" : "becomes");
                text(json, contents.becomes());
              }));
    }
    return lines;
  }

  static byte[] filled(FilledColumn filled) {
    return line(
        json -> {
          json.writeString(filled.late() ? "late filled" : "filled");
          name(json, filled.table());
          json.writeString(filled.column());
          text(json, filled.value());
        });
  }

  private static byte[] held(DroppedContents contents) {
    return line(
        json -> {
          json.writeString(contents.converted() ? "converted" : "dropped");
          name(json, contents.table());
          text(json, contents.column());
          texts(json, contents.key());
          texts(json, contents.values());
          text(json, contents.usual());
          json.writeNumber(contents.rows());
          json.writeString(contents.hash());
        });
  }

  /** The rows of a chunk, as {@link #row} wrote them. */
  static List<RowChange> rows(byte[] lines) {
    List<RowChange> rows = new ArrayList<>();
    try (JsonParser json = JSON.createParser(lines)) {
      while (json.nextToken() == JsonToken.START_ARRAY) {
        String kind = json.nextTextValue();
        List<@Nullable String> before = image(json);
        List<@Nullable String> after = image(json);
        int count = json.nextIntValue(1);
        json.nextToken();
        rows.add(
            new RowChange(
                switch (kind) {
                  case "I" -> RowChange.Kind.INSERT;
                  case "U" -> RowChange.Kind.UPDATE;
                  case "D" -> RowChange.Kind.DELETE;
                  default -> throw new IllegalStateException("a row of an unknown kind");
                },
                before,
                after,
                count));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  @FunctionalInterface
  private interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  private static byte[] line(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartArray();
      content.write(json);
      json.writeEndArray();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void name(JsonGenerator json, TableName table) throws IOException {
    json.writeString(table.schema());
    json.writeString(table.name());
  }

  private static void text(JsonGenerator json, @Nullable String text) throws IOException {
    if (text == null) {
      json.writeNull();
    } else {
      json.writeString(text);
    }
  }

  private static void texts(JsonGenerator json, List<String> texts) throws IOException {
    json.writeStartArray();
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private static void image(JsonGenerator json, @Nullable List<@Nullable String> image)
      throws IOException {
    if (image == null) {
      json.writeNull();
      return;
    }
    json.writeStartArray();
    for (@Nullable String value : image) {
      text(json, value);
    }
    json.writeEndArray();
  }

  private static @Nullable List<@Nullable String> image(JsonParser json) throws IOException {
    if (json.nextToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    List<@Nullable String> image = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      image.add(json.currentToken() == JsonToken.VALUE_NULL ? null : json.getText());
    }
    return image;
  }
}
