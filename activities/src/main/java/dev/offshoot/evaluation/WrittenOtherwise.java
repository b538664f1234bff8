package dev.offshoot.evaluation;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.SpecValidation;
import dev.offshoot.domain.SqlLexer;
import dev.offshoot.domain.SqlStatement;
import dev.offshoot.domain.SqlToken;
import dev.offshoot.score.Variation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes the same experiment in other words. */
final class WrittenOtherwise {
  private static final int PADDING = 8;
  private static final String SUFFIX = "_ledger";

  private WrittenOtherwise() {}

  /** The case so written; none if it cannot be. */
  static Optional<EvaluationCase> of(
      EvaluationCase written, Variation variation, UnaryOperator<String> renaming) {
    ExperimentSpec spec = written.spec();
    return switch (variation) {
      case AS_WRITTEN -> Optional.of(written);
      case REORDERED -> reordered(spec).map(written::asking);
      case RENAMED -> Optional.of(written.asking(renamed(spec, renaming)));
      case PADDED -> Optional.of(written.asking(padded(spec)));
      case REFORMATTED -> Optional.of(written.asking(with(spec, reformatted(spec))));
    };
  }

  /** Gives each of {@code tables} another name in any text, and what is named after them. */
  static UnaryOperator<String> renaming(List<String> tables) {
    if (tables.isEmpty()) {
      return UnaryOperator.identity();
    }
    // The longest first, since one name may begin another.
    Pattern names =
        Pattern.compile(
            tables.stream()
                .sorted((a, b) -> Integer.compare(b.length(), a.length()))
                .map(Pattern::quote)
                .collect(Collectors.joining("|", "(?<![A-Za-z0-9_])(", ")(?![A-Za-z0-9])")));
    return text ->
        names.matcher(text).replaceAll(name -> Matcher.quoteReplacement(name.group() + SUFFIX));
  }

  private static Optional<ExperimentSpec> reordered(ExperimentSpec spec) {
    List<String> statements = statements(spec);
    if (statements.size() < 2) {
      return Optional.empty();
    }
    Collections.reverse(statements);
    return Optional.of(with(spec, statements));
  }

  private static ExperimentSpec renamed(ExperimentSpec spec, UnaryOperator<String> renaming) {
    return with(
        spec,
        statements(spec).stream().map(renaming).toList(),
        renaming.apply(String.valueOf(spec.goal())),
        spec.checks().stream().map(renaming).toList());
  }

  private static ExperimentSpec padded(ExperimentSpec spec) {
    List<String> statements =
        IntStream.range(0, PADDING)
            .mapToObj("SELECT %d + 0 AS looked_at"::formatted)
            .collect(Collectors.toCollection(ArrayList::new));
    statements.addAll(PADDING / 2, statements(spec));
    return with(spec, statements);
  }

  private static List<String> reformatted(ExperimentSpec spec) {
    return statements(spec).stream().map(WrittenOtherwise::reformatted).toList();
  }

  /** What stands between two words stays if it is more than space: a comment says something. */
  private static String reformatted(String sql) {
    StringBuilder text = new StringBuilder();
    int end = 0;
    for (SqlToken token : SqlLexer.tokens(sql)) {
      String gap = sql.substring(end, token.start());
      text.append(gap.isEmpty() || !gap.isBlank() ? gap : "\n  ");
      text.append(token.kind() == SqlToken.Kind.WORD ? otherCase(token.text()) : token.text());
      end = token.end();
    }
    return text.append(sql.substring(end)).toString();
  }

  /** Postgres folds the ASCII letters of a word that is not quoted. */
  private static String otherCase(String word) {
    if (word.chars().anyMatch(c -> c >= 128)) {
      return word;
    }
    String lower = word.toLowerCase(Locale.ROOT);
    return word.equals(lower) ? word.toUpperCase(Locale.ROOT) : lower;
  }

  private static List<String> statements(ExperimentSpec spec) {
    return SpecValidation.statementsOf(spec).stream()
        .map(SqlStatement::text)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static ExperimentSpec with(ExperimentSpec spec, List<String> statements) {
    return with(spec, statements, String.valueOf(spec.goal()), spec.checks());
  }

  private static ExperimentSpec with(
      ExperimentSpec spec, List<String> statements, String goal, List<String> checks) {
    var builder =
        ExperimentSpec.builder()
            .goal(goal)
            .parent(String.valueOf(spec.parent()))
            .requestedBy(String.valueOf(spec.requestedBy()))
            .autoMerge(spec.autoMerge())
            .limits(spec.limits());
    statements.forEach(builder::statement);
    checks.forEach(builder::check);
    return builder.build();
  }
}
