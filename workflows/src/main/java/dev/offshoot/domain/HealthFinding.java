package dev.offshoot.domain;

/**
 * One thing that the worker looked at for {@code doctor}.
 *
 * @param subject what was looked at ({@code parent shop}, {@code ledger} ...)
 * @param level how it is
 * @param finding what was seen
 * @param remedy what to do; empty if nothing
 */
public record HealthFinding(String subject, Level level, String finding, String remedy) {

  /** How a thing is. */
  public enum Level {
    OK,
    WARNING,
    BROKEN
  }
}
