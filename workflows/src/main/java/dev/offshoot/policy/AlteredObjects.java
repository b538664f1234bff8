package dev.offshoot.policy;

import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.SqlToken;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Hazards of an object that stands and is now defined otherwise. Whatever no rule knows is a
 * changed definition.
 */
final class AlteredObjects {
  private static final String[] COLUMN_SETTINGS = {
    "STORAGE", "COMPRESSION", "STATISTICS", "WITH", "OPTIONS"
  };
  private static final String[] RELATION_SETTINGS = {"USING", "TABLESPACE", "WITH", "TOAST WITH"};
  private static final String[] INDEX_SETTINGS = {"WITH", "TABLESPACE", "STATISTICS", "CLUSTERED"};
  private static final String[] ROW_SECURITY = {"ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY"};
  private static final String[] DISABLED = {"NOT ENFORCED", "NOT VALID", "INVALID"};
  private static final String[] PARTITION = {"PARTITION OF", "FOR", "DEFAULT"};

  private AlteredObjects() {}

  static void find(SchemaChange change, Findings findings) {
    String type = change.objectType();
    Optional<Clauses> before = Clauses.of(type, Definitions.text(change.before()));
    Optional<Clauses> after = Clauses.of(type, Definitions.text(change.after()));
    if (type.equals("type")) {
      type(change, findings);
    } else if (before.isEmpty() || after.isEmpty()) {
      findings.add(Hazard.CHANGES_DEFINITION, SchemaHazards.named(change));
    } else {
      new Alteration(change, before.get(), after.get(), findings).find();
    }
  }

  /** Whether nothing changes but that a trigger or rule no longer fires as it did. */
  static boolean onlyDisabled(SchemaChange change) {
    Optional<Clauses> before = Clauses.of(change.objectType(), Definitions.text(change.before()));
    Optional<Clauses> after = Clauses.of(change.objectType(), Definitions.text(change.after()));
    return before.isPresent()
        && after.isPresent()
        && before.get().head().equals(after.get().head())
        && (after.get().has("DISABLED") || after.get().text("ENABLED").equals("REPLICA"));
  }

  /** Whether a routine is to run under other settings: {@code ALTER FUNCTION … SET}. */
  static boolean changesRoutineSettings(SchemaChange change) {
    return (change.objectType().equals("function") || change.objectType().equals("procedure"))
        && !routineSettings(change.before()).equals(routineSettings(change.after()));
  }

  /** Lines before the body, which the server prints as {@code SET name TO value}. */
  private static String routineSettings(@Nullable String definition) {
    return Definitions.text(definition)
        .lines()
        .takeWhile(line -> !line.startsWith("AS ") && !line.startsWith("BEGIN ATOMIC"))
        .filter(line -> line.startsWith(" SET "))
        .collect(Collectors.joining("\n"));
  }

  /** Labels may come along; one that is gone, or stands elsewhere, changes what rows say. */
  private static void type(SchemaChange change, Findings findings) {
    List<String> before = labels(change.before());
    List<String> kept = labels(change.after());
    kept.retainAll(before);
    findings.add(
        kept.equals(before) ? Hazard.CHANGES_DEFINITION : Hazard.CHANGES_VALUES,
        SchemaHazards.named(change));
  }

  private static List<String> labels(@Nullable String definition) {
    return Definitions.read(Definitions.text(definition)).orElse(List.of()).stream()
        .filter(token -> token.kind() == SqlToken.Kind.STRING)
        .map(SqlToken::text)
        .collect(Collectors.toList());
  }

  /** One object before and after. Each rule takes away what it knows; the rest is a definition. */
  private record Alteration(SchemaChange change, Clauses before, Clauses after, Findings findings) {

    void find() {
      switch (change.objectType()) {
        case "column", "attribute" -> column();
        case "table", "view", "materialized view" -> relation();
        case "domain" -> rest(notNull(expression(this)));
        default -> rest(settings(disabled(this), INDEX_SETTINGS));
      }
    }

    private Alteration without(String... clauses) {
      return new Alteration(change, before.without(clauses), after.without(clauses), findings);
    }

    private static void rest(Alteration left) {
      if (!left.before.equals(left.after)) {
        left.findings.add(Hazard.CHANGES_DEFINITION, SchemaHazards.named(left.change));
      }
    }

    private static Alteration settings(Alteration left, String... clauses) {
      if (!left.before.sameAs(left.after, clauses)) {
        left.findings.add(Hazard.CHANGES_SETTINGS, SchemaHazards.named(left.change));
      }
      return left.without(clauses);
    }

    private static Alteration disabled(Alteration left) {
      for (String word : DISABLED) {
        if (left.after.has(word) && !left.before.has(word)) {
          left.findings.add(
              Hazard.DISABLES_OBJECT,
              "%s is now %s".formatted(SchemaHazards.named(left.change), word));
          left = left.without(word);
        }
      }
      return left;
    }

    /** What a column holds that nobody wrote, or that is computed from what stands. */
    private static Alteration expression(Alteration left) {
      boolean had = left.before.has("DEFAULT") || left.before.has("GENERATED");
      if (had && !left.before.sameAs(left.after, "DEFAULT", "GENERATED")) {
        left.findings.add(Hazard.CHANGES_VALUES, SchemaHazards.named(left.change));
        return left.without("DEFAULT", "GENERATED");
      }
      return left;
    }

    private static Alteration notNull(Alteration left) {
      if (left.before.has("NOT") && !left.after.has("NOT")) {
        left.findings.add(Hazard.DROPS_OBJECT, "NOT NULL of " + left.change.identity());
        return left.without("CONSTRAINT", "NOT");
      }
      return left;
    }

    private void column() {
      String identity = change.identity();
      if (!before.head().equals(after.head())) {
        boolean narrows = new TypeChange(before.head(), after.head()).narrows();
        findings.add(
            narrows ? Hazard.NARROWS_TYPE : Hazard.CHANGES_TYPE,
            "%s: %s to %s".formatted(identity, before.head(), after.head()));
      }
      Alteration left = settings(notNull(expression(this)), COLUMN_SETTINGS);
      rest(
          new Alteration(
              change,
              new Clauses("", left.before.clauses()),
              new Clauses("", left.after.clauses()),
              findings));
    }

    private void relation() {
      String identity = change.identity();
      Alteration left = this;
      if (!before.sameAs(after, ROW_SECURITY)) {
        findings.add(Hazard.CHANGES_PRIVILEGES, "row security of " + identity);
        left = left.without(ROW_SECURITY);
      }
      if (after.has("UNLOGGED") && !before.has("UNLOGGED")) {
        findings.add(Hazard.MAKES_UNLOGGED, identity);
        left = left.without("UNLOGGED");
      }
      if (!before.sameAs(after, PARTITION)) {
        findings.add(Hazard.CHANGES_PARTITIONS, partition(identity));
        left = left.without(PARTITION);
      }
      if (!before.sameAs(after, "REPLICA IDENTITY")) {
        findings.add(Hazard.CHANGES_REPLICATION, "replica identity of " + identity);
        left = left.without("REPLICA IDENTITY");
      }
      if (!change.objectType().equals("table") && !before.sameAs(after, "WITH")) {
        // security_invoker and security_barrier say whose rights count.
        findings.add(Hazard.CHANGES_PRIVILEGES, "options of view " + identity);
      }
      rest(settings(left, RELATION_SETTINGS));
    }

    private String partition(String identity) {
      String was = before.text("PARTITION OF");
      String is = after.text("PARTITION OF");
      if (was.equals(is)) {
        return "%s holds other rows of %s".formatted(identity, is);
      }
      String detached = was.isEmpty() ? "" : "detached from " + was;
      String attached = is.isEmpty() ? "" : "attached to " + is;
      return "%s is %s%s%s"
          .formatted(identity, detached, was.isEmpty() || is.isEmpty() ? "" : " and ", attached);
    }
  }
}
