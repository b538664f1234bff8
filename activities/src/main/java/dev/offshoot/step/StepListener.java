package dev.offshoot.step;

/**
 * Hears every report of a step at once and in the step's own thread, which goes on when it has been
 * heard; heartbeats are later and fewer. An interceptor whose activity context is one is told.
 */
@FunctionalInterface
public interface StepListener {
  void reported(String what);
}
