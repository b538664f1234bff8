package dev.offshoot.branch;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What we write, as JSON, into the comment of every source copy that we make.
 *
 * @param offshootSource version of this form
 * @param parent name of the parent
 * @param refreshedAt as of when the copy shows the parent; absent while it is being made
 * @param reworded objects that a dump and its restoring alone make look different, each with the
 *     hash of both definitions: they are no drift while these stay
 */
record SourceMarker(
    int offshootSource,
    String parent,
    @Nullable Instant refreshedAt,
    Map<String, String> reworded) {

  /** By which owners who make the copy themselves note its age. */
  private static final String AS_OF = "as of ";

  private static final String COMMENT =
      "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = ?";
  private static final String WRITE = "SELECT format('COMMENT ON DATABASE %I IS %L', ?, ?)";

  static SourceMarker unfinished(String parent) {
    return new SourceMarker(1, parent, null, Map.of());
  }

  SourceMarker finished(Instant at, Map<String, String> rewordedObjects) {
    return new SourceMarker(offshootSource, parent, at, new TreeMap<>(rewordedObjects));
  }

  /** The comment of a database; empty if there is none or no such database. */
  static String commentOf(Connection maintenance, String database) throws SQLException {
    return Sql.first(maintenance, COMMENT, row -> Optional.ofNullable(row.getString(1)), database)
        .flatMap(comment -> comment)
        .orElse("");
  }

  void write(Connection maintenance, String database) throws SQLException {
    String json;
    try {
      json = OffshootJson.mapper().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a marker that is no JSON", e);
    }
    Sql.execute(maintenance, Sql.only(maintenance, WRITE, row -> row.getString(1), database, json));
  }

  /** The marker in a comment; empty for a comment of somebody else's. */
  @SuppressWarnings("ConstantValue") // a hand-edited comment may lack any field
  static Optional<SourceMarker> parse(String comment) {
    if (!comment.startsWith("{\"offshootSource\":")) {
      return Optional.empty();
    }
    try {
      SourceMarker marker = OffshootJson.mapper().readValue(comment, SourceMarker.class);
      return marker.parent() != null && marker.reworded() != null
          ? Optional.of(marker)
          : Optional.empty();
    } catch (JsonProcessingException | OffshootException e) {
      return Optional.empty();
    }
  }

  /** The time in a comment like {@code as of 2026-11-25T10:00:00Z}, by whoever made the copy. */
  static Optional<Instant> ageIn(String comment) {
    if (!comment.startsWith(AS_OF)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          OffsetDateTime.parse(comment.substring(AS_OF.length()).strip()).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
