package dev.offshoot.codec;

import io.temporal.payload.codec.PayloadCodecException;

/**
 * An encrypted payload that cannot be read here. Says why and what to do; holds neither key nor
 * content.
 *
 * <p>Neither an {@code OffshootException} nor a {@code DataConverterException}, which would end the
 * experiment: its workflow task is tried again until the key is there.
 */
public final class UndecryptablePayload extends PayloadCodecException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** There is no key at all here. */
    NO_KEYS,
    /** There are keys, but not that one. */
    UNKNOWN_KEY,
    /** It was changed, or encrypted with another key of the same id. */
    NOT_AUTHENTIC,
    /** It is no payload of this kind: a part is missing. */
    MALFORMED
  }

  private final Reason reason;
  private final String problem;
  private final String remedy;

  UndecryptablePayload(Reason reason, String problem, String remedy) {
    super(problem + "; " + remedy);
    this.reason = reason;
    this.problem = problem;
    this.remedy = remedy;
  }

  public Reason reason() {
    return reason;
  }

  /** What is the matter. */
  public String problem() {
    return problem;
  }

  /** What to do. */
  public String remedy() {
    return remedy;
  }
}
