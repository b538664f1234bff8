package dev.offshoot;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** SQL that older servers do not understand; cases that use it are skipped there and say why. */
public enum NewerSyntax {
  MERGE(15, "\\bMERGE INTO\\b"),
  NULLS_NOT_DISTINCT(15, "\\bNULLS NOT DISTINCT\\b"),
  SECURITY_INVOKER(15, "\\bsecurity_invoker\\b"),
  SET_EXPRESSION(17, "\\bSET EXPRESSION\\b"),
  VIRTUAL_COLUMN(18, "\\bVIRTUAL\\b"),
  NOT_ENFORCED(18, "\\bNOT ENFORCED\\b"),
  WITHOUT_OVERLAPS(18, "\\bWITHOUT OVERLAPS\\b");

  private final int since;
  private final Pattern pattern;

  NewerSyntax(int since, String pattern) {
    this.since = since;
    this.pattern = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
  }

  /** Skips the case if the server of this run cannot know what {@code sql} uses. */
  public static void assumeUnderstood(String sql) {
    for (NewerSyntax syntax : values()) {
      boolean isNew = PostgresServer.majorVersion() < syntax.since;
      Assumptions.assumeFalse(
          isNew && syntax.pattern.matcher(sql).find(),
          () ->
              "Postgres %d does not have %s, which came with %d"
                  .formatted(PostgresServer.majorVersion(), syntax, syntax.since));
    }
  }
}
