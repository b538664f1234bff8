package dev.offshoot.cli;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ConflictReport;
import dev.offshoot.domain.ResolveRequest;
import dev.offshoot.policy.ResolutionPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code --resolve} says: {@code [TABLE:]KIND=SIDE}, {@code TABLE=SIDE} or {@code SIDE}. */
final class ResolveOption {
  static final String FORM =
      "parent|branch, KIND=parent|branch, TABLE=parent|branch or TABLE:KIND=parent|branch";

  private ResolveOption() {}

  /** Refuses what the worker would refuse. */
  static List<ResolveRequest> read(List<String> given, @Nullable ConflictReport shown) {
    List<ResolveRequest> requests = given.stream().map(ResolveOption::read).toList();
    @Nullable String refusal = ResolutionPolicy.weigh(requests, shown).refusal();
    if (refusal != null) {
      throw new CliException(
          ExitCode.USAGE,
          "--" + refusal,
          "say %s; kinds and tables as ./offshoot experiment show prints them".formatted(FORM));
    }
    return requests;
  }

  private static ResolveRequest read(String option) {
    int equals = option.lastIndexOf('=');
    String take = option.substring(equals + 1).strip().toUpperCase(Locale.ROOT);
    if (equals < 0) {
      return new ResolveRequest(null, null, take);
    }
    String what = option.substring(0, equals).strip();
    int colon = what.lastIndexOf(':');
    String last = what.substring(colon + 1).strip();
    if (!isKind(last)) {
      return new ResolveRequest(null, what, take);
    }
    return new ResolveRequest(last, colon < 0 ? null : what.substring(0, colon).strip(), take);
  }

  private static boolean isKind(String name) {
    return Arrays.stream(Conflict.Kind.values())
        .anyMatch(kind -> kind.name().equalsIgnoreCase(name));
  }

  /** The same as a command to copy, with the side left open. */
  static String command(ConflictReport report) {
    return report.counts().stream()
        .map(group -> group.kind().name())
        .distinct()
        .map(kind -> " --resolve %s=parent|branch".formatted(kind))
        .collect(Collectors.joining());
  }
}
