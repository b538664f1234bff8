package dev.offshoot.cli.mcp;

import dev.offshoot.client.AgentSession;
import dev.offshoot.client.Experiment;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.ExperimentStatus;
import dev.offshoot.domain.ShownText;
import dev.offshoot.policy.DecisionPolicy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One connection of an agent: who it is, which experiment it means when it names none, and what it
 * looked at last. Thread-safe: a client may send calls at once. It holds no session: when it is
 * gone, experiments go on, and another connection of the same name finds them again by id.
 */
final class Caller {
  private static final int MOST_LOOKED_AT = 20;

  private final Backstage backstage;
  private final String identity;
  private final Set<ExperimentId> own = ConcurrentHashMap.newKeySet();

  /** Change sets that are not outdated by a run since, so that pages belong together. */
  private final Map<ExperimentId, ChangeSummary> lookedAt =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<ExperimentId, ChangeSummary> eldest) {
              return size() > MOST_LOOKED_AT;
            }
          });

  private volatile @Nullable ExperimentId current;

  /**
   * @param identity who asks: becomes {@code requestedBy}, and cannot approve
   */
  Caller(Backstage backstage, String identity) {
    this.backstage = backstage;
    this.identity = identity;
  }

  Backstage backstage() {
    return backstage;
  }

  String identity() {
    return identity;
  }

  /** The experiment that is meant by none; absent before the first. */
  @Nullable ExperimentId current() {
    return current;
  }

  void started(ExperimentId id) {
    own.add(id);
    current = id;
  }

  /**
   * The experiment that the call names, or else the one of this connection.
   *
   * @throws Refusal if there is none, or if somebody else asked for it
   */
  Experiment experiment(Arguments arguments) {
    @Nullable String named = arguments.textOrNull("experiment");
    @Nullable ExperimentId id = named == null ? current : new ExperimentId(named);
    if (id == null) {
      throw new Refusal(
          "NO_EXPERIMENT",
          "this connection has no experiment yet",
          "call start_experiment, or name yours: {\"experiment\": \"ID\"}");
    }
    Experiment experiment = backstage.offshoot().experiment(id);
    if (!own.contains(id)) {
      requireOwn(experiment.status());
      own.add(id);
    }
    current = id;
    return experiment;
  }

  AgentSession session(Arguments arguments) {
    return experiment(arguments).session();
  }

  private void requireOwn(ExperimentStatus status) {
    String owner = String.valueOf(status.spec().requestedBy());
    if (!DecisionPolicy.sameActor(identity, owner)) {
      throw new Refusal(
          "NOT_YOURS",
          "experiment %s belongs to %s, and you are %s"
              .formatted(
                  status.id(), ShownText.oneLine(owner, 60), ShownText.oneLine(identity, 60)),
          "call start_experiment for one of your own");
    }
  }

  void looksAt(ExperimentId id, ChangeSummary changes) {
    lookedAt.put(id, changes);
  }

  @Nullable ChangeSummary lookedAt(ExperimentId id) {
    return lookedAt.get(id);
  }

  /** What it looked at is not what stands any more. */
  void changed(ExperimentId id) {
    lookedAt.remove(id);
  }
}
