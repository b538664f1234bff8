package dev.offshoot.worker.settings;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * All of the worker's configuration, everything below {@code offshoot}.
 *
 * @param temporal which Temporal server
 * @param encryption whether payloads are encrypted before they reach it
 * @param codecEndpoint where the Temporal UI has payloads decrypted
 * @param ledger Offshoot's own database; absent in stack mode, which has its own
 * @param parents the databases that experiments may branch from, by the name that agents use
 * @param judge the language model that gives advice, if any
 * @param worker how much this process does at once
 * @param stack the servers that {@code up} and {@code demo} start in this process
 */
public record WorkerSettings(
    TemporalSettings temporal,
    EncryptionSettings encryption,
    CodecEndpointSettings codecEndpoint,
    @Nullable LedgerSettings ledger,
    Map<String, ParentSettings> parents,
    JudgeSettings judge,
    WorkSettings worker,
    StackSettings stack) {

  /** Where all keys begin. */
  public static final String PREFIX = "offshoot";

  private static final Duration STACK_GRACE = Duration.ofSeconds(10);

  public WorkerSettings(
      @DefaultValue TemporalSettings temporal,
      @DefaultValue EncryptionSettings encryption,
      @DefaultValue CodecEndpointSettings codecEndpoint,
      @Nullable LedgerSettings ledger,
      @DefaultValue Map<String, ParentSettings> parents,
      @DefaultValue JudgeSettings judge,
      @DefaultValue WorkSettings worker,
      @DefaultValue StackSettings stack) {
    this.temporal = temporal;
    this.encryption = encryption;
    this.codecEndpoint = codecEndpoint;
    this.ledger = ledger;
    this.parents = Map.copyOf(parents);
    this.judge = judge;
    this.worker = worker;
    this.stack = stack;
  }

  /** Time that running steps get to finish at the end: less where a person waits for the prompt. */
  public Duration shutdownGrace() {
    return stack.enabled() && worker.shutdownGrace().compareTo(STACK_GRACE) > 0
        ? STACK_GRACE
        : worker.shutdownGrace();
  }

  /** How long audit records are kept; for ever if absent. */
  public @Nullable Duration auditKeptFor() {
    return ledger == null ? null : ledger.auditKeptFor();
  }

  /** Throws if anything is missing or out of range; says all of it. */
  void check() {
    Problems problems = new Problems();
    temporal.check(PREFIX + ".temporal", problems);
    encryption.check(PREFIX + ".encryption", problems);
    codecEndpoint.check(PREFIX + ".codec-endpoint", encryption.keyFile() != null, problems);
    judge.check(PREFIX + ".judge", problems);
    worker.check(PREFIX + ".worker", problems);
    parents.forEach((name, parent) -> parent.check(PREFIX + ".parents." + name, name, problems));
    if (stack.enabled()) {
      stack.check(PREFIX + ".stack", problems);
      if (ledger != null) {
        problems.add(
            PREFIX + ".ledger",
            "the stack keeps its own ledger",
            "Remove " + PREFIX + ".ledger, or set " + PREFIX + ".stack.enabled to false.");
      }
    } else {
      checkProduction(problems);
    }
    problems.throwIfAny();
  }

  private void checkProduction(Problems problems) {
    if (ledger == null) {
      problems.add(
          PREFIX + ".ledger",
          "it is missing",
          "Set %1$s.ledger.url, %1$s.ledger.username and %1$s.ledger.password: a Postgres database of Offshoot's own."
              .formatted(PREFIX));
    } else {
      ledger.check(PREFIX + ".ledger", problems);
    }
    if (parents.isEmpty()) {
      problems.add(
          PREFIX + ".parents",
          "there is no parent",
          "Configure at least one database to branch from as %s.parents.<name>.url, .username and .password."
              .formatted(PREFIX));
    }
  }
}
