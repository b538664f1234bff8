package dev.offshoot.neon;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.neon.NeonObjects.ErrorAnswer;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Neon's refusals mean to us: whether to try again, and else what somebody is to do. */
final class NeonErrors {
  /** Neon says that repeating these is safe, whatever was asked for. */
  private static final Set<Integer> SAFE_TO_REPEAT = Set.of(423, 429, 503);

  private static final int SHOWN = 200;

  private NeonErrors() {}

  static boolean isSafeToRepeat(int status) {
    return SAFE_TO_REPEAT.contains(status);
  }

  /**
   * @param doing what we were doing, as in {@code making a branch}
   * @param answer Neon's own words, if it had some
   */
  static OffshootException refused(
      NeonProject project, String doing, int status, @Nullable ErrorAnswer answer) {
    String place = "parent '%s': ".formatted(project.parent());
    String words = words(answer);
    if (isQuota(status, answer)) {
      return new OffshootException(
          ErrorCode.LIMIT_EXCEEDED,
          place
              + "Neon refuses %s, as a limit of its plan is reached%s; delete branches that nobody needs, or raise the plan"
                  .formatted(doing, words));
    }
    return switch (status) {
      case 401 ->
          new OffshootException(
              ErrorCode.PARENT_ACCESS_DENIED,
              place + "Neon does not accept the API key; set NEON_API_KEY of the worker anew");
      case 403 ->
          new OffshootException(
              ErrorCode.PARENT_ACCESS_DENIED,
              place
                  + "the API key may not do that in project %s (%s%s); use one with the right to manage its branches"
                      .formatted(project.id(), doing, words));
      case 404 ->
          new OffshootException(
              ErrorCode.NOT_FOUND,
              place
                  + "Neon has nothing of that name in project %s (%s%s)"
                      .formatted(project.id(), doing, words));
      case 409 ->
          new OffshootException(
              ErrorCode.ID_IN_USE, place + "Neon has that already (%s%s)".formatted(doing, words));
      default ->
          status >= 500 || isSafeToRepeat(status) || status == 408
              ? new OffshootException(
                  ErrorCode.PARENT_UNREACHABLE,
                  place
                      + "Neon answers %s with HTTP status %d%s; tried again"
                          .formatted(doing, status, words))
              : new OffshootException(
                  ErrorCode.PARENT_UNSUITABLE,
                  place + "Neon refuses %s (HTTP status %d%s)".formatted(doing, status, words));
    };
  }

  /** No whole answer: what was asked for may have happened or not. */
  static OffshootException unanswered(NeonProject project, String doing, IOException cause) {
    return new OffshootException(
        ErrorCode.PARENT_UNREACHABLE,
        "parent '%s': no whole answer of Neon while %s; tried again"
            .formatted(project.parent(), doing),
        cause);
  }

  static OffshootException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new OffshootException(ErrorCode.CANCELLED, "interrupted while waiting for Neon", cause);
  }

  private static boolean isQuota(int status, @Nullable ErrorAnswer answer) {
    String code =
        answer == null || answer.code() == null ? "" : answer.code().toUpperCase(Locale.ROOT);
    boolean refuses = status >= 400 && status < 500 && status != 429;
    return status == 402
        || (refuses
            && (code.contains("LIMIT") || code.contains("QUOTA") || code.contains("EXCEEDED")));
  }

  private static String words(@Nullable ErrorAnswer answer) {
    return answer == null || answer.message() == null
        ? ""
        : ": " + ShownText.oneLine(answer.message(), SHOWN);
  }
}
