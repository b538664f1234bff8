package dev.offshoot.domain;

/**
 * One thing that is wrong with a specification.
 *
 * @param field the field as it is named in JSON, with an index where there is one
 * @param message what is wrong and what to do
 */
public record SpecProblem(String field, String message) {
  @Override
  public String toString() {
    return field + ": " + message;
  }
}
