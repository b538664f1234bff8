package dev.offshoot.cli;

import dev.offshoot.client.VariantGroup;
import dev.offshoot.domain.Decision;
import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.PickRequest;
import dev.offshoot.domain.Stage;
import dev.offshoot.domain.VariantStatus;
import dev.offshoot.domain.VariantsStatus;
import dev.offshoot.domain.VariantsValidation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "the change set that you looked at; its first 8 digits or more")
  @Nullable String digest;

  @Option(
      names = "--accept-hazard",
      paramLabel = "HAZARD",
      description = "a hazard that you accept; repeatable")
  List<String> acceptHazards = List.of();

  @Option(
      names = "--resolve",
      paramLabel = "[[TABLE:]KIND=]SIDE",
      description =
          "whose change stands where parent and branch collide: parent or branch; repeatable")
  List<String> resolve = List.of();

  @Option(
      names = {"-m", "--reason"},
      required = true,
      paramLabel = "WHY",
      description = "why")
  @Nullable String reason;

  @Option(names = "--by", paramLabel = "NAME", description = "who decides (default: you)")
  @Nullable String by;

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    Output output = offshoot.output();
    String wanted = String.valueOf(variant).strip();
    List<String> hazards = DecisionSender.hazards(acceptHazards);
    try (Connection connection = offshoot.connect()) {
      VariantGroup group = connection.offshoot().variants(CompareCommand.group(String.valueOf(id)));
      VariantsStatus before = group.status();
      Decision decision =
          send(group, before, wanted, request(offshoot, connection, before, wanted, hazards));
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
      Offshoot offshoot,
      Connection connection,
      VariantsStatus before,
      String wanted,
      List<String> hazards) {
    @Nullable VariantStatus one = CompareCommand.variant(before, wanted);
    String who = Objects.requireNonNullElse(by, offshoot.actor());
    if (one == null || !one.awaitsDecision()) {
      return new DecisionRequest(who, reason, digest, hazards);
    }
    // Its own experiment knows the whole of it.
    ExperimentStatus status = connection.offshoot().experiment(one.id()).status();
    return new DecisionRequest(
        who,
        reason,
        DecisionSender.digest(digest, status),
        hazards,
        ResolveOption.read(resolve, status.conflicts()));
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
