package dev.offshoot.cli;

import dev.offshoot.client.VariantGroup;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.PickRequest;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.VariantStatus;
import dev.offshoot.domain.VariantsStatus;
import dev.offshoot.domain.VariantsValidation;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code experiment pick}. */
@Command(
    name = "pick",
    sortOptions = false,
    description = {
      "Merge one variant of a group and then drop the others, or drop all (none); waits for it.",
      "Exit codes: 0 merged (or all dropped, as asked), 4 not allowed, 5 it cannot be picked yet, or",
      "others must pick it too, 7 another digest, decided already, or conflicts: the others stand."
    })
final class PickCommand extends OffshootCommand {
  /** A merge may wait for locks. */
  private static final Duration LONGEST = Duration.ofDays(1);

  @Parameters(index = "0", paramLabel = "GROUP", description = "the group")
  @Nullable String id;

  @Parameters(
      index = "1",
      paramLabel = "VARIANT|none",
      description = "number, name or experiment id of the one to merge; none to drop all")
  @Nullable String variant;

  @Mixin ApprovalOptions approval = new ApprovalOptions();

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    Output output = offshoot.output();
    String wanted = String.valueOf(variant).strip();
    approval.requireKnownHazards();
    try (Connection connection = offshoot.connect()) {
      VariantGroup group = connection.offshoot().variants(CompareCommand.group(String.valueOf(id)));
      VariantsStatus before = group.status();
      Decision decision =
          send(group, before, wanted, request(offshoot, connection, before, wanted));
      if (!decision.settles()) {
        output.message(
            "%d more must pick it"
                .formatted(Objects.requireNonNullElse(decision.stillNeeded(), 0)));
        return ExitCode.PENDING;
      }
      VariantsStatus after =
          group.await(
              now -> now.outcome() != null || (now.picked() == null && !isNone(wanted)), LONGEST);
      ExitCode code = CompareCommand.show(after, output);
      return code(code, wanted);
    }
  }

  private static ExitCode code(ExitCode shown, String wanted) {
    return switch (shown) {
      case DROPPED -> isNone(wanted) ? ExitCode.DONE : ExitCode.CONFLICT;
      case PENDING -> ExitCode.CONFLICT;
      default -> shown;
    };
  }

  private DecisionRequest request(
      Offshoot offshoot, Connection connection, VariantsStatus before, String wanted) {
    @Nullable VariantStatus one = CompareCommand.variant(before, wanted);
    // Its own experiment knows the whole of it.
    return one == null || !one.awaitsDecision()
        ? approval.request(offshoot)
        : approval.request(offshoot, connection.offshoot().experiment(one.id()).status());
  }

  private static Decision send(
      VariantGroup group, VariantsStatus before, String wanted, DecisionRequest request) {
    try {
      return group.pick(PickRequest.of(wanted, request));
    } catch (OffshootException e) {
      if (e.code() != ErrorCode.DECISION_REFUSED) {
        throw e;
      }
      throw new CliException(
          refused(before, CompareCommand.variant(before, wanted), wanted),
          e.failure().message(),
          "./offshoot experiment compare %s shows how they stand".formatted(before.id()),
          e);
    }
  }

  /** Of which kind a refusal is, from what stood before. */
  private static ExitCode refused(
      VariantsStatus before, @Nullable VariantStatus one, String wanted) {
    if (before.outcome() != null || before.picked() != null) {
      return ExitCode.CONFLICT;
    }
    if (isNone(wanted)) {
      return ExitCode.USAGE;
    }
    if (one == null) {
      return ExitCode.NOT_FOUND;
    }
    if (one.ended() != null || before.stage() == Stage.DROPPING) {
      return ExitCode.CONFLICT;
    }
    return one.awaitsDecision() ? ExitCode.PERMISSION : ExitCode.PENDING;
  }

  private static boolean isNone(String wanted) {
    return wanted.equalsIgnoreCase(VariantsValidation.NONE);
  }
}
