package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.sql.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Whether a parent and its role are fit for branches, and the SQL that makes them so. */
final class Fitness {
  private static final int OLDEST = 140000;
  private static final int FIRST_UNKNOWN = 190000;

  private Fitness() {}

  /**
   * @param finding what is wrong
   * @param remedy what to do about it
   */
  record Problem(String finding, String remedy) {}

  /** Everything that keeps branches from being made; empty if nothing does. */
  static List<Problem> problems(ParentConfig config, String database, ParentFacts facts) {
    List<Problem> problems = new ArrayList<>();
    String role = Identifiers.quote(config.username());
    if (facts.version() < OLDEST || facts.version() >= FIRST_UNKNOWN) {
      problems.add(
          new Problem(
              "the server is Postgres " + facts.versionName(),
              "use Postgres 14, 15, 16, 17 or 18"));
    }
    if (facts.standby()) {
      problems.add(new Problem("the server is a read-only standby", "use its primary"));
    }
    if (facts.superuser()) {
      problems.add(
          new Problem(
              "role %s is a superuser, which a worker must never be".formatted(config.username()),
              """
              make a role that is none: CREATE ROLE offshoot_owner LOGIN CREATEDB CREATEROLE PASSWORD '...'; \
              ALTER DATABASE %s OWNER TO offshoot_owner; and give it the tables too (ALTER TABLE ... OWNER TO offshoot_owner)"""
                  .formatted(Identifiers.quote(database))));
    }
    if (!facts.superuser() && !(facts.createDb() && facts.createRole() && facts.inherits())) {
      problems.add(
          new Problem(
              "role %s lacks %s".formatted(config.username(), missingRights(facts)),
              "as a superuser run: ALTER ROLE %s %s".formatted(role, missingRights(facts))));
    }
    if (facts.databaseOwner() == null) {
      problems.add(
          new Problem(
              "there is no database '%s' on the server".formatted(database),
              (config.isSourceCopy()
                      ? "run offshoot parent refresh %1$s, or correct parents.%1$s.source.url"
                      : "correct parents.%s.url")
                  .formatted(config.name())));
    } else if (!facts.databaseOwner().equals(config.username())) {
      problems.add(
          new Problem(
              "database '%s' belongs to %s".formatted(database, facts.databaseOwner()),
              "as a superuser run: ALTER DATABASE %s OWNER TO %s"
                  .formatted(Identifiers.quote(database), role)));
    }
    if (database.equals(config.maintenanceDatabase())) {
      problems.add(
          new Problem(
              "the maintenance database is the parent itself, so we would keep it busy",
              "set parents.%s.maintenanceDatabase to another database of the server"
                  .formatted(config.name() + (config.isSourceCopy() ? ".source" : ""))));
    }
    return problems;
  }

  /**
   * @throws OffshootException {@code PARENT_UNSUITABLE} with every problem and remedy
   */
  static void require(ParentConfig config, String database, ParentFacts facts) {
    List<Problem> problems = problems(config, database, facts);
    if (!problems.isEmpty()) {
      throw new OffshootException(
          ErrorCode.PARENT_UNSUITABLE,
          problems.stream()
              .map(problem -> problem.finding() + "; " + problem.remedy())
              .collect(Collectors.joining(". ", config.place() + ": ", "")));
    }
  }

  private static String missingRights(ParentFacts facts) {
    List<String> missing = new ArrayList<>();
    if (!facts.createDb()) {
      missing.add("CREATEDB");
    }
    if (!facts.createRole()) {
      missing.add("CREATEROLE");
    }
    if (!facts.inherits()) {
      missing.add("INHERIT");
    }
    return String.join(" ", missing);
  }
}
