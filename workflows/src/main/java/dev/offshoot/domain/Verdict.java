package dev.offshoot.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the judge thinks; advice only.
 *
 * @param opinion approve, reject or abstain
 * @param by which judge
 * @param reasons why, made safe to show
 * @param confidence how sure it says it is, from 0 to 1; absent where it says nothing of it
 * @param questions what a reviewer should find out, made safe to show
 * @param modelUse what asking a model took; absent where none was asked
 */
public record Verdict(
    Opinion opinion,
    String by,
    List<Reason> reasons,
    @Nullable Double confidence,
    List<String> questions,
    @Nullable ModelUse modelUse) {

  public Verdict(
      Opinion opinion,
      String by,
      @Nullable List<Reason> reasons,
      @Nullable Double confidence,
      @Nullable List<String> questions,
      @Nullable ModelUse modelUse) {
    this.opinion = opinion;
    this.by = by;
    this.reasons = reasons == null ? List.of() : List.copyOf(reasons);
    this.confidence = confidence;
    this.questions = questions == null ? List.of() : List.copyOf(questions);
    this.modelUse = modelUse;
  }

  /** Of a judge that asks no model. */
  public static Verdict of(Opinion opinion, String by, String... reasons) {
    return new Verdict(
        opinion, by, List.of(reasons).stream().map(Reason::of).toList(), null, List.of(), null);
  }

  /** What a judge can say. */
  public enum Opinion {
    APPROVE,
    REJECT,
    ABSTAIN
  }

  /**
   * A reason and what it points to.
   *
   * @param text the reason
   * @param statement index of the statement it is about, from 0
   * @param table the table it is about
   */
  public record Reason(String text, @Nullable Integer statement, @Nullable String table) {

    public static Reason of(String text) {
      return new Reason(text, null, null);
    }

    /** The reason with what it points to, statements counted from 1. */
    @Override
    public String toString() {
      StringBuilder shown = new StringBuilder(text);
      if (statement != null) {
        shown.append(" [statement ").append(statement + 1).append(']');
      }
      if (table != null) {
        shown.append(" [").append(table).append(']');
      }
      return shown.toString();
    }
  }
}
