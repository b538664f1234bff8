package dev.offshoot.generated;

import dev.offshoot.domain.Conflict;
import dev.offshoot.domain.ErrorCode;
import java.util.List;
import java.util.stream.Stream;

/** What came of an experiment. */
sealed interface Result {

  /** The change set is on the parent. */
  record Merged() implements Result {
    @Override
    public List<String> told() {
      return List.of("merged");
    }
  }

  /** It collided and nothing was written. */
  record Conflicted(List<Conflict> conflicts) implements Result {
    @Override
    public List<String> told() {
      return conflicts.stream().map(Conflicted::told).distinct().sorted().toList();
    }

    static String told(Conflict conflict) {
      return Stream.of(
              conflict.kind().name(),
              conflict.table() == null ? "" : conflict.table().toString(),
              conflict.key().isEmpty() ? "" : conflict.key().toString())
          .filter(part -> !part.isEmpty())
          .reduce((one, other) -> one + " " + other)
          .orElseThrow();
    }
  }

  /** It was refused by name before or in the merge. */
  record Refused(String step, ErrorCode code, String message) implements Result {
    @Override
    public List<String> told() {
      return List.of(step + " " + code, message);
    }
  }

  /** One line for each thing that happened. */
  List<String> told();
}
