package dev.offshoot.policy;

import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ColumnShape;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.RowChange;
import dev.offshoot.domain.SchemaChange;
import dev.offshoot.domain.StatementResult;
import dev.offshoot.domain.TableChanges;
import java.text.Normalizer;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Text that speaks to a model or a reviewer's tool instead of describing data, and characters that
 * hide text from a reader. Says where it stands and what kind it is, never what it says: a finding
 * is read by people and models too.
 */
final class SuspectText {
  /** Longest stretch of one text that is looked at. */
  private static final int MOST_CHARACTERS = 600_000;

  private static final Pattern ESCAPE =
      Pattern.compile("\\\\u(?:([0-9a-fA-F]{4})|\\{([0-9a-fA-F]{1,6})})");

  private SuspectText() {}

  static void find(
      ExperimentSpec spec, ExperimentReport report, ChangeSummary changes, Findings findings) {
    look("goal", spec.goal(), findings);
    look("script", spec.script(), findings);
    each("statements", spec.statements(), findings);
    each("checks", spec.checks(), findings);
    for (StatementResult result : report.statements()) {
      for (String column : result.columns()) {
        look("a result column of statement %d".formatted(result.index() + 1), column, findings);
      }
    }
    for (SchemaChange change : changes.schemaChanges()) {
      look("the name of a " + change.objectType(), change.identity(), findings);
      look("the definition of " + change.identity(), change.after(), findings);
    }
    changes.tables().forEach(table -> table(table, findings));
  }

  private static void table(TableChanges table, Findings findings) {
    look("a table's name", table.table().schema() + "." + table.table().name(), findings);
    for (ColumnShape column : table.columns()) {
      look("a column's name in " + table.table(), column.name(), findings);
    }
    for (RowChange row : table.sample()) {
      values(table, row.before(), findings);
      values(table, row.after(), findings);
    }
  }

  private static void values(
      TableChanges table, @Nullable List<@Nullable String> values, Findings findings) {
    if (values == null) {
      return;
    }
    for (int i = 0; i < values.size(); i++) {
      String column = i < table.columns().size() ? table.columns().get(i).name() : "?";
      look("a value of %s.%s".formatted(table.table(), column), values.get(i), findings);
    }
  }

  private static void each(String field, List<String> texts, Findings findings) {
    for (int i = 0; i < texts.size(); i++) {
      look("%s[%d]".formatted(field, i), texts.get(i), findings);
    }
  }

  private static void look(String where, @Nullable String written, Findings findings) {
    if (written == null || written.isEmpty()) {
      return;
    }
    String text = revealed(written);
    if (text.codePoints().anyMatch(SuspectText::isDeceptive)) {
      findings.add(Hazard.SUSPECT_INSTRUCTION, where + " has hidden or bidirectional characters");
    }
    // An invisible character may stand inside a word or instead of a space.
    String joined = plain(text, "");
    String parted = plain(text, " ");
    Stream.concat(SuspectPhrase.in(joined), SuspectPhrase.in(parted))
        .distinct()
        .sorted()
        .forEach(kind -> findings.add(Hazard.SUSPECT_INSTRUCTION, where + " " + kind));
  }

  /**
   * With the characters that {@link dev.offshoot.domain.ShownText} has written out, as it does with
   * the values of a sample. Who writes such an escape himself has as much to explain.
   */
  private static String revealed(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            escape -> {
              String hex = escape.group(1) == null ? escape.group(2) : escape.group(1);
              int c = Integer.parseInt(hex, 16);
              return Character.isValidCodePoint(c)
                  ? Matcher.quoteReplacement(Character.toString(c))
                  : Matcher.quoteReplacement(escape.group());
            });
  }

  /** Without what would hide a phrase: width variants, odd spaces, invisible characters. */
  private static String plain(String text, String insteadOfInvisible) {
    String bounded = text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) : text;
    StringBuilder plain = new StringBuilder(bounded.length());
    Normalizer.normalize(bounded, Normalizer.Form.NFKC)
        .codePoints()
        .forEach(
            c -> {
              if (Character.getType(c) == Character.FORMAT) {
                plain.append(insteadOfInvisible);
              } else if (c != '\n'
                  && (c == '_' || Character.isWhitespace(c) || Character.isSpaceChar(c))) {
                plain.append(' ');
              } else {
                plain.appendCodePoint(c);
              }
            });
    return plain.toString();
  }

  /**
   * Characters that reorder or hide text. Joiners and direction marks are left out: names in many
   * scripts and many emoji need them.
   */
  private static boolean isDeceptive(int c) {
    return (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0x200B
        || (c >= 0x2060 && c <= 0x2064)
        || c == 0xFEFF
        || (c >= 0xE0000 && c < 0xE1000)
        || c == 0x1B
        || c == 0x08;
  }
}
