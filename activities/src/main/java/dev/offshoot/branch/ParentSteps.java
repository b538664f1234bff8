package dev.offshoot.branch;

import dev.offshoot.activity.ParentActivities;
import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.RefreshReport;
import dev.offshoot.step.Progress;
import dev.offshoot.step.Step;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at parents and makes their source copies anew. Thread-safe. */
public final class ParentSteps implements ParentActivities {
  /** A copy that was made this shortly before is due all the same: clocks differ. */
  private static final Duration SLACK = Duration.ofSeconds(1);

  private final Parents parents;

  public ParentSteps(Parents parents) {
    this.parents = parents;
  }

  @Override
  public List<ParentView> viewParents(ViewParents request) {
    return Step.run(progress -> views(request));
  }

  @Override
  public RefreshReport refreshSource(RefreshSource request) {
    return Step.run(
        progress -> new SourceRefresh(parents.get(request.parent()).config()).run(progress));
  }

  @Override
  public NextRefresh refreshIfDue(RefreshSource request) {
    return Step.run(progress -> ifDue(parents.get(request.parent()).config(), progress));
  }

  List<ParentView> views(ViewParents request) {
    Collection<Parents.Parent> wanted =
        request.parent() == null ? parents.all() : List.of(parents.get(request.parent()));
    return wanted.stream().map(parent -> parent.provider().view()).toList();
  }

  static NextRefresh ifDue(ParentConfig parent, Progress progress) {
    @Nullable SourceConfig source = parent.copying().source();
    if (source == null || source.refreshEvery() == null) {
      return new NextRefresh(null);
    }
    Duration every = source.refreshEvery();
    SourceRefresh refresh = new SourceRefresh(parent);
    Optional<Duration> age = refresh.age();
    if (age.isPresent() && age.get().plus(SLACK).compareTo(every) < 0) {
      return new NextRefresh(every.minus(age.get()));
    }
    var unused = refresh.run(progress);
    return new NextRefresh(every);
  }
}
