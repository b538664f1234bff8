package dev.offshoot.worker.crash;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.ExperimentSpecBuilder;
import dev.offshoot.domain.OnConflict;
import dev.offshoot.domain.Outcome;
import dev.offshoot.domain.SessionSpec;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A way through an experiment, with how it must end and how its parent must stand then. */
enum Kind {
  /** Rows alone, approved. */
  ROWS(Outcome.MERGED),
  /** Schema and rows, rehearsed and approved; some of it after the rows. */
  SCHEMA(Outcome.MERGED),
  /** Its branch is kept while a person decides. */
  KEPT(Outcome.MERGED),
  /** Rejected by a person. */
  REJECTED(Outcome.DROPPED),
  /** The parent has changed the same row. */
  CONFLICTED(Outcome.CONFLICTED),
  /** The same, and run again on a new branch, approved again. */
  REBASED(Outcome.MERGED),
  /** Sent by the agent one after the other, with a savepoint and an undo between. */
  SESSION(Outcome.MERGED);

  static final String SETUP =
      """
      CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL, n int NOT NULL);
      INSERT INTO item SELECT i, 'item ' || i, 0 FROM generate_series(1, 50) AS i;
      CREATE TABLE tag (name text);
      INSERT INTO tag VALUES ('a'), ('a'), ('b');
      """;

  /** What somebody else does on the parent before the approval, where there is a conflict. */
  static final String MEANWHILE = "UPDATE item SET n = n + 100 WHERE id = 1";

  private static final List<String> ROW_STATEMENTS =
      List.of(
          "UPDATE item SET n = n + 1 WHERE id <= 10",
          "INSERT INTO item VALUES (100, 'new', 7)",
          "DELETE FROM item WHERE id = 50",
          "DELETE FROM tag WHERE name = 'b'");

  private static final List<String> SCHEMA_STATEMENTS =
      List.of(
          "ALTER TABLE item ADD COLUMN note text",
          "UPDATE item SET note = 'note ' || id",
          "ALTER TABLE item ALTER COLUMN note SET NOT NULL",
          "CREATE INDEX ON item (note)",
          "CREATE TABLE made (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)",
          "INSERT INTO made (v) VALUES ('one'), ('two')");

  /** A run that is rolled back has used up values of a sequence, as anywhere; so none is used. */
  private static final List<String> SESSION_STATEMENTS =
      List.of(
          "ALTER TABLE item ADD COLUMN note text",
          "UPDATE item SET note = 'note ' || id",
          "ALTER TABLE item ALTER COLUMN note SET NOT NULL",
          "CREATE TABLE made (id bigint PRIMARY KEY, v text)",
          "INSERT INTO made VALUES (1, 'one'), (2, 'two'); DELETE FROM tag WHERE name = 'b'");

  private final Outcome outcome;

  Kind(Outcome outcome) {
    this.outcome = outcome;
  }

  Outcome outcome() {
    return outcome;
  }

  boolean collides() {
    return this == CONFLICTED || this == REBASED;
  }

  boolean isRejected() {
    return this == REJECTED;
  }

  /** How often it merges. */
  int merges() {
    return outcome == Outcome.MERGED ? 1 : 0;
  }

  ExperimentSpec spec(String parent) {
    ExperimentSpecBuilder spec =
        ExperimentSpec.builder()
            .goal("survive")
            .parent(parent)
            .requestedBy("agent")
            .ttl(Duration.ofMinutes(20))
            .keepBranch(this == KEPT)
            .onConflict(this == REBASED ? OnConflict.REBASE : OnConflict.DROP);
    if (isSession()) {
      spec.session(new SessionSpec(Duration.ofMinutes(10)));
    } else {
      statements().forEach(spec::statement);
    }
    return spec.build();
  }

  /** Whether its agent sends the statements by itself. */
  boolean isSession() {
    return this == SESSION;
  }

  List<String> statements() {
    return switch (this) {
      case SCHEMA -> SCHEMA_STATEMENTS;
      case SESSION -> SESSION_STATEMENTS;
      case ROWS, KEPT, REJECTED, CONFLICTED, REBASED -> ROW_STATEMENTS;
    };
  }

  /** What makes a fresh parent stand as it must in the end. */
  List<String> toTheEnd() {
    return switch (this) {
      case ROWS, SCHEMA, KEPT, SESSION -> statements();
      case REJECTED -> List.of();
      case CONFLICTED -> List.of(MEANWHILE);
      case REBASED -> Stream.concat(Stream.of(MEANWHILE), statements().stream()).toList();
    };
  }
}
