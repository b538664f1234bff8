package dev.offshoot.worker;

import dev.langchain4j.model.chat.ChatModel;
import dev.offshoot.worker.temporal.TemporalTarget;
import org.jspecify.annotations.Nullable;

/**
 * Where the worker's servers are: configured, or started by ourselves in stack mode, where asking
 * waits until they are there.
 */
public interface Backends {

  TemporalTarget temporal();

  /** Whether nobody but this process uses the Temporal server. */
  boolean temporalIsOurs();

  /**
   * Makes the rooms; called once.
   *
   * @param ownModel what {@code judge.provider: BEAN} asks; absent where nobody contributed one
   */
  Rooms rooms(@Nullable ChatModel ownModel);
}
