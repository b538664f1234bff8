package dev.offshoot.policy;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictCount;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.Resolution;
import dev.offshoot.domain.Resolution.Take;
import dev.offshoot.domain.ResolveRequest;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which resolutions of conflicts count: those that speak of conflicts which were shown, without
 * contradiction, and ask for what can be done. What most specifically speaks of a conflict decides
 * it: kind and table, else the table, else the kind, else all.
 */
public final class ResolutionPolicy {
  private static final int MOST = 200;
  private static final int SHOWN = 60;

  private ResolutionPolicy() {}

  /**
   * What a request for resolution comes to.
   *
   * @param resolve as understood; empty if refused
   * @param refusal why it cannot be done, and what could
   */
  public record Weighed(List<Resolution> resolve, @Nullable String refusal) {}

  /** Never throws, whatever is asked. */
  public static Weighed weigh(List<ResolveRequest> asked, @Nullable ConflictReport shown) {
    if (asked.isEmpty()) {
      return new Weighed(List.of(), null);
    }
    if (shown == null || shown.counts().isEmpty() || shown.fingerprint() == null) {
      return refused("there are no conflicts to resolve; leave it out");
    }
    if (asked.size() > MOST) {
      return refused("has %d entries; at most %d".formatted(asked.size(), MOST));
    }
    List<Resolution> resolve = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    asked.forEach(each -> understood(each, shown, problems).ifPresent(resolve::add));
    if (!problems.isEmpty()) {
      return refused(problems.get(0));
    }
    for (ConflictCount group : shown.counts()) {
      @Nullable String why = refusal(resolve, group);
      if (why != null) {
        return refused(why);
      }
    }
    return new Weighed(List.copyOf(resolve), null);
  }

  /** Why a conflict of that kind cannot be resolved to that side, and what to do. */
  public static Optional<String> impossible(Conflict.Kind kind, Take take) {
    return Optional.ofNullable(obstacle(kind, take));
  }

  private static @Nullable String obstacle(Conflict.Kind kind, Take take) {
    return switch (kind) {
      case INSERT_EXISTS, UPDATE_MISSING, UPDATE_UPDATE, DELETE_UPDATED -> null;
      case DELETE_WOULD_CASCADE ->
          take == Take.PARENT
              ? null
              : "it would delete or change rows that nobody reviewed; take PARENT, which leaves the delete out, or reject";
      case DELETE_REFERENCED ->
          take == Take.PARENT
              ? null
              : "rows of the parent refer to the deleted row; take PARENT, which leaves the delete out, or reject";
      case CONSTRAINT ->
          take == Take.PARENT
              ? null
              : "a constraint of the parent refuses the row; take PARENT, which leaves the row out, or reject";
      case SCHEMA_CHANGED ->
          "an object of the parent is not what the experiment saw; reject, and start the experiment again on today's parent";
      case CHECK_FAILED ->
          "the experiment's own check is not true on the parent; reject, or repair the parent and approve without resolve";
      case DROPPED_WRITTEN ->
          take == Take.BRANCH
              ? null
              : "the schema statement that drops it cannot be left out; take BRANCH, which drops it with what the parent wrote, or reject and start again without the drop";
    };
  }

  /** {@code UPDATE_UPDATE in items (3)}, for messages. */
  public static String named(ConflictCount group) {
    return "%s%s (%d)"
        .formatted(
            group.kind(),
            group.table() == null
                ? ""
                : " in " + ShownText.oneLine(group.table().toString(), SHOWN),
            group.count());
  }

  /** Empty if it speaks of no conflict that was shown; then it says so in {@code problems}. */
  private static Optional<Resolution> understood(
      ResolveRequest asked, ConflictReport shown, List<String> problems) {
    String take = plain(asked.take()).toUpperCase(Locale.ROOT);
    Optional<Take> side =
        Arrays.stream(Take.values()).filter(each -> each.name().equals(take)).findFirst();
    if (side.isEmpty()) {
      problems.add(
          "take: '%s' is no side; say PARENT or BRANCH"
              .formatted(ShownText.oneLine(plain(asked.take()), SHOWN)));
      return Optional.empty();
    }
    String kindName = plain(asked.kind()).toUpperCase(Locale.ROOT);
    String tableName = plain(asked.table());
    List<ConflictCount> covered =
        shown.counts().stream()
            .filter(each -> kindName.isEmpty() || each.kind().name().equals(kindName))
            .filter(each -> tableName.isEmpty() || isNamed(each.table(), tableName))
            .toList();
    List<TableName> tables = covered.stream().flatMap(ResolutionPolicy::table).distinct().toList();
    if (covered.isEmpty() || (!tableName.isEmpty() && tables.size() != 1)) {
      problems.add(
          "no conflict that was shown is %s; there are %s"
              .formatted(
                  ShownText.oneLine(
                      (kindName + (tableName.isEmpty() ? "" : " in " + tableName)).strip(), SHOWN),
                  groups(shown)));
      return Optional.empty();
    }
    return Optional.of(
        new Resolution(
            kindName.isEmpty() ? null : covered.get(0).kind(),
            tableName.isEmpty() ? null : tables.get(0),
            side.get()));
  }

  private static @Nullable String refusal(List<Resolution> resolve, ConflictCount group) {
    List<Resolution> covering =
        resolve.stream().filter(each -> each.covers(group.kind(), group.table())).toList();
    Optional<Take> take = Resolution.of(resolve, group.kind(), group.table());
    if (take.isEmpty()) {
      return null;
    }
    if (isContradictory(covering, take.get())) {
      return "%s is to be PARENT and BRANCH at once; say which with kind and table together"
          .formatted(named(group));
    }
    @Nullable String impossible = obstacle(group.kind(), take.get());
    return impossible == null
        ? null
        : "%s cannot be resolved as %s: %s".formatted(named(group), take.get(), impossible);
  }

  /** A kind and a table do not outweigh each other where both speak of one conflict. */
  private static boolean isContradictory(List<Resolution> covering, Take take) {
    int most = covering.stream().mapToInt(Resolution::weight).max().orElse(0);
    return covering.stream()
        .filter(each -> each.weight() == most || (most == 2 && each.weight() == 1))
        .anyMatch(each -> each.take() != take);
  }

  private static boolean isNamed(@Nullable TableName table, String name) {
    return table != null
        && (name.equals(table.toString()) || name.equals(table.schema() + "." + table.name()));
  }

  private static Stream<TableName> table(ConflictCount group) {
    return Stream.ofNullable(group.table());
  }

  private static String groups(ConflictReport shown) {
    return shown.counts().stream()
        .limit(20)
        .map(ResolutionPolicy::named)
        .collect(Collectors.joining(", "));
  }

  private static String plain(@Nullable String text) {
    return text == null ? "" : text.strip();
  }

  private static Weighed refused(String why) {
    return new Weighed(List.of(), "resolve: " + why);
  }
}
