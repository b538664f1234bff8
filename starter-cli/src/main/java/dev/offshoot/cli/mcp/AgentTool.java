package dev.offshoot.cli.mcp;

import java.util.List;

/** One thing that an agent can ask for. Stateless and thread-safe. */
interface AgentTool {

  String name();

  /** A few words for lists of tools. */
  String title();

  /** What it does, when to use it and what comes next, for a model that reads it. */
  String description();

  List<Argument> arguments();

  /** What calling it may do. */
  Effect effect();

  /**
   * Answers a call.
   *
   * @return what is written as JSON
   * @throws Refusal with what to do instead
   */
  Object call(Caller caller, Arguments arguments) throws InterruptedException;

  /** What calling a tool may do; never more than to a branch. */
  enum Effect {
    READS,
    WRITES,
    /** Takes back or ends something. */
    DESTROYS
  }
}
