package dev.offshoot.worker;

import dev.offshoot.worker.temporal.TemporalTarget;

/**
 * Where the worker's servers are: configured, or started by ourselves in stack mode, where asking
 * waits until they are there.
 */
public interface Backends {

  TemporalTarget temporal();

  /** Whether nobody but this process uses the Temporal server. */
  boolean temporalIsOurs();

  /** Makes the rooms; called once. */
  Rooms rooms();
}
