package dev.offshoot.branch;

import java.sql.Connection;

/**
 * A throw-away copy of today's parent, to rehearse a merge on before the parent is touched; or the
 * reason why there is none. Closing it deletes it.
 */
public sealed interface Scratch extends AutoCloseable {

  @Override
  void close();

  /**
   * @param why in words to go after "the parent is not copied:"
   */
  record None(String why) implements Scratch {
    @Override
    public void close() {}
  }

  /** A copy that stands until it is closed. */
  non-sealed interface Copy extends Scratch {

    /** A session on it as on the parent, which the caller closes first. */
    Connection open();
  }
}
