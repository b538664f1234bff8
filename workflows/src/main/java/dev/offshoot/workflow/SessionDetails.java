package dev.offshoot.workflow;

import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.SessionView;

/** What the Temporal UI shows of a session, as Markdown; see {@link CurrentDetails}. */
final class SessionDetails {
  private static final int ROOM = 9_000;

  private SessionDetails() {}

  static String of(ExperimentSpec spec, SessionView view) {
    MarkdownPage page = new MarkdownPage();
    page.heading("Offshoot: " + (view.ended() == null ? "in session" : "session " + view.ended()));
    page.fence(
        "text",
        ROOM,
        fence -> {
          fence.line("goal         " + spec.goal());
          fence.line("asked by     " + spec.requestedBy());
          fence.line("parent       " + spec.parent());
          fence.line("applied      %d statements".formatted(view.applied()));
          fence.line("savepoints   " + String.join(", ", view.savepoints()));
          fence.line("idle until   " + view.idleUntil());
          view.runs()
              .forEach(
                  run ->
                      fence.line(
                          "%4d %-8s %6d ms  %s"
                              .formatted(run.run(), run.fate(), run.millis(), run.sql())));
        });
    return page.end();
  }
}
