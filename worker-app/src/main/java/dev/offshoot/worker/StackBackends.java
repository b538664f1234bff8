package dev.offshoot.worker;

import dev.langchain4j.model.chat.ChatModel;
import dev.offshoot.worker.settings.JudgeSettings;
import dev.offshoot.worker.temporal.TemporalTarget;
import dev.offshoot.worker.up.StackServers;
import org.jspecify.annotations.Nullable;

/** The stack's own servers; asking waits for them. */
record StackBackends(StackServers servers, JudgeSettings judge) implements Backends {
  @Override
  public TemporalTarget temporal() {
    return servers.temporalTarget();
  }

  @Override
  public boolean temporalIsOurs() {
    return servers.temporalIsOurs();
  }

  @Override
  public Rooms rooms(@Nullable ChatModel ownModel) {
    return PostgresRooms.open(servers.ledger(), servers.parents(), Judges.of(judge, ownModel));
  }
}
