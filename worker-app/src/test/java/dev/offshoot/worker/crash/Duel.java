package dev.offshoot.worker.crash;

import dev.offshoot.domain.DecisionRequest;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Outcome;
import java.time.Duration;
import java.util.Locale;

/** Two who want something else of the same experiment, at the same time. */
enum Duel {
  APPROVE_AGAINST_REJECT(Outcome.MERGED, Outcome.DROPPED) {
    @Override
    Told one(Duelist duelist) {
      return duelist.update(() -> duelist.experiment().approve(by("ann")));
    }

    @Override
    Told other(Duelist duelist) {
      return duelist.update(() -> duelist.experiment().reject(by("bob")));
    }
  },
  /** As in Temporal's UI, where nobody is answered. */
  SIGNALS(Outcome.MERGED, Outcome.DROPPED) {
    @Override
    Told one(Duelist duelist) {
      return duelist.signal(workflow -> workflow.approve(by("ann")));
    }

    @Override
    Told other(Duelist duelist) {
      return duelist.signal(workflow -> workflow.reject(by("bob")));
    }
  },
  APPROVE_AGAINST_DEADLINE(Outcome.MERGED, Outcome.EXPIRED) {
    @Override
    void before(Duelist duelist) {
      duelist.endAfter(DEADLINE);
    }

    @Override
    Told one(Duelist duelist) throws InterruptedException {
      duelist.sleepUntilDeadline();
      return duelist.update(() -> duelist.experiment().approve(by("ann")));
    }

    @Override
    Told other(Duelist duelist) {
      return Told.NOTHING;
    }
  },
  APPROVE_AGAINST_CANCEL(Outcome.MERGED, Outcome.CANCELLED) {
    @Override
    Told one(Duelist duelist) {
      return duelist.update(() -> duelist.experiment().approve(by("ann")));
    }

    @Override
    Told other(Duelist duelist) {
      duelist.experiment().cancel("the test");
      return Told.NOTHING;
    }
  },
  APPROVE_AGAINST_APPROVE_OF_ANOTHER(Outcome.MERGED) {
    @Override
    Told one(Duelist duelist) {
      return duelist.update(() -> duelist.experiment().approve(by("ann")));
    }

    @Override
    Told other(Duelist duelist) {
      return duelist.update(
          () ->
              duelist
                  .experiment()
                  .approve(new DecisionRequest("bob", "the one I saw", "f".repeat(64), null)));
    }
  },
  APPROVE_AGAINST_EXTENSION_AGAINST_DEADLINE(Outcome.MERGED, Outcome.EXPIRED) {
    @Override
    void before(Duelist duelist) {
      duelist.endAfter(DEADLINE);
    }

    @Override
    Told one(Duelist duelist) throws InterruptedException {
      duelist.sleepUntilDeadline();
      return duelist.update(() -> duelist.experiment().approve(by("ann")));
    }

    @Override
    Told other(Duelist duelist) throws InterruptedException {
      duelist.sleepUntilDeadline();
      return duelist.extend();
    }
  },
  /** Nothing turns it back. */
  REJECT_AND_CANCEL_AGAINST_A_MERGE_THAT_HAS_BEGUN(Outcome.MERGED) {
    @Override
    void before(Duelist duelist) {
      duelist.keep(duelist.update(() -> duelist.experiment().approve(by("ann"))));
    }

    @Override
    Told one(Duelist duelist) {
      return duelist.update(() -> duelist.experiment().reject(by("bob")));
    }

    @Override
    Told other(Duelist duelist) {
      try {
        duelist.experiment().cancel("the test");
      } catch (OffshootException e) {
        // It has ended by then.
      }
      return duelist.signal(workflow -> workflow.reject(by("bob")));
    }
  };

  private static final Duration DEADLINE = Duration.ofMillis(1_500);

  private final Outcome first;
  private final Outcome second;

  Duel(Outcome always) {
    this(always, always);
  }

  Duel(Outcome first, Outcome second) {
    this.first = first;
    this.second = second;
  }

  /** No two are alike. */
  String initials() {
    return name().toLowerCase(Locale.ROOT).replaceAll("([a-z])[a-z]*_?", "$1");
  }

  boolean mayEndAs(Outcome outcome) {
    return outcome == first || outcome == second;
  }

  /** Whether whoever was told nothing sent a decision that must be kept. */
  boolean signals() {
    return this == SIGNALS || this == REJECT_AND_CANCEL_AGAINST_A_MERGE_THAT_HAS_BEGUN;
  }

  /** Sets the scene; nobody else acts meanwhile. */
  void before(Duelist duelist) {}

  abstract Told one(Duelist duelist) throws InterruptedException;

  abstract Told other(Duelist duelist) throws InterruptedException;

  private static DecisionRequest by(String who) {
    return new DecisionRequest(who, "because", null, null);
  }
}
