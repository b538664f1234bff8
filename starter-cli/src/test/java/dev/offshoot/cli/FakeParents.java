package dev.offshoot.cli;

import dev.offshoot.activity.ParentActivities;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.RefreshReport;
import dev.offshoot.domain.SourceInfo;
import dev.offshoot.workflow.Failures;
import io.temporal.activity.Activity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Two parents without databases: {@code shop} has a source copy, {@code plain} has none. */
final class FakeParents implements ParentActivities {
  private static final ParentView SHOP =
      new ParentView(
          "shop",
          "fake",
          "18.6",
          10_000_000,
          2,
          20,
          new SourceInfo(
              "shop_copy", Instant.parse("2026-01-01T00:00:00Z"), List.of("table public.orders")),
          Duration.ofHours(6),
          "REFUSE",
          null,
          null);
  private static final ParentView PLAIN =
      new ParentView(
          "plain", "fake", "18.6", 1, 0, 20, null, null, "FENCE", "3 of app (pool)", null);

  @Override
  public List<ParentView> viewParents(ViewParents request) {
    if (request.parent() == null) {
      return List.of(PLAIN, SHOP);
    }
    return switch (request.parent()) {
      case "shop" -> List.of(SHOP);
      case "plain" -> List.of(PLAIN);
      default ->
          throw Failures.toTemporal(
              new OffshootException(
                  ErrorCode.UNKNOWN_PARENT, "parent: the worker knows plain, shop"));
    };
  }

  @Override
  public RefreshReport refreshSource(RefreshSource request) {
    if (request.parent().equals("plain")) {
      throw Failures.toTemporal(
          new OffshootException(ErrorCode.BAD_SPEC, "parent 'plain': there is no copy to refresh"));
    }
    Activity.getExecutionContext().heartbeat("refresh: table 3 of 12");
    try {
      Thread.sleep(1_500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new RefreshReport(
        "shop",
        "shop_copy",
        Instant.parse("2026-02-02T00:00:00Z"),
        12,
        34_000_000,
        1_234,
        List.of("privileges are left out"));
  }

  @Override
  public NextRefresh refreshIfDue(RefreshSource request) {
    return new NextRefresh(null);
  }
}
