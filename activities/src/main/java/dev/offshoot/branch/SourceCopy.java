package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SourceInfo;
import dev.offshoot.sql.CatalogFingerprint;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.SqlErrors;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The copy of a parent that branches are made of: its age, and whether it still is like it. */
final class SourceCopy {
  private static final int NAMED = 20;
  private static final int NAMED_IN_MESSAGES = 5;

  private final ParentConfig parent;
  private final ParentConfig home;
  private final SourceConfig config;
  private final String database;

  private SourceCopy(ParentConfig parent, SourceConfig config) {
    this.parent = parent;
    this.home = parent.home();
    this.config = config;
    this.database = SessionSettings.databaseOf(config.url(), config.username());
  }

  /** That of a parent, if branches are not made of the parent itself. */
  static Optional<SourceCopy> of(ParentConfig parent) {
    return Optional.ofNullable(parent.copying().source())
        .map(source -> new SourceCopy(parent, source));
  }

  SourceConfig config() {
    return config;
  }

  String database() {
    return database;
  }

  /** Whoever copies it shares this lock; whoever puts another in its place holds it alone. */
  String lock() {
    return "offshoot source of " + parent.name();
  }

  /**
   * How the copy stands to today's parent.
   *
   * @param maintenance on the copy's server
   */
  SourceInfo look(Connection maintenance) throws SQLException {
    String comment = SourceMarker.commentOf(maintenance, database);
    Optional<SourceMarker> marker = SourceMarker.parse(comment);
    Optional<Instant> age =
        marker
            .flatMap(made -> Optional.ofNullable(made.refreshedAt()))
            .or(() -> SourceMarker.ageIn(comment));
    List<String> drift = drift(marker.map(SourceMarker::reworded).orElse(Map.of()));
    return new SourceInfo(database, age.orElse(null), drift);
  }

  /**
   * @throws OffshootException {@code SOURCE_OUTDATED} naming what the parent has changed since
   */
  void requireUpToDate(SourceInfo info) {
    if (info.drift().isEmpty() || config.onDrift() == OnDrift.ALLOW) {
      return;
    }
    throw new OffshootException(
        ErrorCode.SOURCE_OUTDATED,
        "parent '%1$s': its schema has changed since its source copy was made%2$s: %3$s; run offshoot parent refresh %1$s, or set parents.%1$s.source.onDrift to ALLOW"
            .formatted(
                parent.name(),
                info.refreshedAt() == null ? "" : " (" + info.refreshedAt() + ")",
                info.drift().stream().limit(NAMED_IN_MESSAGES).collect(Collectors.joining(", "))
                    + (info.drift().size() > NAMED_IN_MESSAGES ? " and more" : "")));
  }

  private List<String> drift(Map<String, String> reworded) throws SQLException {
    CatalogFingerprint copy = read(home, home.place());
    CatalogFingerprint now;
    try (Connection session = open(parent, Place.parent(parent.name()))) {
      requireFit(session);
      now = CatalogFingerprint.read(session);
    }
    return CatalogFingerprint.changes(copy, now).stream()
        .filter(change -> !hash(change).equals(reworded.get(name(change))))
        .map(SourceCopy::name)
        .distinct()
        .limit(NAMED)
        .toList();
  }

  /** Merges go there, though branches do not come from there. */
  private void requireFit(Connection session) throws SQLException {
    String database = SessionSettings.databaseOf(parent.url(), parent.username());
    ParentFacts facts = ParentFacts.read(session, database);
    if (facts.superuser() || !parent.username().equals(facts.databaseOwner())) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          "parent '%s': role %s must own database %s and be no superuser"
              .formatted(parent.name(), parent.username(), database));
    }
  }

  /** What differs between a parent and the copy that was just restored of its dump. */
  static Map<String, String> reworded(CatalogFingerprint copy, CatalogFingerprint parent) {
    Map<String, String> reworded = new TreeMap<>();
    for (SchemaChange change : CatalogFingerprint.changes(copy, parent)) {
      reworded.put(name(change), hash(change));
    }
    return reworded;
  }

  private static CatalogFingerprint read(ParentConfig where, Place place) throws SQLException {
    try (Connection session = open(where, place)) {
      return CatalogFingerprint.read(session);
    }
  }

  private static Connection open(ParentConfig where, Place place) {
    try {
      return SessionSettings.open(
          where.url(),
          where.username(),
          where.password(),
          SessionSettings.databaseOf(where.url(), where.username()));
    } catch (SQLException e) {
      throw SqlErrors.connecting(place, e);
    }
  }

  private static String name(SchemaChange change) {
    return change.objectType() + " " + change.identity();
  }

  private static String hash(SchemaChange change) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(String.valueOf(change.before()).getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(String.valueOf(change.after()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
