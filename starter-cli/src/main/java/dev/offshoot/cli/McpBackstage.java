package dev.offshoot.cli;

import dev.offshoot.cli.mcp.Backstage;
import dev.offshoot.cli.mcp.Refusal;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.domain.DiffPage;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.SchemaPage;
import dev.offshoot.domain.TableName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What agents' tools ask of the command line. It connects at the first call, so that a client can
 * start its tools before anybody has started Temporal, and then hears what is missing.
 */
final class McpBackstage implements Backstage, AutoCloseable {
  private final Offshoot offshoot;
  private @Nullable Connection connection;

  McpBackstage(Offshoot offshoot) {
    this.offshoot = offshoot;
  }

  private synchronized Connection connection() {
    Connection open = connection == null ? offshoot.connect() : connection;
    connection = open;
    return open;
  }

  @Override
  public OffshootClient offshoot() {
    return connection().offshoot();
  }

  @Override
  public List<String> parents() {
    return new ReadQuestions(connection()).parents(null).stream().map(ParentView::name).toList();
  }

  @Override
  public SchemaPage schema(String digest) {
    return new ReadQuestions(connection()).schema(digest);
  }

  @Override
  public DiffPage rows(String digest, TableName table, long from, int limit) {
    return new ReadQuestions(connection()).page(digest, table, from, limit);
  }

  @Override
  public Refusal explain(RuntimeException problem) {
    if (problem instanceof OffshootException known) {
      return new Refusal(
          known.code().name(), String.valueOf(known.getMessage()), next(known.code()));
    }
    Problem told = Problem.of(problem, offshoot);
    log("%s: %s".formatted(told.exitCode(), told.message()));
    return switch (told.exitCode()) {
      // Addresses are none of an agent's business.
      case UNREACHABLE ->
          new Refusal(
              "UNREACHABLE",
              "Offshoot's server or its worker does not answer now; experiments go on by themselves",
              "try again in a moment; if it stays so, tell your user to start it (./offshoot up) or to look at ./offshoot doctor");
      case NOT_FOUND -> new Refusal("NOT_FOUND", told.message(), next(ErrorCode.NOT_FOUND));
      default ->
          new Refusal(
              told.exitCode().name(),
              "something went wrong that an agent cannot mend",
              "tell your user: the log of ./offshoot mcp, its standard error, says what it was");
    };
  }

  private static String next(ErrorCode code) {
    return switch (code) {
      case NOT_FOUND -> "check the id; status without one lists the parents to start from";
      case BAD_SPEC, UNKNOWN_PARENT -> "correct what the message names, and call again";
      case SESSION_REFUSED ->
          "heed the message; status says how the experiment stands, and start_experiment begins another";
      case LIMIT_EXCEEDED -> "call status in a while; it goes on without your doing";
      case CONNECTION_LOST, LEDGER_UNREACHABLE, PARENT_UNREACHABLE, PARENT_BUSY ->
          "try again in a moment";
      default -> "status says how the experiment stands";
    };
  }

  @Override
  public String json(Object value) {
    return Output.json(value, false);
  }

  @Override
  public String actor() {
    return offshoot.actor();
  }

  @Override
  public void log(String line) {
    offshoot.output().message("mcp: " + line);
  }

  @Override
  public synchronized void close() {
    if (connection != null) {
      connection.close();
    }
  }
}
