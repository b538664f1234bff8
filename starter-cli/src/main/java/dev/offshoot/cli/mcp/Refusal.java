package dev.offshoot.cli.mcp;

import dev.offshoot.domain.Failure;
import org.jspecify.annotations.Nullable;

/** What a tool does not do, why, and what to do instead: an answer, shown to the model. */
public final class Refusal extends RuntimeException {
  private final String code;
  private final @Nullable String next;
  private final @Nullable Failure failure;

  /**
   * @param code one word, stable
   * @param message what and why; holds no address and no secret
   * @param next what the agent can do now
   */
  public Refusal(String code, String message, @Nullable String next) {
    this(code, message, next, null);
  }

  Refusal(Failure failure, @Nullable String next) {
    this(failure.code().name(), failure.message(), next, failure);
  }

  private Refusal(String code, String message, @Nullable String next, @Nullable Failure failure) {
    super(message);
    this.code = code;
    this.next = next;
    this.failure = failure;
  }

  public String code() {
    return code;
  }

  String what() {
    return String.valueOf(getMessage());
  }

  public @Nullable String next() {
    return next;
  }

  /** With statement, position and SQLSTATE where a server refused. */
  @Nullable Failure failure() {
    return failure;
  }
}
