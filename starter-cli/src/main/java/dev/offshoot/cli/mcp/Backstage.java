package dev.offshoot.cli.mcp;

import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.SchemaPage;
import dev.offshoot.domain.TableName;
import java.util.List;

/**
 * What the tools ask of the command line that they run in. Thread-safe. Every method may throw what
 * {@link #explain} has words for.
 */
public interface Backstage {

  /** Whoever starts experiments and finds them; connects when it is asked for the first time. */
  OffshootClient offshoot();

  /** Names of the parents that the worker knows. */
  List<String> parents();

  /** What a frozen change set holds besides rows. */
  SchemaPage schema(String digest);

  /**
   * A stretch of its rows.
   *
   * @param from number of the first, from 0
   * @param limit how many at most; a page may have fewer
   */
  DiffPage rows(String digest, TableName table, long from, int limit);

  /** An answer for what went wrong; where it is nothing the agent can mend, details are logged. */
  Refusal explain(RuntimeException problem);

  /** On one line, with hidden and bidirectional characters escaped. */
  String json(Object value);

  /** Who sits here, for the identity of agents that were not given one. */
  String actor();

  /** A line for whoever runs the server; never on standard output. */
  void log(String line);
}
