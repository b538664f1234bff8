package dev.offshoot.worker;

import dev.langchain4j.model.chat.ChatModel;
import dev.offshoot.worker.settings.LedgerSettings;
import dev.offshoot.worker.settings.WorkerSettings;
import dev.offshoot.worker.temporal.TemporalTarget;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Servers that run elsewhere, as configured. */
final class ConfiguredBackends implements Backends {
  private final WorkerSettings settings;
  private final TemporalTarget temporal;

  ConfiguredBackends(WorkerSettings settings, Map<String, String> environmentVariables) {
    this.settings = settings;
    this.temporal = TemporalTarget.of(settings.temporal(), environmentVariables);
  }

  @Override
  public TemporalTarget temporal() {
    return temporal;
  }

  @Override
  public boolean temporalIsOurs() {
    return false;
  }

  @Override
  public Rooms rooms(@Nullable ChatModel ownModel) {
    LedgerSettings ledger = Objects.requireNonNull(settings.ledger(), "checked when it was read");
    return PostgresRooms.open(
        ledger,
        settings.parents().entrySet().stream()
            .map(parent -> parent.getValue().config(parent.getKey()))
            .toList(),
        Judges.of(settings.judge(), ownModel));
  }
}
